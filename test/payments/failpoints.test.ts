import { afterEach, describe, expect, test } from 'vitest';
import { createSandbox, type RunOptions, type Sandbox } from '../helpers/cli';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

/** Every point at which the process may be killed between the wish for a charge and its credits, */
const CHARGED = [
  'intent.before_commit',
  'intent.after_commit',
  'create.before_send',
  'create.after_recv',
  'pi.after_commit',
  'confirm.before_send',
  'confirm.after_send',
  'credit.before_commit',
  'credit.after_commit',
] as const;
/** and those that a card that declines leads to. */
const DECLINED = ['confirm.after_send', 'cancel.before_send', 'cancel.after_send', 'fail.before_commit'] as const;
const REFUNDED = [
  'refund.before_commit',
  'refund.before_send',
  'refund.after_send',
  'refund.before_settle',
  'refund.after_settle',
] as const;
const DECLINES = 'card add --payment-method pm_card_chargeCustomerFail --role primary';
const HOUR_MS = 3_600_000;
/** Dozens of processes each. */
const TIMEOUT_MS = 120_000;
const DAY_MS = 24 * HOUR_MS;

let homes: (Sandbox | StripeHome)[] = [];
afterEach(async () => {
  for (const home of homes) await home.remove();
  homes = [];
});

/** A wallet with a good card, over one of the processors. */
class Place {
  readonly home: Sandbox;
  readonly shop: StripeHome | undefined;

  private constructor(home: Sandbox, shop?: StripeHome) {
    this.home = home;
    this.shop = shop;
  }

  static async sandbox(): Promise<Place> {
    const home = createSandbox();
    homes.push(home);
    await home.ok('init --org acme');
    await home.ok('card add --payment-method pm_card_visa');
    return new Place(home);
  }

  static async stripe(): Promise<Place> {
    const shop = await createStripeHome();
    homes.push(shop);
    await shop.open('pm_card_visa');
    return new Place(shop.home, shop);
  }

  /** The command killed at the point. What a shell says of SIGKILL is no status at all here. */
  async kill(point: string, line: string, options: RunOptions = {}): Promise<void> {
    const died = await this.home.wallet(line, { ...options, env: { ...options.env, WALLET_FAILPOINT: point } });
    expect([point, died.status, died.stderr]).toEqual([point, null, '']);
  }

  /** The command killed at the point, and then as it is. */
  async killed(point: string, line: string, options: RunOptions = {}) {
    await this.kill(point, line, options);
    return this.home.wallet(line, options);
  }

  /** Nothing is open, the books are whole, and they have what the cards paid. */
  async prove(posted: string, takenCents: number, options: RunOptions = {}): Promise<void> {
    const { pending } = (await this.home.ok('reconcile --json', options)).json() as { pending: readonly unknown[] };
    expect(pending).toEqual([]);
    await this.home.ok('verify', options);
    expect((await this.home.ok('balance -q', options)).stdout.trim()).toBe(posted);
    if (this.shop !== undefined) expect(this.shop.fake.takenCents()).toBe(takenCents);
  }
}

/** What the balance was when the command was done. */
function postedIn(outcome: { json(): unknown }): string {
  return (outcome.json() as { balance: { posted: string } }).balance.posted;
}

const later = (ms: number) => ({ env: { WALLET_NOW: new Date(Date.now() + ms).toISOString() } });

describe.each([
  ['sandbox', Place.sandbox],
  ['Stripe', Place.stripe],
] as const)('a process that is killed (%s)', (_name, open) => {
  test(
    'while it buys, at every point, has charged and credited once, or not at all',
    async () => {
      const place = await open();

      for (const [at, point] of CHARGED.entries()) {
        const again = await place.killed(point, `buy 100 --yes --json --idempotency-key k${at}`);
        expect([point, again.status, postedIn(again)]).toEqual([point, 0, `${at + 1}00.00`]);
      }
      await place.home.ok(DECLINES);
      for (const [at, point] of DECLINED.entries()) {
        const again = await place.killed(point, `buy 100 --yes --json --idempotency-key d${at}`);
        expect([point, again.status]).toEqual([point, 6]);
      }

      await place.prove('900.00', 90_000);
    },
    TIMEOUT_MS,
  );

  test(
    'while it refunds, at every point, gives back once',
    async () => {
      const place = await open();
      const { purchase } = (await place.home.ok('buy 100 --yes --json')).json() as { purchase: { id: string } };

      for (const [at, point] of REFUNDED.entries()) {
        const refund = `purchase refund ${purchase.id} --amount 10 --yes --json --idempotency-key r${at}`;
        const again = await place.killed(point, refund);
        expect([point, again.status, postedIn(again)]).toEqual([point, 0, `${90 - at * 10}.00`]);
      }

      await place.prove('50.00', 5_000);
    },
    TIMEOUT_MS,
  );

  test(
    'while it tops up, at every point, has charged and credited once, or not at all',
    async () => {
      const place = await open();
      await place.home.ok('recharge set --below 50 --amount 100 --daily-count 100 --yes');

      for (const [at, point] of CHARGED.entries()) {
        const hour = later((at + 1) * HOUR_MS);
        const again = await place.killed(point, 'recharge check --json', hour);
        expect([point, again.status, postedIn(again)]).toEqual([point, 0, '100.00']);
        await place.home.ok('adjust remove 100 --reason spent', hour);
      }
      await place.home.ok(DECLINES);
      for (const [at, point] of DECLINED.entries()) {
        const day = later((at + 1) * DAY_MS);
        await place.home.ok('recharge on --yes', day);
        const again = await place.killed(point, 'recharge check --json', day);
        // Whichever of the two noted the decline, the rule backs off after it.
        expect([point, [0, 6].includes(again.status ?? -1), postedIn(again)]).toEqual([point, true, '0.00']);
      }

      await place.prove('0.00', 90_000, later(10 * DAY_MS));
    },
    TIMEOUT_MS,
  );

  test(
    'while it bills a month, at every point, has charged once',
    async () => {
      const place = await open();
      await place.home.ok('service add fax --price 2 --billing postpaid');
      await place.home.ok('app add crm');
      const nextYear = new Date().getUTCFullYear() + 1;
      const inMonth = (month: number) => ({
        env: { WALLET_NOW: `${nextYear}-${String(month).padStart(2, '0')}-15T12:00:00Z` },
      });

      for (const [at, point] of CHARGED.entries()) {
        await place.home.ok('usage record --app crm --service fax --quantity 5', inMonth(at + 1));
        const again = await place.killed(
          point,
          `invoice run --period ${nextYear}-0${at + 1} --yes --json`,
          inMonth(at + 2),
        );
        const { invoice } = again.json() as { invoice: { status: string } };
        expect([point, again.status, invoice.status]).toEqual([point, 0, 'paid']);
      }

      await place.prove('0.00', 9_000, inMonth(11));
    },
    TIMEOUT_MS,
  );

  test(
    'while it buys on account, at every point, has sent one invoice and credits it once',
    async () => {
      const place = await open();
      await place.home.ok('billing account set --email ap@acme.example --net-days 30');
      const ordering = CHARGED.filter((point) => !point.startsWith('credit.'));

      for (const [at, point] of ordering.entries()) {
        const again = await place.killed(point, `buy 10 --billing-account --yes --json --idempotency-key k${at}`);
        expect([point, again.status, postedIn(again)]).toEqual([point, 0, '0.00']);
      }
      for (const invoice of place.shop?.fake.memory.all('invoice') ?? [])
        Object.assign(invoice, { status: 'paid', amount_paid: invoice.total });
      const paid = later(40 * DAY_MS);
      for (const point of ['credit.before_commit', 'credit.after_commit']) await place.kill(point, 'reconcile', paid);

      await place.prove('70.00', 0, paid);
      if (place.shop !== undefined) expect(place.shop.fake.memory.all('invoice')).toHaveLength(ordering.length);
    },
    TIMEOUT_MS,
  );
});
