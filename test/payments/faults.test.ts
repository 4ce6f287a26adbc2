import { describe, expect, test } from 'vitest';
import { attempt, type StripeShop, useStripeShops } from '../helpers/stripe-shop';

const HOUR_MS = 3_600_000;

/** A payment that is no business of the wallet's. */
const OTHER = { currency: 'usd', amount_received: 0, status: 'requires_payment_method', metadata: {}, livemode: false };

const openShop = useStripeShops();
const open = (...tokens: string[]): Promise<StripeShop> => openShop(tokens.length === 0 ? undefined : tokens);

const CREATE = /POST \/v1\/payment_intents$/;
const CONFIRM = /confirm$/;
const RETRIEVE = /GET \/v1\/payment_intents\/pi/;

describe('a purchase with Stripe', () => {
  test('waits a rate limit out under the same key, and counts no decline', async () => {
    const shop = await open();
    shop.fake.fail(CONFIRM, { kind: 'status', status: 429, code: 'rate_limit' }, 3);

    const { status } = await shop.buy();

    const keys = shop.fake.received.filter((_, at) => CONFIRM.test(shop.fake.requests[at] ?? '')).map(({ key }) => key);
    expect({ status, tries: keys.length, keys: new Set(keys).size }).toEqual({
      status: 'succeeded',
      tries: 4,
      keys: 1,
    });
  });

  test('under one key, twenty times at once, is one purchase and one charge', async () => {
    const shop = await open();
    const buy = () => attempt(shop.wallet.purchases.buy({ credits: '100', idempotencyKey: 'order-1' }));

    const codes = await Promise.all(Array.from({ length: 20 }, buy));
    await shop.settle();

    expect(codes.filter((code) => code !== undefined && code !== 'payment_pending')).toEqual([]);
    expect((await shop.wallet.purchases.list({})).purchases.length).toBe(1);
    expect(shop.fake.intents().length).toBe(1);
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
    expect(await attempt(shop.wallet.purchases.buy({ credits: '99', idempotencyKey: 'order-1' }))).toBe(
      'idempotency_conflict',
    );
  });

  test('sends nothing any more once the time for the command is used up', async () => {
    const shop = await open();
    shop.fake.fail(/./, { kind: 'hang', executed: false }, 50);
    const before = shop.fake.requests.length;

    const { status } = await shop.buy();

    // A second and a half for everything, and a quarter for a try: seven would be too long.
    expect(status).toBe('pending');
    expect(shop.fake.requests.length - before).toBeLessThanOrEqual(7);
    await shop.settle();
    expect(await shop.prove()).toMatchObject({ posted: '100.00', taken: '100.00', pending: 0 });
  });

  test('does not try the backup while the outcome of the primary is unknown', async () => {
    const shop = await open('pm_card_visa', 'pm_card_mastercard');
    shop.fake.fail(CONFIRM, { kind: 'hang', executed: true }, 5);
    shop.fake.fail(RETRIEVE, { kind: 'status', status: 500 }, 5);

    await shop.buy();
    const bodies = shop.fake.received
      .filter((_, at) => CONFIRM.test(shop.fake.requests[at] ?? ''))
      .map(({ body }) => body);
    await shop.settle();

    expect(new Set(bodies).size).toBe(1);
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });

  test('stays open under a revoked key or one that lacks a permission, and no decline is counted', async () => {
    const shop = await open();
    shop.fake.revoked = true;
    const revoked = await shop.buy();
    shop.fake.revoked = false;
    shop.fake.denied.add('/v1/payment_intents');
    const code = await attempt(shop.wallet.purchases.reconcile());
    shop.fake.denied.clear();

    await shop.settle();

    // That it is still open is the answer, and not that nobody could ask.
    expect([revoked.status, code]).toEqual(['pending', undefined]);
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });

  test('sends no key again that is older than 20 hours: it looks, cancels and fails', async () => {
    const shop = await open();
    shop.fake.fail(CONFIRM, { kind: 'drop', executed: false }, 20);
    await shop.buy();
    shop.fake.heal();
    shop.advance(30 * HOUR_MS);
    const before = shop.fake.count(CONFIRM);

    await shop.settle();

    expect(shop.fake.count(CONFIRM)).toBe(before);
    expect(await shop.prove()).toEqual({ posted: '0.00', taken: '0.00', pending: 0, verified: [] });
  });

  test('is found behind more than a page of others, and cancelled, when its create was never answered', async () => {
    const shop = await open();
    shop.fake.fail(CREATE, { kind: 'drop', executed: true }, 20);
    await shop.buy();
    shop.fake.heal();
    shop.advance(30 * HOUR_MS);
    const { customer } = shop.fake.intents()[0] ?? {};
    for (let made = 0; made < 130; made += 1)
      shop.fake.memory.create('pi', 'payment_intent', { ...OTHER, customer, amount: 500 });

    await shop.settle();

    expect(shop.fake.intents().find((intent) => intent.metadata.wallet_op !== undefined)?.status).toBe('canceled');
    expect(await shop.prove()).toEqual({ posted: '0.00', taken: '0.00', pending: 0, verified: [] });
  });

  test.each([
    ['succeeded', '100.00'],
    ['failed', '0.00'],
  ] as const)('that is under way for days and then %s is settled then', async (outcome, sum) => {
    const shop = await open('pm_sandbox_processing');
    const { status, providerReference } = await shop.buy();
    shop.advance(72 * HOUR_MS);
    await shop.settle();
    const meanwhile = (await shop.wallet.purchases.list({})).purchases[0]?.status;
    shop.fake.finish(providerReference ?? '', outcome);

    await shop.settle();

    expect([status, meanwhile]).toEqual(['pending', 'pending']);
    expect(await shop.prove()).toEqual({ posted: sum, taken: sum, pending: 0, verified: [] });
  });

  test('that somebody cancelled by hand fails', async () => {
    const shop = await open();
    shop.fake.fail(CONFIRM, { kind: 'drop', executed: false }, 20);
    await shop.buy();
    for (const intent of shop.fake.intents()) intent.status = 'canceled';

    await shop.settle();

    expect((await shop.wallet.purchases.list({})).purchases[0]?.status).toBe('failed');
    expect(await shop.prove()).toEqual({ posted: '0.00', taken: '0.00', pending: 0, verified: [] });
  });

  test('goes to the backup when the card was deleted at Stripe', async () => {
    const shop = await open('pm_card_visa', 'pm_card_mastercard');
    const [first] = shop.fake.memory.all('payment_method');
    shop.fake.memory.objects.delete(first?.id);

    const { status } = await shop.buy();

    expect(status).toBe('succeeded');
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });

  test.each([
    ['another amount', { amount: 9_900, amount_received: 9_900 }],
    ['another currency', { currency: 'eur' }],
    ['another customer', { customer: 'cus_other' }],
    ['live money', { livemode: true }],
  ])('that comes back with %s is not credited, and reconcile says so', async (_what, fields) => {
    const shop = await open();
    shop.fake.fail(CONFIRM, { kind: 'mutate', fields });

    await shop.buy();
    const { mismatches } = await shop.wallet.purchases.reconcile();

    expect((await shop.wallet.credit.balance()).balance.posted).toBe('0.00');
    expect(mismatches.map(({ detail }) => detail)).toEqual([expect.stringContaining('does not match the purchase')]);
  });

  test('that failed, and was paid all the same, is credited by the next reconcile', async () => {
    const shop = await open('pm_card_chargeCustomerFail');
    const { status, providerReference } = await shop.buy();
    shop.fake.finish(providerReference ?? '', 'succeeded');
    const before = await shop.prove();

    const { settled } = await shop.wallet.purchases.reconcile();

    expect([status, before.verified]).toEqual(['failed', [expect.stringContaining('it failed here')]]);
    expect(settled.map((purchase) => purchase.status)).toEqual(['succeeded']);
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });
});

describe('the processor', () => {
  test('that took money for a purchase nobody knows is contradicted by reconcile and verify --provider', async () => {
    const shop = await open();
    const { providerReference } = await shop.buy();
    const { customer, metadata } = shop.fake.memory.get('payment_intent', providerReference ?? '');
    const paid = { ...OTHER, customer, amount: 700, amount_received: 700, status: 'succeeded' };
    shop.fake.memory.create('pi', 'payment_intent', { ...paid, metadata: { ...metadata, wallet_op: 'pur_of_nobody' } });
    shop.fake.memory.create('pi', 'payment_intent', { ...paid, metadata });
    shop.fake.memory.create('pi', 'payment_intent', paid);

    const { mismatches } = await shop.wallet.purchases.reconcile();
    const { verified } = await shop.prove();

    expect(mismatches.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/took 7.00 USD, and the purchase has pi_/),
      expect.stringMatching(/took 7.00 USD, and no purchase here knows it/),
    ]);
    expect(verified).toEqual([expect.stringContaining('payments at the processor: ')]);
  });

  test.each([
    [
      'took less than was credited',
      (shop: StripeShop, id: string) => (shop.fake.memory.get('payment_intent', id).amount_received = 1),
    ],
    ['does not show a payment', (shop: StripeShop, id: string) => shop.fake.memory.objects.delete(id)],
    ['gave money back by hand', (shop: StripeShop, id: string) => shop.fake.refundByHand(id, 300)],
    ['lost a dispute', (shop: StripeShop, id: string) => shop.fake.dispute(id)],
  ])('that %s is found by verify --provider', async (_what, tamper) => {
    const shop = await open();
    const { providerReference } = await shop.buy();
    const sound = await shop.prove();
    tamper(shop, providerReference ?? '');

    const { verified } = await shop.prove();

    expect([sound.verified, verified.length]).toEqual([[], 1]);
  });

  test('that can not be asked proves nothing: verify --provider ends as unavailable', async () => {
    const shop = await open();
    await shop.buy();
    shop.fake.fail(/./, { kind: 'status', status: 500 }, 50);

    expect(await attempt(shop.wallet.audit.verify({ provider: true }))).toBe('provider_unavailable');
  });
});
