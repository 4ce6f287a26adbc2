import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKey } from '../../src/core/text';
import { parseInstant } from '../../src/core/time';
import { type UsageCells, UsageColumns } from '../../src/core/usage-columns';
import { packUsage } from '../../src/core/usage-packing';

const word = fc.oneof(fc.constantFrom('crm', 'sms', ' x ', 'é'), fc.string({ minLength: 1, maxLength: 8 }));
const cells = fc.record(
  {
    line: fc.nat(),
    app: word,
    service: word,
    quantity: fc.oneof(fc.constantFrom('1', '20', '0', '007', '1.5', '-3', '', '9007199254740993'), word),
    id: fc.oneof(fc.uuid(), fc.constantFrom('', ' e', 'e\u0007', '4242424242424242'), word),
    time: fc.oneof(
      fc.date({ min: new Date(0), noInvalidDate: true }).map((date) => date.toISOString()),
      fc.constantFrom('2026-02-30T00:00:00Z', '2026-01-05', 'soon', '2026-01-05T10:00:00+02:00', ''),
    ),
    user: word,
    campaign: word,
    memo: word,
  },
  { requiredKeys: ['line', 'app', 'service', 'quantity'] },
) as fc.Arbitrary<UsageCells>;

test('columns stand for the very rows they were packed from, in this thread or handed to another', () => {
  fc.assert(
    fc.property(fc.array(cells, { maxLength: 20 }), (rows) => {
      const columns = packUsage(rows);
      const handed = new UsageColumns(structuredClone(columns.data));
      expect(JSON.parse(JSON.stringify(columns))).toEqual(rows);
      expect(rows.map((_, at) => handed.row(at))).toEqual(rows);
    }),
  );
});

test('only what has to be looked at by words is odd', () => {
  const row = { line: 2, app: 'crm', service: 'sms', quantity: '3' };
  const id = '0b8f3a52-3c8e-4d1b-9a57-d0f1c2b3a495';
  const odd = (more: Partial<UsageCells>) => packUsage([{ ...row, ...more }]).data.odd.size === 1;
  expect([odd({}), odd({ id, time: '2026-01-05T10:00:00+02:00', memo: ' m ' })]).toEqual([false, false]);
  expect([odd({ quantity: '0' }), odd({ quantity: '3.0' }), odd({ time: '2026-01-05' }), odd({ id: ' e' })]).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('times and ids are read as the parsers of one read them, however plain they are', () => {
  const digits = fc.stringMatching(
    /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{3})?[Z0-9]$/,
  );
  const near = digits.map((text) => text.replace(/^.{8}/, '2026-02-'));
  const broken = fc
    .tuple(near, fc.nat({ max: 23 }), fc.constantFrom('x', ' ', '-', ':', 'é'))
    .map(([text, at, letter]) => text.slice(0, at) + letter + text.slice(at + 1));
  const keyLike = fc.stringMatching(/^[0-9a-f4 ._:-]{1,24}$/);
  const cards = fc.stringMatching(/^[-a.]?[45][0-9]{3}-?[0-9]{4}-?[0-9]{4}-?[0-9]{1,4}[-a.]?$/);
  const row = fc.record({ time: fc.oneof(digits, near, broken), id: fc.oneof(keyLike, cards, fc.uuid(), word) });
  const orNot = <T>(read: () => T) => {
    try {
      return read();
    } catch {
      return Number.NaN;
    }
  };
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
      const { data } = packUsage(rows.map((each, line) => ({ ...each, line, app: 'a', service: 's', quantity: '1' })));
      expect([...data.times]).toEqual(rows.map(({ time }) => orNot<number>(() => parseInstant(time))));
      const refused = rows.map(({ id, time }) => Number.isNaN(orNot(() => [parseKey(id, 'id'), parseInstant(time)])));
      expect(rows.map((_, at) => data.odd.has(at))).toEqual(refused);
    }),
    { numRuns: 500 },
  );
});
