import { describe, expect, test } from 'vitest';
import { attempt, type StripeShop, useStripeShops } from '../helpers/stripe-shop';

const HOUR_MS = 3_600_000;
const CREATE = /POST \/v1\/payment_intents$/;
const CONFIRM = /confirm$/;
const RETRIEVE = /GET \/v1\/payment_intents\/pi/;
const LOST = { kind: 'drop', executed: false } as const;

const openShop = useStripeShops();
const open = (...tokens: string[]): Promise<StripeShop> => openShop(tokens.length === 0 ? undefined : tokens);

const whole = (sum: string) => ({ posted: sum, taken: sum, pending: 0, verified: [] });

describe('a purchase', () => {
  test('whose key Stripe knows with other parameters is found in its list, and goes on', async () => {
    const shop = await open();
    shop.fake.fail(CREATE, { kind: 'drop', executed: true }, 9);
    const { status } = await shop.buy();
    shop.fake.heal();
    // As after an update that sends something else under the same key: what was made before is what counts.
    shop.fake.fail(CREATE, { kind: 'status', status: 400, type: 'idempotency_error' }, 9);

    await shop.wallet.purchases.reconcile();

    expect([status, shop.fake.intents().length]).toEqual(['pending', 1]);
    expect(await shop.prove()).toEqual(whole('100.00'));
  });

  test('of a customer who was deleted at Stripe fails, and nothing is charged', async () => {
    const shop = await open();
    for (const customer of shop.fake.memory.all('customer')) shop.fake.memory.objects.delete(customer.id);

    const code = await attempt(shop.wallet.purchases.buy({ credits: '100' }));

    expect(code).toBe('payment_failed');
    expect((await shop.wallet.purchases.list({})).purchases.map(({ status }) => status)).toEqual(['failed']);
    expect(shop.fake.intents()).toEqual([]);
  });
});

describe('a worker that wakes an hour later', () => {
  const SUCCESS = { tokens: ['pm_card_visa'], call: 'confirmPayment', sum: '100.00', code: undefined };
  test.each([
    ['with a success that another has credited meanwhile', SUCCESS],
    ['with a new payment that another has charged meanwhile', { ...SUCCESS, call: 'createPayment' }],
    [
      'with a decline after which another has charged the backup',
      { ...SUCCESS, tokens: ['pm_card_chargeCustomerFail', 'pm_card_visa'] },
    ],
    [
      'with a cancel that another has taken note of',
      { tokens: ['pm_card_chargeCustomerFail'], call: 'cancelPayment', sum: '0.00', code: 'card_declined' },
    ],
  ])('%s writes nothing, and says how it ended', async (_what, { tokens, call, sum, code }) => {
    let wake: (value?: unknown) => void = () => undefined;
    const sleep = new Promise((resolve) => {
      wake = resolve;
    });
    let sleepers = 0;
    const fallAsleep = (name: string) => (name === call && ++sleepers === 1 ? sleep : undefined);
    const shop = await openShop(tokens, { asleep: fallAsleep });
    const slow = attempt(shop.wallet.purchases.buy({ credits: '100' }));
    while (sleepers === 0) await new Promise(setImmediate);

    await shop.wallet.purchases.reconcile();
    shop.advance(HOUR_MS);
    const before = (await shop.wallet.audit.list({})).audit.length;
    wake();

    expect(await slow).toBe(code);
    expect((await shop.wallet.audit.list({})).audit.length).toBe(before);
    expect(shop.fake.intents()).toHaveLength(1);
    expect(await shop.prove()).toEqual(whole(sum));
  });
});

describe('auto top-up', () => {
  async function withRule(...tokens: string[]): Promise<StripeShop> {
    const shop = await open(...tokens);
    await shop.wallet.recharge.set({ below: '50', amount: '100', maxFailures: '9' });
    return shop;
  }

  test('counts a manual purchase under way, and does not charge beside it', async () => {
    const shop = await withRule();
    shop.fake.fail(CONFIRM, LOST, 9);
    shop.fake.fail(RETRIEVE, { kind: 'status', status: 500 }, 99);
    const bought = await shop.buy();

    const check = await shop.wallet.recharge.check({});
    shop.fake.heal();
    const after = await shop.wallet.recharge.check({});

    expect([bought.status, check.outcome, check.guard]).toEqual(['pending', 'pending', 'pending_covers_it']);
    expect([after.outcome, shop.fake.intents().length]).toEqual(['not_needed', 1]);
    expect(await shop.prove()).toEqual(whole('100.00'));
  });

  test('declares that nobody is present, and charges all the same where Stripe does not take that', async () => {
    const shop = await withRule();
    const confirms = () =>
      shop.fake.received.filter((_, at) => CONFIRM.test(shop.fake.requests[at] ?? '')).map(({ body }) => body);
    const first = await shop.wallet.recharge.check({});
    await shop.wallet.credit.adjust({ direction: 'remove', credits: '80', reason: 'spent' });
    shop.advance(HOUR_MS);
    const param = 'payment_method_options[card][stored_credential_usage]';
    shop.fake.fail(CONFIRM, { kind: 'status', status: 400, type: 'invalid_request_error', param });
    const second = await shop.wallet.recharge.check({});
    await shop.wallet.purchases.buy({ credits: '10' });

    const declared = (body: string) => decodeURIComponent(body).includes(`${param}=unscheduled`);
    expect([first.outcome, second.outcome]).toEqual(['recharged', 'recharged']);
    expect(confirms().map(declared)).toEqual([true, true, false, false]);
    expect(confirms().every((body) => body.includes('off_session=true'))).toBe(true);
    expect(shop.fake.takenCents()).toBe(21_000);
  });

  test('makes no storm of a processor that is out of reach for two days: one top-up at a time, one charge at the end', async () => {
    const shop = await withRule();
    shop.fake.revoked = true; // the quickest way for every request to fail
    for (let hour = 0; hour < 48; hour += 4) {
      expect((await shop.wallet.recharge.check({})).outcome).toBe('pending');
      shop.advance(4 * HOUR_MS);
    }
    shop.fake.revoked = false;

    // Too old to be sent again: two looks an hour apart prove that it never was. Then the rule begins anew.
    for (let hour = 0; hour < 6; hour += 1) {
      await shop.wallet.recharge.check({});
      shop.advance(HOUR_MS);
    }

    const { purchases } = await shop.wallet.recharge.history({});
    expect(purchases.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(await shop.prove()).toEqual(whole('100.00'));
  });

  test('that is changed or switched off keeps what it had asked a card for, and settles it', async () => {
    const shop = await withRule();
    shop.fake.fail(CONFIRM, { kind: 'drop', executed: true }, 9);
    shop.fake.fail(RETRIEVE, { kind: 'status', status: 500 }, 99);
    const check = await shop.wallet.recharge.check({});
    await shop.wallet.recharge.set({ below: '50', amount: '30' });
    const [card] = (await shop.wallet.cards.list()).cards;
    const removal = await attempt(shop.wallet.cards.remove({ id: card?.id ?? '', force: true }));
    await shop.wallet.recharge.off({});

    await shop.settle();

    expect([check.outcome, removal]).toEqual(['pending', 'invalid_state']);
    expect(await shop.prove()).toEqual(whole('100.00'));
  });

  test('that is switched off gives up what no card was asked for, and tells nobody of it', async () => {
    const shop = await withRule();
    shop.fake.fail(CREATE, { kind: 'drop', executed: true }, 9);
    const check = await shop.wallet.recharge.check({});
    await shop.wallet.recharge.off({});

    await shop.settle();

    expect(check.outcome).toBe('pending');
    expect(shop.fake.intents().map(({ status }) => status)).toEqual(['canceled']);
    expect((await shop.wallet.alerts.history({})).notices).toEqual([]);
    expect(await shop.prove()).toEqual(whole('0.00'));
  });
});

describe('refunds', () => {
  test('of one payment at once never come to more than was paid', async () => {
    const shop = await open();
    const { id } = await shop.buy();

    const refund = () => attempt(shop.wallet.purchases.refund({ id, amount: '60' }));
    const codes = await Promise.all([refund(), refund(), refund()]);
    await shop.settle();

    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === 'invalid_state')).toHaveLength(2);
    expect(await shop.prove()).toEqual(whole('40.00'));
  });

  test('and spending at once never take more than there is', async () => {
    const shop = await open();
    const { id } = await shop.buy();
    await shop.wallet.catalogue.addApp({ app: 'crm' });
    await shop.wallet.catalogue.setService({ service: 'sms', price: '1' });

    const spent = Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        attempt(shop.wallet.usage.record({ app: 'crm', service: 'sms', quantity: '10', id: `e${at}` })),
      ),
    );
    const refund = await attempt(shop.wallet.purchases.refund({ id, amount: '60' }));
    const posted = (await spent).filter((code) => code === undefined).length;
    await shop.settle();

    const { balance } = await shop.wallet.credit.balance();
    const left = 100 - posted * 10 - (refund === undefined ? 60 : 0);
    expect([balance.posted, left >= 0]).toEqual([left.toFixed(2), true]);
    expect((await shop.prove()).verified).toEqual([]);
  });

  test('and disputes of an invoice that was paid at Stripe leave the balance once, and come back if they are won', async () => {
    const shop = await open();
    await shop.wallet.billing.set({ email: 'ap@acme.example', netDays: '30' });
    await shop.wallet.purchases.buy({ credits: '100', billingAccount: true });
    const { id } = shop.fake.payInvoice(String(shop.fake.memory.all('invoice')[0]?.id));
    await shop.settle();
    const posted = async () => (await shop.wallet.credit.balance()).balance.posted;

    const seen = [await posted()];
    shop.fake.refundByHand(id, 3_000);
    await shop.settle();
    seen.push(await posted());
    const dispute = shop.fake.dispute(id, 2_000);
    await shop.settle();
    seen.push(await posted());
    const during = (await shop.prove()).verified;
    dispute.status = 'won';
    await shop.settle();

    expect(seen).toEqual(['100.00', '70.00', '50.00']);
    expect(during).toEqual([]);
    expect(await shop.prove()).toEqual(whole('70.00'));
  });

  test('that wait for the Stripe balance keep their credits on hold until they arrive', async () => {
    const shop = await open();
    const { id } = await shop.buy();
    shop.fake.refundOutcome = 'pending';

    const code = await attempt(shop.wallet.purchases.refund({ id, amount: '40' }));
    await shop.wallet.purchases.reconcile();
    const { balance } = await shop.wallet.credit.balance();
    for (const refund of shop.fake.memory.all('refund')) refund.status = 'succeeded';
    await shop.settle();

    expect([code, balance.posted, balance.held]).toEqual(['payment_pending', '100.00', '40.00']);
    expect(await shop.prove()).toEqual(whole('60.00'));
  });
});
