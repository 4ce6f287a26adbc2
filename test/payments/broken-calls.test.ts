import { describe, expect, test } from 'vitest';
import type { Fault } from '../helpers/stripe-fake-faults';
import { attempt, type StripeShop, useStripeShops } from '../helpers/stripe-shop';

const openShop = useStripeShops();
const open = (...tokens: string[]): Promise<StripeShop> => openShop(tokens.length === 0 ? undefined : tokens);

const CREATE = /POST \/v1\/payment_intents$/;
const CONFIRM = /confirm$/;
const CANCEL = /cancel$/;
const RETRIEVE = /GET \/v1\/payment_intents\/pi/;
const REFUND = /POST \/v1\/refunds/;

/** What goes wrong with a call and leaves open whether it was carried out. */
const FAULTS: readonly (readonly [name: string, fault: Fault])[] = [
  ['a request that is lost', { kind: 'drop', executed: false }],
  ['an answer that is lost', { kind: 'drop', executed: true }],
  ['a request that is carried out later', { kind: 'late', afterMs: 20 }],
  ['no answer to what was carried out', { kind: 'hang', executed: true }],
  ['no answer to what was not', { kind: 'hang', executed: false }],
  ['a 500', { kind: 'status', status: 500 }],
  ['a 503', { kind: 'status', status: 503 }],
  ['a key in use', { kind: 'status', status: 409, code: 'idempotency_key_in_use' }],
  ['a rate limit that does not end', { kind: 'status', status: 429, code: 'rate_limit' }],
  ['a lock that does not end', { kind: 'status', status: 429, code: 'lock_timeout' }],
  ['a broken body', { kind: 'body', body: 'broken' }],
  ['a body that is cut off', { kind: 'body', body: 'cut' }],
  ['an answer without its amount', { kind: 'mutate', fields: { amount: null } }],
  ['a status nobody knows', { kind: 'mutate', fields: { status: 'to_be_invented' } }],
];

const CALLS: readonly (readonly [name: string, match: RegExp, token: string])[] = [
  ['create', CREATE, 'pm_card_visa'],
  ['confirm', CONFIRM, 'pm_card_visa'],
  ['cancel', CANCEL, 'pm_card_chargeCustomerFail'],
];

describe.each(CALLS)('on %s', (_call, match, token) => {
  // A create that answers a strange status is stored, and goes on: nothing can be charged before the confirm.
  const faults = match === CREATE ? FAULTS.slice(0, -1) : FAULTS;
  test.each(faults)('%s leaves the purchase open, and it ends charged once or not at all', async (_name, fault) => {
    const shop = await open(token);
    shop.fake.fail(match, fault, 20);
    shop.fake.fail(RETRIEVE, { kind: 'status', status: 500 }, 20);

    const { status } = await shop.buy();
    await shop.settle();

    expect(status).toBe('pending');
    const sum = token === 'pm_card_visa' ? '100.00' : '0.00';
    expect(await shop.prove()).toEqual({ posted: sum, taken: sum, pending: 0, verified: [] });
    expect(shop.fake.intents().length).toBe(1);
  });
});

describe('on a refund', () => {
  test.each(FAULTS)('%s keeps the credits on hold, and the money goes back once', async (_name, fault) => {
    const shop = await open();
    const { id } = await shop.buy();
    shop.fake.fail(REFUND, fault, 20);
    shop.fake.fail(/GET \/v1\/refunds/, { kind: 'status', status: 500 }, 20);

    const code = await attempt(shop.wallet.purchases.refund({ id, amount: '40' }));
    const { balance } = await shop.wallet.credit.balance();
    await shop.settle();

    expect([code, balance.held]).toEqual([expect.stringMatching(/payment_pending|provider_unavailable/), '40.00']);
    expect(await shop.prove()).toEqual({ posted: '60.00', taken: '60.00', pending: 0, verified: [] });
    expect(shop.fake.memory.all('refund').length).toBe(1);
  });
});
