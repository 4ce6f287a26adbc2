import { afterEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

/** Every point of a purchase at which the process may be killed, with the cards that lead there. */
const BUYING = [
  ['intent.before_commit', 'pm_card_visa'],
  ['intent.after_commit', 'pm_card_visa'],
  ['create.before_send', 'pm_card_visa'],
  ['create.after_recv', 'pm_card_visa'],
  ['pi.after_commit', 'pm_card_visa'],
  ['confirm.before_send', 'pm_card_visa'],
  ['confirm.after_send', 'pm_card_visa'],
  ['confirm.after_send', 'pm_card_chargeCustomerFail'],
  ['credit.before_commit', 'pm_card_visa'],
  ['credit.after_commit', 'pm_card_visa'],
  ['cancel.before_send', 'pm_card_chargeCustomerFail'],
  ['cancel.after_send', 'pm_card_chargeCustomerFail'],
  ['fail.before_commit', 'pm_card_chargeCustomerFail'],
] as const;
const REFUNDING = [
  'refund.before_commit',
  'refund.before_send',
  'refund.after_send',
  'refund.before_settle',
  'refund.after_settle',
] as const;
/** What a shell says of a process that SIGKILL ended; here there is no status at all. */
const KILLED = null;
const BUY = 'buy 100 --yes --idempotency-key k1 --json';

let homes: (Sandbox | StripeHome)[] = [];
afterEach(async () => {
  for (const home of homes) await home.remove();
  homes = [];
});

interface Place {
  readonly home: Sandbox;
  /** What the cards paid in the end, where it can be asked. */
  readonly taken: (() => number) | undefined;
}

const PLACES = [
  ['sandbox', openSandbox],
  ['Stripe', openStripe],
] as const;

async function openSandbox(token: string): Promise<Place> {
  const home = createSandbox();
  homes.push(home);
  await home.ok('init --org acme');
  await home.ok(`card add --payment-method ${token}`);
  return { home, taken: undefined };
}

async function openStripe(token: string): Promise<Place> {
  const shop = await createStripeHome();
  homes.push(shop);
  await shop.open(token);
  return { home: shop.home, taken: () => shop.fake.takenCents() };
}

const kill = (point: string) => ({ env: { WALLET_FAILPOINT: point } });

describe.each(PLACES)('a process that is killed while it buys (%s)', (_place, open) => {
  test.each(BUYING)('at %s with %s has charged and credited once, or not at all', async (point, token) => {
    const { home, taken } = await open(token);

    const died = await home.wallet(BUY, kill(point));
    const again = await home.wallet(BUY);

    const posted = await postedOf(home);
    expect(died.status).toBe(KILLED);
    expect({ status: again.status, posted }).toEqual(
      token === 'pm_card_visa' ? { status: 0, posted: '100.00' } : { status: 6, posted: '0.00' },
    );
    if (taken !== undefined) expect(taken()).toBe(token === 'pm_card_visa' ? 10_000 : 0);
    const { pending } = (await home.ok('reconcile --json')).json() as { pending: readonly unknown[] };
    expect(pending).toEqual([]);
    await home.ok('verify');
  });
});

describe.each(PLACES)('a process that is killed while it refunds (%s)', (_place, open) => {
  test.each(REFUNDING)('at %s gives back once', async (point) => {
    const { home, taken } = await open('pm_card_visa');
    const { purchase } = (await home.ok(BUY)).json() as { purchase: { id: string } };
    const refund = `purchase refund ${purchase.id} --amount 40 --yes --idempotency-key r1 --json`;

    const died = await home.wallet(refund, kill(point));
    const again = await home.wallet(refund);

    expect([died.status, again.status]).toEqual([KILLED, 0]);
    expect(await postedOf(home)).toBe('60.00');
    if (taken !== undefined) expect(taken()).toBe(6_000);
    await home.ok('verify');
  });
});

async function postedOf(home: Sandbox): Promise<string> {
  return ((await home.ok('balance --json')).json() as { balance: { posted: string } }).balance.posted;
}
