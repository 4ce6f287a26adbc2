import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatJson } from '../../src/output/json';
import { item, listingOf, pagesOf, render } from './listing';

it('JSON is one document with an item a line', async () => {
  const rows = [item(), item({ id: 'txn_2' })];
  expect(await render('json', listingOf(rows, { extra: () => ({ total: { amount: '-3.00' } }) }))).toBe(`{
  "transactions": [
    {"id":"txn_1","time":"2026-10-05T12:00:00Z","memo":null,"quantity":3,"amount":"-1.50"},
    {"id":"txn_2","time":"2026-10-05T12:00:00Z","memo":null,"quantity":3,"amount":"-1.50"}
  ],
  "next": null,
  "total": {"amount":"-3.00"}
}
`);
});

it('JSON of an empty list is an empty array', async () => {
  expect(await render('json', listingOf([]))).toBe('{\n  "transactions": [],\n  "next": null\n}\n');
});

it('JSON gives the cursor of the last page', async () => {
  const rows = [item(), item(), item()];
  const document = JSON.parse(await render('json', listingOf(rows, { pages: pagesOf(rows, 2, 'cur_9') })));
  expect(document.next).toBe('cur_9');
});

it('JSON asks for its extra fields only after the last page', async () => {
  let seen = 0;
  async function* pages() {
    for (const next of ['a', null]) {
      seen += 1;
      yield { rows: [item()], next };
    }
  }
  const document = JSON.parse(await render('json', listingOf([], { pages: pages(), extra: () => ({ total: seen }) })));
  expect(document.total).toBe(2);
});

it('JSON and NDJSON parse to the very items, whatever the pages and the text', async () => {
  const items = fc.array(fc.record({ id: fc.string({ unit: 'binary' }), memo: fc.string({ unit: 'binary' }) }));
  await fc.assert(
    fc.asyncProperty(items, fc.integer({ min: 1, max: 4 }), async (fields, size) => {
      const rows = fields.map(item);
      const json = await render('json', listingOf(rows, { pages: pagesOf(rows, size) }));
      expect(JSON.parse(json)).toEqual({ transactions: rows, next: null });
      const ndjson = await render('ndjson', listingOf(rows, { pages: pagesOf(rows, size) }));
      expect(
        ndjson
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line)),
      ).toEqual(rows);
    }),
  );
});

it('NDJSON of an empty list is nothing', async () => {
  expect(await render('ndjson', listingOf([]))).toBe('');
});

it('JSON text holds no character that could steer a terminal', () => {
  expect(formatJson({ memo: '\x1b[2J\x9b\u202e\u{e0041}' })).toBe('{"memo":"\\u001b[2J\\u009b\\u202e\\udb40\\udc41"}');
});
