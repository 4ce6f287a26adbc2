import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

let shop: StripeHome;
beforeEach(async () => {
  shop = await createStripeHome();
});
afterEach(() => shop.remove());

describe('a key', () => {
  const live = { STRIPE_API_KEY: 'sk_live_fake', WALLET_STRIPE_API_BASE: '' };

  test('of the other mode, or put at risk, is refused before anything happens', async () => {
    await shop.open('pm_card_visa');
    const before = shop.fake.requests.length;

    const cases = [
      ['buy 10 --yes', live, 4, 'live_guard'],
      ['balance', live, 4, 'live_guard'],
      ['init --org other --provider stripe --ledger x.db', { STRIPE_API_KEY: 'sk_live_fake' }, 4, 'live_guard'],
      ['buy 10 --yes', { ...live, WALLET_FAILPOINT: 'confirm.after_send' }, 4, 'live_guard'],
      ['buy 10 --yes', { WALLET_FAILPOINT: 'confirm.after_sent' }, 2, 'invalid_config'],
      ['buy 10 --yes', { STRIPE_API_KEY: 'pk_test_fake' }, 2, 'invalid_config'],
      ['buy 10 --yes', { STRIPE_API_KEY: '' }, 2, 'invalid_config'],
      ['buy 10 --yes', { WALLET_STRIPE_API_BASE: 'http://example.com' }, 2, 'invalid_config'],
    ] as const;
    for (const [line, env, status, code] of cases) {
      const outcome = await shop.home.wallet(`${line} --json`, { env });
      expect([line, outcome.status, outcome.error().code]).toEqual([line, status, code]);
      expect(outcome.stderr).not.toContain('fake');
    }
    expect(shop.fake.requests.length).toBe(before);
  });

  test('of another account is refused, and one of the same account is asked about once', async () => {
    await shop.open('pm_card_visa');
    const rotated = { env: { STRIPE_API_KEY: 'rk_test_rotated' } };
    await shop.home.ok('buy 10 --yes', rotated);
    await shop.home.ok('buy 10 --yes', rotated);
    expect(shop.fake.count(/GET \/v1\/account$/)).toBe(3);

    shop.fake.memory.account = 'acct_another00000001';
    const outcome = await shop.home.wallet('buy 10 --yes --json', { env: { STRIPE_API_KEY: 'sk_test_another' } });

    expect([outcome.status, outcome.error().code]).toEqual([4, 'live_guard']);
  });

  test('that is revoked charges nothing, counts no decline, and leaves nothing pending for ever', async () => {
    await shop.open('pm_card_visa');
    shop.fake.revoked = true;
    expect((await shop.home.wallet('buy 10 --yes')).status).toBe(7);
    shop.fake.revoked = false;

    await shop.home.ok('reconcile');

    expect(await shop.prove()).toEqual({ posted: '10.00', takenCents: 1_000 });
  });

  test('that is restricted is asked what it may do by status, which names what is missing', async () => {
    await shop.open('pm_card_visa');
    const restricted = { env: { STRIPE_API_KEY: 'rk_test_fake' } };
    const missing = async (options?: typeof restricted) =>
      ((await shop.home.ok('status --json', options)).json() as { missingPermissions: readonly string[] | null })
        .missingPermissions;
    const before = shop.fake.requests.length;

    expect([await missing(), shop.fake.requests.length - before]).toEqual([[], 0]);
    expect(await missing(restricted)).toEqual([]);
    shop.fake.denied.add('/v1/refunds').add('/v1/disputes');
    expect(await missing(restricted)).toEqual(['Refunds', 'Disputes']);
    expect((await shop.home.ok('status', restricted)).stdout).toContain('may not use Refunds, Disputes');
    shop.fake.denied.clear();
    shop.fake.deniedWrites.add('/v1/payment_intents').add('/v1/refunds');
    const objects = shop.fake.memory.objects.size;
    expect(await missing(restricted)).toEqual(['PaymentIntents (write)', 'Refunds (write)']);
    expect(shop.fake.memory.objects.size).toBe(objects);
    const { status, stderr } = await shop.home.wallet('buy 100 --yes', restricted);
    expect(status).toBe(7);
    expect(stderr).toContain('why: the Stripe key lacks a permission: payment_intents Write; it is on record');
    shop.fake.deniedWrites.clear();
    await shop.home.ok('reconcile', restricted);
    expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
    shop.fake.revoked = true;
    expect(await missing(restricted)).toBeNull();
    expect((await shop.home.wallet('buy 1 --yes', restricted)).stderr).toContain('Stripe refused the key');
  });

  test('has the library of Stripe loaded by the commands that ask it, and by no others', async () => {
    await shop.open('pm_card_visa');
    const list = path.join(shop.home.home, 'loaded');
    const hook = path.resolve('test/helpers/loaded-files.cjs');
    const loadsStripe = async (line: string) => {
      await shop.home.wallet(line, { env: { NODE_OPTIONS: `--require ${hook}`, LOADED_FILES: list } });
      const files = readFileSync(list, 'utf8').split('\n');
      return files.some((file) => file.endsWith('.js') && readFileSync(file, 'utf8').includes('StripeRateLimitError'));
    };

    const asking = ['buy 1 --yes', 'reconcile'];
    const light = ['balance', 'status', 'card list', 'purchase list', 'recharge show', 'buy 0.001 --yes', 'verify'];

    for (const line of asking) expect([line, await loadsStripe(line)]).toEqual([line, true]);
    for (const line of light) expect([line, await loadsStripe(line)]).toEqual([line, false]);
  });

  test('lets the clock be set only where the API is on this machine', async () => {
    await shop.open('pm_card_visa');

    const fine = await shop.home.wallet('balance --json', { env: { WALLET_NOW: '2027-01-01T00:00:00Z' } });
    const real = { WALLET_NOW: '2027-01-01T00:00:00Z', WALLET_STRIPE_API_BASE: '' };
    const refused = await shop.home.wallet('balance --json', { env: real });

    expect(fine.status).toBe(0);
    expect([refused.status, refused.error().code]).toEqual([2, 'invalid_config']);
  });
});
