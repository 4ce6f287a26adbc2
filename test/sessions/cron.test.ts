import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

let box: Sandbox;
const at = (time: string) => ({ env: { WALLET_NOW: time } });

beforeEach(async () => {
  box = createSandbox({ WALLET_NOW: '2026-10-05T12:00:00Z' });
  await box.ok('init --org Acme --tz Europe/Berlin');
});
afterEach(() => box.remove());

interface Step {
  readonly org: string;
  readonly step: string;
  readonly outcome: string;
  readonly error: { code: string } | null;
}

async function ticked(time: string, more = '') {
  const { status, json } = await box.wallet(`cron run --json ${more}`, at(time));
  const { steps } = json() as { steps: Step[] };
  return { status, outcomes: Object.fromEntries(steps.map(({ step, outcome }) => [step, outcome])), steps };
}

const NOTHING = {
  reconcile: 'nothing',
  expire: 'nothing',
  recharge: 'disabled',
  alerts: 'nothing',
  invoices: 'nothing',
};

test('that the processor was not asked for a week is told by status and by verify, until it is asked', async () => {
  const later = at('2026-10-12T12:00:00Z');
  expect((await box.ok('verify', at('2026-10-12T11:59:59Z'))).stderr).toBe('');
  expect((await box.ok('verify', later)).stderr).toBe(
    'the processor was last asked 7 days ago; run: wallet reconcile\n',
  );
  expect((await box.ok('status', later)).stdout).toContain('7 days ago; run: wallet reconcile');

  await box.ok('reconcile', later);

  expect((await box.ok('verify', later)).stderr).toBe('');
});

describe('a tick', () => {
  test('with nothing due does nothing, in order, and says nothing', async () => {
    const { status, steps, outcomes } = await ticked('2026-10-05T12:05:00Z');
    const told = await box.ok('cron run');

    expect({ status, outcomes }).toEqual({ status: 0, outcomes: NOTHING });
    expect(steps.map(({ step }) => step)).toEqual(['reconcile', 'expire', 'recharge', 'alerts', 'invoices']);
    expect([told.stdout, told.stderr]).toEqual(['', '']);
    const { audit } = (await box.ok('audit --json')).json() as { audit: { action: string }[] };
    expect(audit.map(({ action }) => action)).not.toContain('cron.expire');
  });

  test('ends what lapsed, tops up for it, and bills the month that ended, a line each', async () => {
    await box.ok('card add --payment-method pm_card_visa');
    await box.ok('app add crm');
    await box.ok('grant add 80 --reason gift --expires 2026-10-30');
    await box.ok('service add fax --price 0.3335 --billing postpaid');
    await box.ok('usage record --app crm --service fax --quantity 20');
    await box.ok('hold create --app crm --service sms --credits 5 --expires 24h');
    await box.ok('recharge set --below 50 --amount 100');

    const due = at('2026-10-31T23:00:00Z');
    const foreseen = (await box.ok('cron run --dry-run', due)).stdout;
    expect(foreseen).toContain('\nexpire expired: 1 holds, 1 grants\nrecharge recharged: ');
    expect(foreseen).toContain('\ninvoices open: ');
    expect((await box.ok('cron run --dry-run', due)).stdout).toBe(foreseen); // so the first did nothing
    expect((await box.ok('purchase list --json')).json()).toMatchObject({ purchases: [] });
    // In Berlin the month ends an hour before it does in UTC; the grant lapsed with the 30th.
    const before = await ticked('2026-10-31T22:59:59Z');
    const told = await box.wallet('cron run', due);
    const after = await ticked('2026-10-31T23:05:00Z');

    expect(before.outcomes).toEqual({ ...NOTHING, expire: 'expired', recharge: 'recharged' });
    expect(told.status).toBe(0);
    expect(told.stdout).toBe('invoices paid: INV-000001 for 2026-10: 6.67 USD\n');
    expect(after).toMatchObject({ status: 0, outcomes: { ...NOTHING, recharge: 'not_needed' } });
    await box.ok('verify --full');
  });

  test('does for every organisation what is due, or for the one that is named', async () => {
    await box.ok('init --org Beta');
    await box.ok('grant add 5 --reason gift --expires 2026-10-06 --org Beta');

    const named = await box.ok('cron run --org Acme', at('2026-10-07T12:00:00Z'));
    const all = await box.ok('cron run', at('2026-10-07T12:00:00Z'));

    expect(named.stdout).toBe('');
    expect(all.stdout).toBe('Beta: expire expired: 0 holds, 1 grants\n');
    expect((await box.wallet('cron run --org Nobody')).status).toBe(3);
  });

  test('goes on after a step that failed, and ends with the worst status', async () => {
    await box.ok('card add --payment-method pm_card_chargeCustomerFail');
    await box.ok('app add crm');
    await box.ok('service add fax --price 1 --billing postpaid');
    await box.ok('usage record --app crm --service fax --quantity 20');
    await box.ok('recharge set --below 50 --amount 100 --yes');

    const first = await box.wallet('cron run', at('2026-11-02T12:00:00Z'));
    const second = await ticked('2026-11-02T12:05:00Z');

    expect(first.status).toBe(6);
    expect(first.stdout).toBe('');
    expect(first.stderr).toMatch(/^recharge failed: 100.00 credits \(pur_\w+\), .*\n.*invoices failed: /s);
    // Backing off, and the invoice waits for a person: nothing is tried again.
    expect(second).toMatchObject({ status: 0, outcomes: { recharge: 'cooling_down', invoices: 'nothing' } });
  });

  test('charges a bill that had no card as soon as there is one', async () => {
    await box.ok('card add --payment-method pm_card_visa');
    await box.ok('app add crm');
    await box.ok('service add fax --price 1 --billing postpaid');
    await box.ok('usage record --app crm --service fax --quantity 20');
    const { cards } = (await box.ok('card list --json')).json() as { cards: { id: string }[] };
    await box.ok(`card remove ${cards[0]?.id} --force`);

    const without = await ticked('2026-11-02T12:00:00Z');
    await box.ok('card add --payment-method pm_card_visa', at('2026-11-02T13:00:00Z'));
    const paid = await ticked('2026-11-02T14:00:00Z');

    expect(without).toMatchObject({ status: 6, outcomes: { invoices: 'failed' } });
    expect(paid).toMatchObject({ status: 0, outcomes: { invoices: 'paid' } });
  });

  test('needs a ledger', async () => {
    expect((await box.wallet(`cron run --ledger ${box.home}/none.db`)).status).toBe(3);
  });
});

describe('ticks', () => {
  test('that overlap top up once and bill once', async () => {
    await box.ok('card add --payment-method pm_card_visa');
    await box.ok('app add crm');
    await box.ok('service add fax --price 1 --billing postpaid');
    await box.ok('usage record --app crm --service fax --quantity 20');
    await box.ok('recharge set --below 50 --amount 100 --yes');

    const runs = await Promise.all(Array.from({ length: 8 }, () => ticked('2026-11-02T12:00:00Z')));

    expect(runs.filter(({ outcomes }) => outcomes.recharge === 'recharged')).toHaveLength(1);
    const { purchases } = (await box.ok('purchase list --json')).json() as { purchases: object[] };
    expect(purchases).toHaveLength(2);
    expect((await ticked('2026-11-02T12:05:00Z')).outcomes).toMatchObject({
      recharge: 'not_needed',
      invoices: 'nothing',
    });
    await box.ok('verify --full');
  }, 60_000);

  test.each(['create.after_recv', 'confirm.after_send', 'credit.before_commit'])(
    'killed at %s are finished by the next',
    async (point) => {
      await box.ok('card add --payment-method pm_card_visa');
      await box.ok('app add crm');
      await box.ok('service add fax --price 1 --billing postpaid');
      await box.ok('usage record --app crm --service fax --quantity 20');
      await box.ok('recharge set --below 50 --amount 100 --yes');

      const { WALLET_NOW } = at('2026-11-02T12:00:00Z').env;
      const died = await box.wallet('cron run', { env: { WALLET_NOW, WALLET_FAILPOINT: point } });
      const next = await ticked('2026-11-02T12:05:00Z');
      const last = await ticked('2026-11-02T12:10:00Z');

      expect(died.status).toBeNull();
      expect(next.status).toBe(0);
      expect(last.outcomes).toEqual({ ...NOTHING, recharge: 'not_needed' });
      const { purchases } = (await box.ok('purchase list --json')).json() as {
        purchases: { credits: string; status: string }[];
      };
      expect(purchases.map(({ credits, status }) => `${credits} ${status}`).sort()).toEqual([
        '100.00 succeeded',
        '20.00 succeeded',
      ]);
      await box.ok('verify --full');
    },
  );
});
