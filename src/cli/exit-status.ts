import type { RechargeCheck } from '../contract/recharge';
import type { ErrorCode } from '../core/errors';

/** The status a command ends with, for every way it can fail. A code that nobody mapped does not compile. */
export const EXIT_STATUS: Readonly<Record<ErrorCode, number>> = {
  internal: 1,

  invalid_usage: 2,
  invalid_amount: 2,
  invalid_quantity: 2,
  invalid_time: 2,
  invalid_value: 2,
  invalid_input: 2,
  invalid_cursor: 2,
  invalid_config: 2,
  secret_refused: 2,
  confirmation_required: 2,
  limit_exceeded: 2,

  not_initialised: 3,
  unknown_org: 3,
  unknown_app: 3,
  unknown_service: 3,
  unknown_card: 3,
  unknown_purchase: 3,
  unknown_transaction: 3,
  unknown_hold: 3,
  unknown_grant: 3,
  unknown_campaign: 3,
  unknown_invoice: 3,
  unknown_alert: 3,
  unknown_profile: 3,
  unknown_token: 3,
  unknown_user: 3,

  unauthorized: 4,
  forbidden: 4,
  live_guard: 4,

  insufficient_credits: 5,
  budget_exceeded: 5,

  no_payment_method: 6,
  card_declined: 6,
  authentication_required: 6,
  monthly_cap_reached: 6,
  payment_failed: 6,

  payment_pending: 7,

  idempotency_conflict: 8,
  already_exists: 8,
  invalid_state: 8,
  last_card: 8,
  period_closed: 8,

  ledger_busy: 9,
  rate_limited: 9,
  ledger_unavailable: 9,
  api_unreachable: 9,
  newer_schema: 9,
  provider_unavailable: 9,
  output_failed: 9,

  partly_done: 10,
  integrity_failure: 11,
  cancelled: 130,
};

/** What a check of the auto top-up rule ends with. */
export const CHECK_STATUS: Readonly<Record<RechargeCheck['outcome'], number>> = {
  not_needed: 0,
  recharged: 0,
  cooling_down: 0,
  disabled: 0,
  failed: EXIT_STATUS.payment_failed,
  capped: EXIT_STATUS.monthly_cap_reached,
  paused: EXIT_STATUS.payment_failed,
  pending: EXIT_STATUS.payment_pending,
};

/** What each status means, for `wallet help statuses` and the reference. */
export const STATUS_MEANINGS: readonly (readonly [status: number, meaning: string])[] = [
  [0, 'done, or there was nothing to do'],
  [1, 'unexpected failure: a bug in wallet'],
  [2, 'bad usage or bad input; nothing was changed'],
  [3, 'no such organisation, app, service, card, transaction; or no ledger yet'],
  [4, 'not allowed'],
  [5, "insufficient credits, or an app's budget blocks it"],
  [6, 'payment failed: declined, needs authentication, no card, monthly cap'],
  [7, 'payment outcome unknown, recorded as pending; wallet reconcile settles it'],
  [8, 'conflict: a reused key or id, already there, or not in a fitting state'],
  [9, 'ledger or API unavailable; safe to run again'],
  [10, 'partly done: some rows were rejected, and are listed'],
  [11, 'the ledger failed verification'],
  [130, 'interrupted, or a confirmation was declined'],
  [143, 'terminated'],
];
