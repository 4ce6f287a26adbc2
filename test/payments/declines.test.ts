import { describe, expect, test } from 'vitest';
import type { Purchase } from '../../src/contract/purchases';
import { attempt, type StripeShop, useStripeShops } from '../helpers/stripe-shop';

const HOUR_MS = 3_600_000;
const CONFIRM = /confirm$/;

const openShop = useStripeShops();
const open = (...tokens: string[]): Promise<StripeShop> => openShop(tokens);

const lines = async (shop: StripeShop) =>
  (await shop.wallet.alerts.history({})).notices.map(({ kind, lines }) => `${kind}: ${lines.join(' ')}`);

describe('a top-up that needs its card holder', () => {
  async function refused(...tokens: string[]) {
    const shop = await open(...tokens);
    await shop.wallet.recharge.set({ below: '50', amount: '100' });
    const check = await shop.wallet.recharge.check({});
    const { purchases } = await shop.wallet.purchases.list({});
    return { shop, check, purchases };
  }
  const sessionOf = (purchase: Purchase | undefined) => purchase?.hosted?.split('/').at(-1) ?? '';

  test('is cancelled, and the administrators get a page to pay on, once', async () => {
    const { shop, check, purchases } = await refused('pm_card_authenticationRequired');

    expect(check).toMatchObject({ outcome: 'failed', purchase: { failure: { code: 'authentication_required' } } });
    expect(purchases.map(({ status, trigger }) => [status, trigger])).toEqual([
      ['requires_action', 'recharge'],
      ['failed', 'recharge'],
    ]);
    expect(shop.fake.intents().map(({ status }) => status)).toEqual(['canceled']);
    for (let turn = 0; turn < 3; turn += 1) {
      shop.advance(HOUR_MS);
      expect(await shop.wallet.recharge.check({})).toMatchObject({
        outcome: 'paused',
        purchase: { id: purchases[0]?.id, hosted: expect.stringMatching(/^https:\/\/checkout/) },
      });
      await shop.wallet.purchases.reconcile();
    }
    const told = await lines(shop);
    expect(told.filter((line) => line.includes(purchases[0]?.hosted ?? '?'))).toHaveLength(1);
    expect(told.map((line) => line.split(':')[0])).toEqual(['purchase-unresolved', 'recharge-paused']);
    expect(shop.fake.count(/POST \/v1\/checkout\/sessions$/)).toBe(1);
  });

  test('brings the credits once it is paid, and the card stays left alone', async () => {
    const { shop, purchases } = await refused('pm_card_authenticationRequired');

    shop.fake.completePayment(sessionOf(purchases[0]));
    await shop.wallet.purchases.reconcile();

    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
    const { recharge } = await shop.wallet.recharge.show();
    expect(recharge).toMatchObject({
      paused: { reason: 'no_usable_card' },
      blockedCards: [{}],
      spentThisMonth: '100.00',
    });
  });

  test('gives way to another card: the page is closed before that one is charged', async () => {
    const { shop, purchases } = await refused('pm_card_authenticationRequired');

    await shop.wallet.cards.add({ paymentMethod: 'pm_card_visa', role: 'primary' });
    const check = await shop.wallet.recharge.check({});

    expect(check.outcome).toBe('recharged');
    expect(shop.fake.memory.get('checkout.session', sessionOf(purchases[0])).status).toBe('expired');
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });

  test('charges no other card while nobody knows whether its page is closed', async () => {
    const { shop } = await refused('pm_card_authenticationRequired');
    await shop.wallet.cards.add({ paymentMethod: 'pm_card_visa', role: 'primary' });
    shop.fake.fail(/checkout/, { kind: 'status', status: 500 }, 50);

    const check = await shop.wallet.recharge.check({});
    shop.fake.heal();

    expect([check.outcome, check.guard]).toEqual(['pending', 'awaits_person']);
    expect((await shop.wallet.recharge.check({})).outcome).toBe('recharged');
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });

  test('gets its page at the next check where Stripe did not open it at once', async () => {
    const shop = await open('pm_card_authenticationRequired');
    await shop.wallet.recharge.set({ below: '50', amount: '100' });
    shop.fake.fail(/checkout/, { kind: 'drop', executed: true }, 9);
    await shop.wallet.recharge.check({});
    const [waiting] = (await shop.wallet.purchases.list({})).purchases;
    shop.fake.heal();

    await shop.wallet.recharge.check({});

    const [paged] = (await shop.wallet.purchases.list({})).purchases;
    expect([waiting?.hosted, paged?.hosted]).toEqual([null, expect.stringMatching(/^https:\/\/checkout/)]);
    expect([waiting?.id, shop.fake.memory.all('checkout.session').length]).toEqual([paged?.id, 1]);
  });

  test('is tried on the backup first', async () => {
    const { shop, check } = await refused('pm_card_authenticationRequired', 'pm_card_visa');

    expect(check.outcome).toBe('recharged');
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });
});

describe('a purchase', () => {
  const declined = (fields: object) => ({ kind: 'decline' as const, fields: { code: 'card_declined', ...fields } });

  test('that was refused for good tells auto top-up to leave that card alone, and is not told why', async () => {
    const shop = await open('pm_card_visa');
    await shop.wallet.recharge.set({ below: '50', amount: '100' });
    shop.fake.fail(CONFIRM, declined({ decline_code: 'stolen_card' }));

    const refusal = await shop.wallet.purchases.buy({ credits: '100' }).catch((error: unknown) => error);
    const check = await shop.wallet.recharge.check({});

    expect(refusal).toMatchObject({ code: 'card_declined', details: { declineCode: 'generic_decline' } });
    expect(JSON.stringify(refusal)).not.toContain('stolen');
    expect([check.outcome, shop.fake.count(CONFIRM)]).toEqual(['failed', 1]);
  });

  test.each([
    [{ decline_code: 'do_not_honor', advice_code: 'do_not_try_again' }],
    [{ decline_code: 'do_not_honor', network_advice_code: '03' }],
  ])('is refused for good where %j says so', async (fields) => {
    const shop = await open('pm_card_visa');
    await shop.wallet.recharge.set({ below: '50', amount: '100' });
    shop.fake.fail(CONFIRM, declined(fields));
    await shop.buy();

    expect((await shop.wallet.recharge.check({})).outcome).toBe('failed');
    expect((await shop.wallet.recharge.show()).recharge?.blockedCards).toHaveLength(1);
  });

  test('fails where too much was tried: the backup is not asked, and nothing is charged for a day', async () => {
    const shop = await open('pm_card_visa', 'pm_card_mastercard');
    await shop.wallet.recharge.set({ below: '50', amount: '100' });
    shop.fake.fail(CONFIRM, declined({ code: 'card_decline_rate_limit_exceeded' }));

    const { status } = await shop.buy();
    const again = await attempt(shop.wallet.purchases.buy({ credits: '10' }));
    const check = await shop.wallet.recharge.check({});
    shop.advance(24 * HOUR_MS);
    const tomorrow = await attempt(shop.wallet.purchases.buy({ credits: '10' }));

    expect([status, again, check.outcome, check.guard, tomorrow]).toEqual([
      'failed',
      'payment_failed',
      'cooling_down',
      'backing_off',
      undefined,
    ]);
    expect(shop.fake.count(CONFIRM)).toBe(2);
    expect(await shop.prove()).toMatchObject({ posted: '10.00', taken: '10.00', verified: [] });
  });

  test('that the bank calls a duplicate is looked at first, and credited where it was paid', async () => {
    const shop = await open('pm_card_visa', 'pm_card_mastercard');
    shop.fake.fail(CONFIRM, { kind: 'drop', executed: true }, 3);
    shop.fake.fail(/GET \/v1\/payment_intents/, { kind: 'status', status: 500 }, 3);
    const { id } = await shop.buy();
    // The same confirm again finds the charge that was made: the bank would call a new one a duplicate.
    shop.fake.heal();
    shop.fake.fail(/GET \/v1\/payment_intents/, { kind: 'mutate', fields: { status: 'requires_payment_method' } });
    shop.fake.fail(CONFIRM, declined({ decline_code: 'duplicate_transaction' }));

    await shop.wallet.purchases.reconcile();

    expect((await shop.wallet.purchases.show({ id })).purchase).toMatchObject({ status: 'succeeded', failure: null });
    expect(shop.fake.intents()).toHaveLength(1);
    expect(await shop.prove()).toEqual({ posted: '100.00', taken: '100.00', pending: 0, verified: [] });
  });
});
