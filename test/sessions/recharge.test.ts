import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

let box: Sandbox;

beforeEach(async () => {
  box = createSandbox({ WALLET_NOW: '2026-10-05T12:00:00Z' });
  await box.ok('init --org Acme');
});

afterEach(() => box.remove());

const at = (time: string) => ({ env: { WALLET_NOW: time } });

async function checked(time: string): Promise<{ status: number | null; outcome: string; available: string }> {
  const { status, json } = await box.wallet('recharge check --json', at(time));
  const answer = json() as { outcome: string; balance: { available: string } };
  return { status, outcome: answer.outcome, available: answer.balance.available };
}

test('twenty checks at once make one charge', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('recharge set --below 50 --amount 100 --yes');

  const checks = await Promise.all(Array.from({ length: 20 }, () => box.wallet('recharge check --json')));

  const outcomes = checks.map((check) => (check.json() as { outcome: string }).outcome);
  expect(outcomes.filter((outcome) => outcome === 'recharged')).toHaveLength(1);
  const { transactions } = (await box.ok('transactions --json')).json() as { transactions: object[] };
  expect(transactions).toEqual([expect.objectContaining({ type: 'recharge', amount: '100.00' })]);
  expect((await box.ok('verify')).status).toBe(0);
}, 60_000);

test('a rule that would charge at once is set only with a yes, and leaves the charge to the check', async () => {
  await box.ok('card add --payment-method pm_card_visa');

  const asked = await box.wallet('recharge set --below 50 --amount 20 --json');
  expect(asked.status).toBe(2);
  expect(asked.error().code).toBe('confirmation_required');
  expect((await box.ok('recharge show --json')).json()).toEqual({ recharge: null });

  const set = (await box.ok('recharge set --below 50 --amount 20 --json --yes')).json();
  expect(set).toMatchObject({ nextCharge: '60.00', warnings: [{ code: 'no_backup_card' }] });
  expect(await checked('2026-10-05T12:00:01Z')).toEqual({ status: 0, outcome: 'recharged', available: '60.00' });
  expect(await checked('2026-10-05T12:00:02Z')).toEqual({ status: 0, outcome: 'not_needed', available: '60.00' });
});

test('a declined card backs off 1, 2 and 4 hours, pauses, and goes on with a different card', async () => {
  await box.ok('card add --payment-method pm_sandbox_insufficientFunds');
  await box.ok('recharge set --below 50 --amount 100 --max-failures 3 --yes');

  expect(await checked('2026-10-05T13:00:00Z')).toMatchObject({ status: 6, outcome: 'failed' });
  expect(await checked('2026-10-05T13:59:59Z')).toMatchObject({ status: 0, outcome: 'cooling_down' });
  expect(await checked('2026-10-05T14:00:00Z')).toMatchObject({ status: 6, outcome: 'failed' });
  expect(await checked('2026-10-05T15:59:59Z')).toMatchObject({ status: 0, outcome: 'cooling_down' });
  expect(await checked('2026-10-05T16:00:00Z')).toMatchObject({ status: 6, outcome: 'failed' });
  expect(await checked('2026-10-06T16:00:00Z')).toMatchObject({ status: 6, outcome: 'paused' });

  await box.ok('card add --payment-method pm_card_visa --role primary', at('2026-10-06T17:00:00Z'));
  expect(await checked('2026-10-06T17:01:00Z')).toMatchObject({ status: 0, outcome: 'recharged' });
});

test('a card that was refused for good is left alone, and the backup pays', async () => {
  await box.ok('card add --payment-method pm_sandbox_stolenCard');
  await box.ok('card add --payment-method pm_card_visa --role backup');
  await box.ok('recharge set --below 50 --amount 100 --yes');

  expect(await checked('2026-10-05T13:00:00Z')).toMatchObject({ outcome: 'recharged' });

  const { recharge } = (await box.ok('recharge show --json')).json() as { recharge: object };
  expect(recharge).toMatchObject({
    blockedCards: [{ code: 'generic_decline' }],
    failures: 0,
    spentThisMonth: '100.00',
  });
});

test('an unknown outcome is never a second charge, and is settled by a later check', async () => {
  await box.ok('card add --payment-method pm_sandbox_answerLost');
  await box.ok('recharge set --below 50 --amount 100 --yes');

  expect(await checked('2026-10-05T13:00:00Z')).toMatchObject({ status: 7, outcome: 'pending' });
  expect(await checked('2026-10-05T13:05:00Z')).toMatchObject({
    status: 0,
    outcome: 'not_needed',
    available: '100.00',
  });
});

test('a monthly cap stops it with 6, the trace says so, and the next month it goes on', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('recharge set --below 50 --amount 100 --monthly-cap 150 --yes');
  expect(await checked('2026-10-05T13:00:00Z')).toMatchObject({ outcome: 'recharged' });
  await box.ok('adjust remove 90 --reason test', at('2026-10-06T00:00:00Z'));

  expect(await checked('2026-10-31T23:59:59Z')).toMatchObject({ status: 6, outcome: 'capped' });

  const { evaluations } = (await box.ok('recharge trace --json')).json() as { evaluations: object[] };
  expect(evaluations[0]).toMatchObject({
    outcome: 'capped',
    guard: 'monthly_cap',
    inputs: { available: '10.00', topUp: '100.00', chargedThisMonth: '100.00', monthlyCap: '150.00' },
  });
  expect(await checked('2026-11-01T00:00:00Z')).toMatchObject({ status: 0, outcome: 'recharged' });
});

test('usage says that a top-up is due, and makes it when asked to', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('app add crm');
  await box.ok('service set validation --price 1');
  await box.ok('grant add 60 --reason start');
  await box.ok('recharge set --below 50 --amount 100');
  const record = 'usage record --app crm --service validation --quantity 20 --json';

  expect((await box.ok(record)).json()).toMatchObject({ recharge: { due: true }, balance: { available: '40.00' } });
  expect((await box.ok(`${record} --recharge`)).json()).toMatchObject({
    recharge: { due: false, outcome: 'recharged' },
    balance: { available: '120.00' },
  });
});

test.each([
  ['--below 0 --amount 100', 'invalid_amount'],
  ['--below 50 --amount -5', 'invalid_amount'],
  ['--below 50 --amount 0.5', 'invalid_amount'],
  ['--below 50 --amount 100.001', 'invalid_amount'],
  ['--below 50 --amount 20000', 'limit_exceeded'],
  ['--below 50 --amount 100 --monthly-cap 99', 'invalid_value'],
  ['--below 50 --refill-to 50', 'invalid_value'],
  ['--below 50', 'invalid_usage'],
  ['--below 50 --amount 100 --cooldown 10', 'invalid_time'],
  ['--below 50 --amount 100 --daily-count 0', 'invalid_value'],
  ['--below 50 --amount 100 --max-failures x', 'invalid_value'],
])('recharge set %s is refused as %s', async (terms, code) => {
  const refused = await box.wallet(`recharge set ${terms} --json`);

  expect(refused.status).toBe(2);
  expect(refused.error().code).toBe(code);
});

test('a check under a key answers its first result again, and looks at nothing anew', async () => {
  await box.ok('card add --payment-method pm_card_visa');
  await box.ok('recharge set --below 50 --amount 100 --yes');

  const first = (await box.ok('recharge check --idempotency-key tick-1 --json')).json();
  expect(first).toMatchObject({ outcome: 'recharged' });
  await box.ok('adjust remove 80 --reason spent');
  const again = (await box.ok('recharge check --idempotency-key tick-1 --json')).json();

  expect(again).toEqual({ ...(first as object), replayed: true });
  const { transactions } = (await box.ok('transactions --type recharge --json')).json() as { transactions: object[] };
  expect(transactions).toHaveLength(1);
});
