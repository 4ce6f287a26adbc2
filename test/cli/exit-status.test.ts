import { expect, test } from 'vitest';
import { EXIT_STATUS, STATUS_MEANINGS } from '../../src/cli/exit-status';

/** The table of the contract, for the codes that it names. */
const PROMISED: Readonly<Record<string, number>> = {
  internal: 1,
  invalid_usage: 2,
  invalid_amount: 2,
  invalid_time: 2,
  confirmation_required: 2,
  unknown_service: 3,
  unknown_app: 3,
  unknown_org: 3,
  unknown_card: 3,
  not_initialised: 3,
  unauthorized: 4,
  forbidden: 4,
  live_guard: 4,
  insufficient_credits: 5,
  budget_exceeded: 5,
  no_payment_method: 6,
  card_declined: 6,
  authentication_required: 6,
  monthly_cap_reached: 6,
  payment_pending: 7,
  idempotency_conflict: 8,
  already_exists: 8,
  invalid_state: 8,
  last_card: 8,
  period_closed: 8,
  ledger_busy: 9,
  api_unreachable: 9,
  partly_done: 10,
  integrity_failure: 11,
  cancelled: 130,
};

test.each(Object.entries(PROMISED))('%s ends with %i', (code, status) => {
  expect(EXIT_STATUS[code as keyof typeof EXIT_STATUS]).toBe(status);
});

test('every status that a code ends with is explained', () => {
  const explained = STATUS_MEANINGS.map(([status]) => status);
  expect(explained).toEqual(expect.arrayContaining([...new Set(Object.values(EXIT_STATUS))]));
});
