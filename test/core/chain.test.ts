import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest } from '../../src/adapters/system';
import { fromMicro } from '../../src/core/credits';
import { canonicalEntry, GENESIS, type Link, rowCheck, sealLink } from '../../src/core/ledger/chain';
import type { Entry } from '../../src/core/ledger/entry';
import type { Instant } from '../../src/core/time';

const ENTRY: Entry = {
  seq: 7,
  type: 'usage',
  occurredAt: 1_000 as Instant,
  recordedAt: 2_000 as Instant,
  service: 'sms',
  app: 'crm',
  user: 'bob',
  campaign: 'autumn',
  quantity: 3,
  freeQuantity: 1,
  unitPrice: fromMicro(50),
  debit: 101,
  credit: 1,
  amount: fromMicro(100),
  balance: fromMicro(900),
  memo: 'm',
  reference: 'r',
  externalId: 'e',
  actor: 'ada',
  draws: [
    { grant: 1, amount: fromMicro(-60) },
    { grant: 2, amount: fromMicro(-40) },
  ],
};
const LINK: Omit<Link, 'hash'> = {
  number: 3,
  recordedAt: 2_000 as Instant,
  actor: 'ada',
  action: 'usage.record',
  subject: 'crm sms',
  reason: null,
  changes: '[]',
  firstSeq: 7,
  entries: 1,
};
const seal = (link: Omit<Link, 'hash'>, entries: readonly Entry[], previous = GENESIS) =>
  sealLink(digest, previous, link, entries.map(canonicalEntry));

describe('a change of any field', () => {
  test.each(Object.keys(ENTRY) as (keyof Entry)[])('of an entry, %s, changes its row check and the seal', (field) => {
    const value = ENTRY[field] ?? '';
    const others: unknown[] =
      typeof value === 'number'
        ? [value + 1, -value, null]
        : typeof value === 'string'
          ? [`${value}x`, null, '']
          : [[], value.slice(1), [...value].reverse()];
    for (const other of others) {
      const changed = { ...ENTRY, [field]: other } as Entry;
      expect(rowCheck(canonicalEntry(changed)), String(other)).not.toBe(rowCheck(canonicalEntry(ENTRY)));
      expect(seal(LINK, [changed])).not.toBe(seal(LINK, [ENTRY]));
    }
  });

  test.each(Object.keys(LINK) as (keyof typeof LINK)[])('of a write, %s, changes the seal', (field) => {
    const value = LINK[field];
    const changed = { ...LINK, [field]: typeof value === 'number' ? value + 1 : `${value ?? ''}x` } as typeof LINK;
    expect(seal(changed, [ENTRY])).not.toBe(seal(LINK, [ENTRY]));
  });
});

test('the seal covers what came before, and how many entries there are, in which order', () => {
  const second = { ...ENTRY, seq: 8 };
  const seals = [
    seal(LINK, [ENTRY, second]),
    seal(LINK, [second, ENTRY]),
    seal(LINK, [ENTRY]),
    seal(LINK, []),
    seal(LINK, [ENTRY, second], '1'.repeat(64)),
  ];
  expect(new Set(seals).size).toBe(seals.length);
});

test('two entries that differ never have one text, whatever words are in them', () => {
  // Stored text has no control characters; anything else may be in it.
  const word = fc.option(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }).filter((text) => !/[\u0000-\u001f]/.test(text)),
    { freq: 3 },
  );
  const words = fc.record({
    service: word,
    app: word,
    user: word,
    campaign: word,
    memo: word,
    reference: word,
    externalId: word,
  });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const same = canonicalEntry({ ...ENTRY, ...a }) === canonicalEntry({ ...ENTRY, ...b });
      expect(same).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
