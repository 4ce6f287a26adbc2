import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packUsage, type UsageCells, UsageColumns } from '../../src/core/usage-columns';

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
