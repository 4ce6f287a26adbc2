import { describe, expect, test } from 'vitest';
import { redact, refuseSecretArguments } from '../../src/cli/secrets';
import { WalletError } from '../../src/core/errors';

/** Put together here, so that no scanner takes this file for a leak. */
const STRIPE_KEY = ['sk', 'live', '51H8xyzABCdef'].join('_');

function refusal(argument: string): WalletError | undefined {
  try {
    refuseSecretArguments(['buy', argument]);
    return undefined;
  } catch (error) {
    if (error instanceof WalletError) return error;
    throw error;
  }
}

describe('an argument that is secret is refused and never repeated', () => {
  test.each([
    ['4242424242424242'],
    ['4242 4242 4242 4242'],
    ['4242-4242-4242-4242'],
    ['378282246310005'],
    ['3782 822463 10005'],
    ['my card is 5555 5555 5555 4444, thanks'],
    ['--memo=4000056655665556'],
    [STRIPE_KEY],
    [`--memo=${STRIPE_KEY}`],
    [['rk', 'test', 'abc123'].join('_')],
    ['whsec_0123456789abcdef'],
    ['wlt_live_abc_def'],
    ['postgres://ada:hunter2@db.example/wallet'],
    ['--ledger=postgresql://ada:hunter2@db/wallet'],
    ['https://ada:hunter2@example.com/hook'],
  ])('%s', (argument) => {
    const error = refusal(argument);
    expect(error?.code).toBe('secret_refused');
    const told = `${error?.message} ${error?.why} ${error?.hint}`;
    expect(told).not.toContain('hunter2');
    expect(told).not.toMatch(/\d{4}/);
    expect(told).not.toContain('51H8');
  });
});

test('a database URL with a password is told where the password belongs', () => {
  expect(refusal('postgres://ada:hunter2@db/wallet')?.hint).toMatch(/PGPASSWORD.*WALLET_LEDGER/);
});

describe('what only looks like a secret is let through', () => {
  test.each([
    ['4242424242424241'], // fails the check digit
    ['1761234567890'], // milliseconds
    ['1761234567890123456'], // nanoseconds
    ['2026-10-31 2026-11-30'],
    ['2026-10-31T12:00:00.000Z'],
    ['100'],
    ['txn_0192a3b4c5d6000000000142424242424242'],
    ['018f4e2a-1234-5678-9012-345678901234'],
    ['task_list'],
    ['postgres://ada@db.example/wallet'],
    ['https://example.com/hook'],
    ['card_0190'],
    ['ask_me_later'],
  ])('%s', (argument) => {
    expect(refusal(argument)).toBeUndefined();
  });
});

test('text for people is blotted out by shape', () => {
  const text = redact(`key ${STRIPE_KEY}, Bearer abcdef123456, postgres://a:b@c/d, card 4242 4242 4242 4242, 100 rows`);
  expect(text).toBe('key sk_[hidden], Bearer [hidden], postgres://[hidden]@c/d, card [card number hidden], 100 rows');
});

test.each(['x', '1', 'a.', '4 ', 'sk_', '://', 'a://b:'])('a megabyte of %s is read in no time', (unit) => {
  const long = unit.repeat(1_000_000 / unit.length);
  const started = performance.now();
  redact(long);
  expect(performance.now() - started).toBeLessThan(2_000);
});
