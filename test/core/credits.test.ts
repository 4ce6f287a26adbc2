import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  type Credits,
  formatCredits,
  fromCents,
  fromMicro,
  isWholeCents,
  negate,
  parseCredits,
  parseCreditsOrZero,
  readCredits,
  subtract,
  times,
  toCents,
} from '../../src/core/credits';
import { WalletError } from '../../src/core/errors';

const LARGEST = Number.MAX_SAFE_INTEGER;
const any = fc.oneof(fc.maxSafeInteger(), fc.integer()).map(fromMicro);
const exact = (amount: number) => new Big(amount).div(1_000_000);
const fits = (big: Big) => big.abs().lte(LARGEST);

/** What the product answers, or the code it refuses with. */
function outcome(work: () => number): number | string {
  try {
    return work();
  } catch (error) {
    return error instanceof WalletError ? error.code : String(error);
  }
}
/** `+ 0`: the library knows a negative zero, and the ledger none. */
const expected = (big: Big) => (fits(big) ? big.toNumber() + 0 : 'invalid_amount');

describe('amounts against exact decimals', () => {
  test('are written as the decimal they are, with two to six places', () =>
    fc.assert(
      fc.property(any, (amount) => {
        const text = formatCredits(amount);
        expect(new Big(text).eq(exact(amount))).toBe(true);
        expect(text).toMatch(/^-?(0|[1-9]\d*)\.(\d{2}|\d{2,5}[1-9])$/);
        expect(text.startsWith('-')).toBe(amount < 0);
      }),
    ));

  test('are read back as they were written', () =>
    fc.assert(
      fc.property(any, (amount) => {
        expect(readCredits(formatCredits(amount))).toBe(amount);
      }),
    ));

  test('are read from any plain decimal, exactly', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: BigInt(LARGEST) }), fc.nat(6), (micro, cut) => {
        const text = new Big(micro.toString()).div(1_000_000).toFixed(6);
        const short = text.slice(0, text.length - cut).replace(/\.$/, '');
        const value = new Big(short).times(1_000_000);
        expect(outcome(() => parseCreditsOrZero(short))).toBe(value.toNumber());
      }),
    ));

  test('are added, taken away and multiplied exactly, or refused', () =>
    fc.assert(
      fc.property(any, any, fc.integer({ min: -100_000, max: 2_000_000_000 }), (a, b, quantity) => {
        expect(outcome(() => add(a, b))).toBe(expected(new Big(a).plus(b)));
        expect(outcome(() => subtract(a, b))).toBe(expected(new Big(a).minus(b)));
        expect(outcome(() => times(a, quantity))).toBe(expected(new Big(a).times(quantity)));
        expect(negate(negate(a))).toBe(a);
      }),
    ));

  test('in cents are those that are whole cents', () =>
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (cents) => {
        const amount = fromCents(cents);
        expect(isWholeCents(amount)).toBe(true);
        expect(toCents(amount)).toBe(cents);
        expect(isWholeCents(fromMicro(amount + 1))).toBe(false);
        expect(() => toCents((amount + 1) as Credits)).toThrow('assertion');
      }),
    ));
});

test.each([
  '',
  ' ',
  '1 ',
  '+1',
  '-1',
  '1e3',
  '1,5',
  '1.000.000',
  '$1',
  '.5',
  '1.',
  '01',
  '0x10',
  '1_000',
  '٣',
  '１',
  'NaN',
  'Infinity',
  '1.0000001',
  '0',
  '0.00',
  '9007199254.740992',
  '99999999999',
  '1'.repeat(21),
])('the amount %j is refused, never rounded', (text) => {
  expect(outcome(() => parseCredits(text))).toBe('invalid_amount');
});

test('zero is an amount only where it is asked for, and there is one zero', () => {
  expect(parseCreditsOrZero('0.00')).toBe(0);
  expect(Object.is(negate(fromMicro(0)), 0)).toBe(true);
  expect(Object.is(fromMicro(-0), 0)).toBe(true);
  expect(formatCredits(fromMicro(-1_975_000))).toBe('-1.975');
  expect(outcome(() => times(fromMicro(1), 0.5))).toContain('assertion');
});
