import { describe, expect, test } from 'vitest';
import { attempt, type StripeShop, useStripeShops } from '../helpers/stripe-shop';

const DAY_MS = 86_400_000;

const openShop = useStripeShops();
const open = (mode: 'test' | 'live' = 'test'): Promise<StripeShop> => openShop(undefined, { mode });

describe('the limit of a day', () => {
  test('refuses what is beyond it before anything is charged, and is anew the next day', async () => {
    const shop = await open();
    const { purchases, organisation } = shop.wallet;
    await organisation.init({ org: 'acme', dailyLimit: '150' });
    await shop.buy();

    const beyond = await attempt(purchases.buy({ credits: '50.01' }));
    const within = await attempt(purchases.buy({ credits: '50' }));
    shop.advance(DAY_MS);
    const tomorrow = await attempt(purchases.buy({ credits: '150' }));

    expect([beyond, within, tomorrow]).toEqual(['limit_exceeded', undefined, undefined]);
    expect(await shop.prove()).toMatchObject({ posted: '300.00', taken: '300.00', verified: [] });
  });

  test('holds for purchases that come at once', async () => {
    const shop = await open();
    await shop.wallet.organisation.init({ org: 'acme', dailyLimit: '150' });

    const buy = () => attempt(shop.wallet.purchases.buy({ credits: '100', again: true }));
    const codes = await Promise.all([buy(), buy(), buy()]);

    expect(codes.filter((code) => code === 'limit_exceeded').length).toBe(2);
    await shop.settle();
    expect(await shop.prove()).toMatchObject({ posted: '100.00', taken: '100.00', verified: [] });
  });

  test('stops auto top-up too, and is taken away with none', async () => {
    const shop = await open();
    const { organisation, recharge } = shop.wallet;
    await organisation.init({ org: 'acme', dailyLimit: '20' });
    await recharge.set({ below: '10', amount: '25' });

    const capped = await recharge.check({});
    await organisation.init({ org: 'acme', dailyLimit: 'none' });
    const free = await recharge.check({});

    expect([capped.outcome, capped.guard, free.outcome]).toEqual(['capped', 'daily_limit', 'recharged']);
  });
});

test('a dispute freezes purchases and auto top-up until a person has looked at it', async () => {
  const shop = await open();
  const { purchases, recharge, organisation } = shop.wallet;
  const { id, providerReference } = await shop.buy();
  await recharge.set({ below: '10', amount: '25' });
  shop.fake.dispute(providerReference ?? '');
  await purchases.reconcile();

  const frozen = await attempt(purchases.buy({ credits: '10' }));
  const topUp = await recharge.check({});
  const { frozenAt } = (await organisation.show()).org;
  await purchases.resolve({ id });
  const after = await attempt(purchases.buy({ credits: '10' }));

  expect([frozen, topUp.outcome, topUp.guard, after]).toEqual(['invalid_state', 'paused', 'disputed', undefined]);
  expect([frozenAt, (await organisation.show()).org.frozenAt]).toEqual([expect.any(String), null]);
});

describe('a purchase that needs review', () => {
  test('is credited by resolve once its payment proves itself', async () => {
    const shop = await open();
    shop.fake.fail(/confirm$/, { kind: 'mutate', fields: { amount_received: 1 } });
    const { id, status } = await shop.buy();

    const { purchase } = await shop.wallet.purchases.resolve({ id });

    expect([status, purchase.status]).toEqual(['pending', 'succeeded']);
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });

  test('is never credited with another amount, and fails once that was paid back in full', async () => {
    const shop = await open();
    shop.fake.fail(/confirm$/, { kind: 'mutate', fields: { amount_received: 1 } });
    const { id, providerReference } = await shop.buy();
    const intent = providerReference ?? '';
    Object.assign(shop.fake.memory.get('payment_intent', intent), { amount: 9_900, amount_received: 9_900 });

    const refused = await attempt(shop.wallet.purchases.resolve({ id }));
    shop.fake.refundByHand(intent, 9_900);
    const { purchase } = await shop.wallet.purchases.resolve({ id });

    expect([refused, purchase.status]).toEqual(['invalid_state', 'failed']);
    expect(await shop.prove()).toEqual({ posted: '0.00', taken: '0.00', pending: 0, verified: [] });
  });
});

describe('a large purchase of real money', () => {
  test('is refused unless the amount is said twice, and then charged', async () => {
    const shop = await open('live');
    const { purchases, organisation } = shop.wallet;
    await organisation.init({ org: 'acme', confirmAbove: '50' });

    const codes = [
      await attempt(purchases.buy({ credits: '50' })),
      await attempt(purchases.buy({ credits: '50.01' })),
      await attempt(purchases.buy({ credits: '50.01', confirmAmount: '51' })),
      await attempt(purchases.buy({ credits: '50.01', confirmAmount: '50.01' })),
    ];

    expect(codes).toEqual([undefined, 'live_guard', 'live_guard', undefined]);
    expect(shop.fake.takenCents()).toBe(10_001);
  });

  test('needs nothing of it in test mode', async () => {
    const shop = await open();

    expect(await attempt(shop.wallet.purchases.buy({ credits: '2000' }))).toBeUndefined();
  });
});
