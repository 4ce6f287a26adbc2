import { afterEach, beforeEach, expect, test } from 'vitest';
import { attempt, openStripeShop, type StripeShop } from '../helpers/stripe-shop';

/** Organisations with an auto top-up that is due, all on one ledger and one Stripe account. */
const ORGS = Number(process.env.WALLET_STORM_ORGS ?? 8);
/** With many, their number alone uses up the time of a tick. */
const CALLS = ORGS > 100 ? Number.POSITIVE_INFINITY : 12;
const MINUTE_MS = 60_000;
/** Far more than it takes where each tick reaches a few organisations only. */
const MOST_TICKS = 60 + ORGS;

let shop: StripeShop;
beforeEach(async () => {
  shop = await openStripeShop(undefined, { callsOfACommand: CALLS });
});
afterEach(() => shop.remove());

test(
  `${ORGS} organisations whose processor was down for two days are charged once each, whom a tick does not reach by another`,
  async () => {
    const names = Array.from({ length: ORGS }, (_, at) => `org ${at}`);
    for (const name of names) {
      const { organisation, cards, recharge } = shop.as(name);
      await organisation.init({ org: name });
      // A busy machine may let one of a thousand calls run into its time-out.
      const add = () => attempt(cards.add({ paymentMethod: 'pm_card_visa', idempotencyKey: 'first card' }));
      for (let tries = 0; tries < 9 && (await add()) !== undefined; tries += 1);
      await recharge.set({ below: '50', amount: '100' });
    }
    /** Top-ups by what became of them, and the most that any organisation has open. */
    const topUps = async () => {
      const made = await Promise.all(names.map(async (name) => (await shop.as(name).recharge.history({})).purchases));
      const count = (status: string) => made.flat().filter((each) => each.status === status).length;
      const open = made.map((each) => each.filter(({ status }) => status === 'pending').length);
      return { succeeded: count('succeeded'), mostOpen: Math.max(...open) };
    };

    shop.fake.fail(/./, { kind: 'status', status: 503 }, Number.POSITIVE_INFINITY);
    for (let hour = 0; hour < 48; hour += 8) {
      await shop.wallet.cron.run({});
      expect(await topUps()).toMatchObject({ succeeded: 0 });
      expect((await topUps()).mostOpen).toBeLessThanOrEqual(1);
      shop.advance(8 * 60 * MINUTE_MS);
    }
    shop.fake.heal();
    const postponed: number[] = [];
    let ticks = 0;
    for (; ticks < MOST_TICKS && (await topUps()).succeeded < ORGS; ticks += 1) {
      const { steps } = await shop.wallet.cron.run({});
      postponed.push(steps.filter(({ outcome }) => outcome === 'postponed').length);
      expect((await topUps()).mostOpen).toBeLessThanOrEqual(1);
      shop.advance(20 * MINUTE_MS);
    }

    expect(postponed.some((steps) => steps > 0)).toBe(true);
    expect(await topUps()).toEqual({ succeeded: ORGS, mostOpen: 0 });
    expect(shop.fake.takenCents()).toBe(ORGS * 10_000);
    const charges = shop.fake.intents().filter(({ status }) => status === 'succeeded');
    expect(new Set(charges.map(({ customer }) => customer)).size).toBe(ORGS);
    for (const name of names) expect((await shop.as(name).audit.verify({})).ok).toBe(true);
  },
  60_000 + ORGS * 5_000,
);
