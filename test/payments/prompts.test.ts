import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { digest } from '../../src/adapters/system';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';
import { KEYS, type Reaction, runOnTerminal } from '../helpers/terminal';

const LIVE_KEY = 'sk_live_fake';

let shop: StripeHome;
beforeEach(async () => {
  shop = await createStripeHome();
  await shop.open('pm_card_visa');
});
afterEach(() => shop.remove());

const press = (when: string, keys: string): Reaction => ({ when, press: keys });
const posted = async () =>
  ((await shop.home.ok('balance --json')).json() as { balance: { posted: string } }).balance.posted;

describe('a large purchase of real money, on a terminal,', () => {
  /** Live money as far as the ledger knows: nothing of this gets as far as a request, for a live key goes to Stripe alone. */
  function makeLive(mode: 'live' | 'test'): void {
    const database = openDatabase(`${shop.home.home}/.local/share/wallet/ledger.db`, { timeoutMs: 5_000 });
    const key = mode === 'live' ? LIVE_KEY : 'sk_test_fake';
    const mark = digest(['stripe key\n', key]).slice(0, 16);
    database.prepare('UPDATE ledger SET mode = ?').run(mode);
    database.prepare('UPDATE organisations SET key_mark = ?').run(mark);
    database.close();
  }

  test.each([
    ['another amount', `200${KEYS.enter}`, 4, 'buying 2000.00 credits of real money has to be confirmed by its amount'],
    ['Ctrl-C', KEYS.ctrlC, 130, 'nothing was charged'],
  ])('is not made when %s is typed to confirm it', async (_name, keys, status, said) => {
    makeLive('live');
    const env = { ...shop.home.env(), STRIPE_API_KEY: LIVE_KEY, WALLET_STRIPE_API_BASE: '' };

    const outcome = await runOnTerminal(['buy', '2000'], {
      env,
      reactions: [press('(live), available afterwards 2000.00?', `y${KEYS.enter}`), press('Type the amount', keys)],
    });

    makeLive('test');
    expect([outcome.status, outcome.text]).toEqual([status, expect.stringContaining(said)]);
    expect(await posted()).toBe('0.00');
    expect(shop.fake.intents()).toEqual([]);
  });
});

describe('on a terminal', () => {
  test('a refund asks, and no is no', async () => {
    const { purchase } = (await shop.home.ok('buy 100 --yes --json')).json() as { purchase: { id: string } };
    const refund = (keys: string) =>
      runOnTerminal(['purchase', 'refund', purchase.id, '--amount', '40'], {
        env: shop.home.env(),
        reactions: [press('Refund 40', keys)],
      });

    const no = await refund(`n${KEYS.enter}`);
    const before = await posted();
    const yes = await refund(`y${KEYS.enter}`);

    expect([no.status, before, yes.status, await posted()]).toEqual([130, '100.00', 0, '60.00']);
  });

  test('a rule that will charge at once says how much and asks, and leaves the charge to the check', async () => {
    const set = (keys: string) =>
      runOnTerminal(['recharge', 'set', '--below', '50', '--amount', '30'], {
        env: shop.home.env(),
        reactions: [press('60.00', keys)],
      });

    const no = await set(`n${KEYS.enter}`);
    const { recharge } = (await shop.home.ok('recharge show --json')).json() as { recharge: unknown };
    const yes = await set(`y${KEYS.enter}`);

    expect([no.status, recharge, yes.status]).toEqual([130, null, 0]);
    expect(shop.fake.intents()).toEqual([]);
    await shop.home.ok('recharge check');
    expect(await posted()).toBe('60.00');
  });
});
