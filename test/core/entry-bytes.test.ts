import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalEntry, rowCheck } from '../../src/core/ledger/chain';
import type { Entry } from '../../src/core/ledger/entry';
import { EntryBytes } from '../../src/core/ledger/entry-bytes';

const text = fc.option(fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 })));
const count = fc.oneof(
  fc.maxSafeNat(),
  fc.nat({ max: 12 }),
  fc.constantFrom(2 ** 30 - 1, 2 ** 30, 99_999_999, 1e8, 1e15),
);
const whole = fc.oneof(count, fc.maxSafeInteger());
const entry = fc.record({
  seq: count,
  type: fc.constantFrom('usage', 'purchase'),
  occurredAt: count,
  recordedAt: count,
  service: text,
  app: text,
  user: text,
  campaign: text,
  quantity: fc.option(count),
  freeQuantity: fc.option(count),
  unitPrice: fc.option(count),
  debit: fc.option(count),
  credit: fc.option(count),
  amount: count,
  balance: whole,
  memo: text,
  reference: text,
  externalId: text,
  actor: fc.string({ maxLength: 20 }),
  draws: fc.array(fc.record({ grant: count, amount: whole }), { maxLength: 30 }),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<Entry>;

test('entries are written as their canonical texts, with the separator of rows between them', () => {
  const bytes = new EntryBytes();
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const checks = entries.map((each) => bytes.add(each));
      const texts = entries.map(canonicalEntry);
      expect(checks).toEqual(texts.map(rowCheck));
      expect(Buffer.from(bytes.take()).equals(Buffer.from(texts.join('\u001e')))).toBe(true);
    }),
  );
});
