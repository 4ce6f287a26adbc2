import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

let shop: StripeHome;
beforeEach(async () => {
  shop = await createStripeHome();
  await shop.open();
});
afterEach(() => shop.remove());

const sessionOf = (text: string) => /cs_test_\w+/.exec(text)?.[0] ?? '';

test('a card is typed in on a page of Stripe’s, and the command waits for it', async () => {
  const adding = shop.home.wallet('card add --role backup --json');
  await expect.poll(() => shop.fake.memory.all('checkout.session').length, { timeout: 20_000 }).toBe(1);
  const [session] = shop.fake.memory.all('checkout.session');
  shop.fake.completeSetup(session?.id, 'pm_card_visa');

  const added = await adding;

  expect(added.status).toBe(0);
  expect(added.stderr).toContain(`https://checkout.stripe.com/c/pay/${session?.id}`);
  expect(added.json()).toMatchObject({ card: { brand: 'visa', last4: '4242', role: 'backup', status: 'verified' } });
});

test('a setup that was left open is finished later, once, and told apart from a card that is there', async () => {
  await shop.home.ok('card add --payment-method pm_card_visa');
  const left = await shop.home.ok('card add --no-wait --json');
  const before = await shop.home.ok('card sync --json');
  shop.fake.completeSetup(sessionOf(left.stderr), 'pm_card_visa');

  const [first, second] = await Promise.all([shop.home.ok('card sync'), shop.home.ok('card sync')]);

  expect(before.json()).toMatchObject({ cards: [], setups: [{ status: 'open' }] });
  expect(first.stdout + second.stdout).toMatch(/added visa ending 4242/);
  expect(first.stderr + second.stderr).toMatch(/same card as card_/);
  const { cards } = (await shop.home.ok('card list --json')).json() as { cards: readonly unknown[] };
  expect(cards).toHaveLength(2);
});

test('edits, the portal and removals reach Stripe', async () => {
  const added = (await shop.home.ok('card add --payment-method pm_card_visa --json')).json() as {
    card: { id: string };
  };
  await shop.home.ok(`card edit ${added.card.id} --exp 08/2031 --name Ada --country DE`);
  const [method] = shop.fake.memory.all('payment_method');
  expect(method).toMatchObject({
    card: { exp_month: 8, exp_year: 2031 },
    billing_details: { name: 'Ada', address: { country: 'DE' } },
  });
  expect((await shop.home.ok('billing portal')).stdout).toMatch(/^https:\/\/billing\.stripe\.com\//);

  const last = await shop.home.wallet(`card remove ${added.card.id} --json`);
  await shop.home.ok(`card remove ${added.card.id} --force`);

  expect([last.status, last.error().code]).toEqual([8, 'last_card']);
  expect((await shop.home.wallet(`card remove ${added.card.id} --json`)).error().code).toBe('unknown_card');
  expect(shop.fake.memory.all('payment_method')[0]?.customer).toBeNull();
});

test('a card whose removal did not reach Stripe is removed there by the same command', async () => {
  const { card } = (await shop.home.ok('card add --payment-method pm_card_visa --json')).json() as {
    card: { id: string };
  };
  const attached = () => shop.fake.memory.all('payment_method')[0]?.customer !== null;
  const remove = `card remove ${card.id} --force --json --idempotency-key r1`;
  shop.fake.fail(/detach$/, { kind: 'status', status: 500 }, 9);

  const cut = await shop.home.wallet(remove);
  const before = attached();
  shop.fake.heal();
  const again = [await shop.home.wallet(remove), await shop.home.wallet(remove)];

  expect([cut.status, before]).toEqual([9, true]);
  expect(again.map(({ status, json }) => [status, (json() as { card: { id: string } }).card.id])).toEqual([
    [0, card.id],
    [0, card.id],
  ]);
  expect(attached()).toBe(false);
});

test('a payment method is one card for ever, so a removal done again takes no other card off', async () => {
  const { card } = (await shop.home.ok('card add --payment-method pm_card_visa --name Ada --json')).json() as {
    card: { id: string };
  };
  await shop.home.ok('card add --payment-method pm_card_mastercard');
  const [method] = shop.fake.memory.all('payment_method');
  const again = `card add --payment-method ${method?.id} --name Mallory --json`;

  const onFile = await shop.home.wallet(again);
  shop.fake.fail(/detach$/, { kind: 'status', status: 403 }, 9);
  await shop.home.wallet(`card remove ${card.id}`);
  shop.fake.heal();
  const removed = await shop.home.wallet(again);
  const finished = await shop.home.wallet(`card remove ${card.id}`);

  expect([onFile.status, onFile.error()]).toMatchObject([8, { code: 'already_exists', details: { card: card.id } }]);
  expect([removed.status, removed.error()]).toMatchObject([8, { code: 'invalid_state', details: { card: card.id } }]);
  expect([finished.status, method?.customer, method?.billing_details.name]).toEqual([0, null, 'Ada']);
  const { cards } = (await shop.home.ok('card list --json')).json() as { cards: readonly object[] };
  expect(cards).toMatchObject([{ brand: 'mastercard' }]);
});

test('a card that Stripe refuses to store is declined, and one it does not know is unknown', async () => {
  const declined = await shop.home.wallet('card add --payment-method pm_card_chargeDeclined --json');
  const unknown = await shop.home.wallet('card add --payment-method pm_nothing --json');
  const number = await shop.home.wallet('card add --payment-method 4242424242424242 --json');

  expect([declined.status, declined.error().code]).toEqual([6, 'card_declined']);
  expect([unknown.status, unknown.error().code]).toEqual([3, 'unknown_card']);
  expect([number.status, number.error().code]).toEqual([2, 'secret_refused']);
  expect(number.stderr).not.toContain('4242424242424242');
});
