import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WalletError } from '../../src/core/errors';
import { locateTransaction, makeId, transactionId } from '../../src/core/ids';
import { nearest, parseEmail, parseKey, parseQuantity, parseSlug, parseText } from '../../src/core/text';
import type { Instant } from '../../src/core/time';

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof WalletError ? error.code : String(error);
  }
}

describe('text that is stored', () => {
  test.each([
    'a\nb',
    'a\tb',
    'a\rb',
    '\u001b[31m',
    '\u0000',
    '\u007f',
    '\u0085',
    '\u202eevil',
    '\u200b',
    'a\ufeffx',
    '\ud800',
    'x\udc00',
    '\u2028',
    '',
    '   ',
    'x'.repeat(1_001),
  ])('%j is refused at the door', (text) => {
    expect(codeOf(() => parseText(text, 'memo'))).toBe('invalid_value');
    if (text.trim() !== '') expect(codeOf(() => parseKey(`k${text}`, 'key'))).toBe('invalid_value');
  });

  test('is trimmed and brought to one form, and stays as it is then', () => {
    expect(parseText('  cafe\u0301 ', 'memo')).toBe('café');
    expect(parseText('日本語 😀 =1+1', 'memo')).toBe('日本語 😀 =1+1');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        if (codeOf(() => parseText(text, 'memo')) !== undefined) return;
        const once = parseText(text, 'memo');
        expect(parseText(once, 'memo')).toBe(once);
      }),
    );
  });

  test.each([
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    'card 378282246310005 of bob',
    `sk_${'live'}_abc`,
    `whsec_${'abc'}`,
  ])('never is a secret: %s', (text) => {
    for (const parse of [() => parseText(text, 'memo'), () => parseKey(text, 'key'), () => parseSlug(text, 'app')]) {
      const code = codeOf(parse);
      expect(code).toBe('secret_refused');
    }
  });
});

test.each(['0', '-1', '1.5', '1e3', '', ' 1', '01', '9007199254740992', '１', '1_000', '0x1'])(
  'the quantity %j is refused',
  (text) => {
    expect(codeOf(() => parseQuantity(text))).toBe('invalid_quantity');
  },
);

test.each(['a@b', 'a b@c.de', 'a@c.de, x@y.z', 'a@c.de\nBcc: x@y.z', '<a@c.de>', '@c.de', 'a@-c.de'])(
  '%j is not one e-mail address',
  (text) => {
    expect(codeOf(() => parseEmail(text))).toBe('invalid_value');
  },
);

test('a typed word is taken for the nearest known one, or for none', () => {
  expect(nearest('smss', ['sms', 'email'])).toBe('sms');
  expect(nearest('EMIAL', ['sms', 'email'])).toBe(undefined);
  expect(nearest('emal', ['sms', 'email'])).toBe('email');
  expect(nearest('fax', ['sms', 'email'])).toBeUndefined();
});

describe('ids', () => {
  const moment = fc.integer({ min: 0, max: 253_402_300_799_999 }).map((ms) => ms as Instant);
  const seq = fc.integer({ min: 1, max: 2 ** 39 });

  test('of transactions say where they stand, and only to their organisation', () =>
    fc.assert(
      fc.property(moment, seq, (at, number) => {
        const id = transactionId(at, number, 'ab12cd');
        expect(locateTransaction(id, 'ab12cd')).toEqual({ recordedAt: at, seq: number });
        expect(locateTransaction(id, 'ab12ce')).toBeUndefined();
        for (const other of [id.toUpperCase(), `${id}0`, id.slice(1), ` ${id}`])
          expect(locateTransaction(other, 'ab12cd')).toBeUndefined();
      }),
    ));

  test('sort by time, then by place', () =>
    fc.assert(
      fc.property(moment, moment, seq, seq, (a, b, first, second) => {
        const [x, y] = [transactionId(a, first, 'ffffff'), transactionId(b, second, '000000')];
        if (a !== b) expect(x < y).toBe(a < b);
        else if (first !== second) expect(x < y).toBe(first < second);
        if (a !== b) expect(makeId('pur', a, 'f'.repeat(14)) < makeId('pur', b, '0'.repeat(14))).toBe(a < b);
      }),
    ));
});
