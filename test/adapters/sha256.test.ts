import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/adapters/sha256';
import { digest } from '../../src/adapters/system';

const reference = (text: string) => createHash('sha256').update(text).digest('hex');

test('the digest of a short text is the one that Node gives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(sha256(Buffer.from(text))).toBe(reference(text));
    }),
  );
});

test('texts of every length around the end of a block are digested as Node does', () => {
  for (let length = 0; length <= 200; length += 1) {
    const text = 'a'.repeat(length);
    expect(sha256(Buffer.from(text))).toBe(reference(text));
  }
});

test('half a character counts as what Node writes for it', () => {
  expect(sha256(Buffer.from('\ud800x'))).toBe(reference('\ud800x'));
});

test('parts are digested as one text, short or long', () => {
  for (const length of [0, 1, 1_023, 1_024, 1_025, 5_000]) {
    const parts = ['ä'.repeat(length), '\u001f', 'b'.repeat(length)];
    expect(digest(parts)).toBe(reference(parts.join('')));
  }
});
