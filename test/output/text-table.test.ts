import fc from 'fast-check';
import fastStringWidth from 'fast-string-width';
import { describe, expect, it } from 'vitest';
import { renderListing } from '../../src/output/formats';
import { item, listingOf, pagesOf, render } from './listing';

const many = (count: number, fields: (index: number) => Parameters<typeof item>[0] = () => ({})) =>
  Array.from({ length: count }, (_, index) => item({ id: `txn_${String(index).padStart(4, '0')}`, ...fields(index) }));

describe('a table', () => {
  it('lines numbers up on their points, under a head with a line', async () => {
    const rows = [
      item({ memo: 'October', amount: '-1.975' }),
      item({ id: 'txn_22', quantity: 1200, amount: '100.00' }),
      item({ id: 'txn_3', time: null, quantity: null, amount: '0.0079' }),
    ];
    expect(
      await render('table', listingOf(rows), { formatTime: (time) => time.slice(0, 16).replace('T', ' ') }),
    ).toBe(`\
Id      Time              Memo     Quantity    Amount
──────  ────────────────  ───────  ────────  ────────
txn_1   2026-10-05 12:00  October         3   -1.975
txn_22  2026-10-05 12:00               1200  100.00
txn_3                                          0.0079
`);
  });

  it('says so when there is nothing', async () => {
    expect(await render('table', listingOf([]))).toBe(`\
Id  Time  Memo  Quantity  Amount
──  ────  ────  ────────  ──────
no transactions
`);
  });

  it('stands its footer under a second line', async () => {
    const footer = () => [{ id: 'total', quantity: 3, amount: '-1.50' }];
    expect(await render('table', listingOf([item({ time: null })], { footer }))).toBe(`\
Id     Time  Memo  Quantity  Amount
─────  ────  ────  ────────  ──────
txn_1                     3   -1.50
─────  ────  ────  ────────  ──────
total                     3   -1.50
`);
  });

  it('shows control characters escaped', async () => {
    const text = await render('table', listingOf([item({ memo: 'a\x1b]0;x\x07\nb' })]));
    expect(text).toContain('a\\x1b]0;x\\x07\\nb');
  });

  it('makes its head bold and nothing else', async () => {
    const bold = (text: string) => `<b>${text}</b>`;
    const asIs = (text: string) => text;
    const styles = { bold, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs };
    const text = await render('table', listingOf([item()]), { styles });
    expect(text.split('\n')[0]).toBe('<b>Id     Time                  Memo  Quantity  Amount</b>');
    expect(text.match(/<b>/g)).toHaveLength(1);
  });

  it('leaves out what is for data only', async () => {
    const columns = [
      { key: 'a', title: 'A', kind: 'text', cell: () => 'a', tableOnly: true },
      { key: 'b', title: 'B', kind: 'text', cell: () => 'b', dataOnly: true },
    ] as const;
    expect(await render('table', { ...listingOf([item()]), columns })).toBe('A\n─\na\n');
  });
});

describe('a table on a narrow terminal', () => {
  const long = item({ id: 'txn_01JABCDEFGH', memo: 'a memo that goes on and on', amount: '1234567.123456' });

  it('shortens text first', async () => {
    expect(await render('table', listingOf([long]), { width: 80 })).toBe(`\
Id               Time                  Memo             Quantity          Amount
───────────────  ────────────────────  ───────────────  ────────  ──────────────
txn_01JABCDEFGH  2026-10-05T12:00:00Z  a memo that go…         3  1234567.123456
`);
  });

  it('shortens ids and times only when text is down to a stump', async () => {
    expect(await render('table', listingOf([long]), { width: 54 })).toBe(`\
Id           Time        Me…  Quantity          Amount
───────────  ──────────  ───  ────────  ──────────────
txn_01JABC…  2026-10-0…  a …         3  1234567.123456
`);
  });

  it('never cuts a number, even where it does not fit', async () => {
    const text = await render('table', listingOf([long]), { width: 10 });
    expect(text).toContain('1234567.123456');
  });

  it('is never wider than asked while something other than a number can shrink', async () => {
    const memo = fc.string({ unit: fc.constantFrom('a', '東', 'é', ' ', '😀', '\n') });
    await fc.assert(
      fc.asyncProperty(fc.array(memo, { minLength: 1 }), fc.integer({ min: 50, max: 120 }), async (memos, width) => {
        const text = await render('table', listingOf(memos.map((text) => item({ memo: text }))), { width });
        for (const line of text.split('\n')) expect(fastStringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('a long table', () => {
  it('looks as a short one does', async () => {
    const fields = (index: number) => ({
      memo: index % 3 === 0 ? null : `東京 memo ${index}`,
      amount: index % 2 === 0 ? '-1.975' : '12.00',
      quantity: index,
    });
    const short = await render('table', listingOf(many(200, fields)), { width: 60 });
    const rows = many(201, fields);
    const long = await render('table', listingOf([...rows.slice(0, 200), item({ id: 'x', memo: null })]), {
      width: 60,
    });
    expect(long.split('\n').slice(0, 202)).toEqual(short.split('\n').slice(0, 202));
  });

  it('streams: a page is written before the next is read', async () => {
    const events: string[] = [];
    async function* pages() {
      for (let page = 0; page < 3; page += 1) {
        events.push(`read ${page}`);
        yield { rows: many(500), next: null };
      }
    }
    for await (const _ of renderListing('table', listingOf([], { pages: pages() }))) events.push('written');
    expect(events).toEqual(['read 0', 'written', 'read 1', 'written', 'read 2', 'written']);
  });

  it('widens when later rows need it, and keeps numbers whole', async () => {
    const rows = many(300);
    const wide = item({ id: 'txn_later', memo: 'a longer memo', amount: '-123456789.123456' });
    const lines = (await render('table', listingOf([], { pages: pagesOf([...rows, wide], 300) }))).split('\n');
    expect(lines[301]).toBe('txn_0299  2026-10-05T12:00:00Z               3   -1.50');
    expect(lines[302]).toBe('txn_later  2026-10-05T12:00:00Z  a longer memo         3  -123456789.123456');
  });

  it('has its footer too', async () => {
    const footer = () => [{ id: 'total', amount: '9.00' }];
    const lines = (await render('table', listingOf(many(201), { footer }))).trimEnd().split('\n');
    expect(lines.at(-2)).toMatch(/^─+ {2}─/);
    expect(lines.at(-1)).toMatch(/^total .* 9\.00$/);
  });
});

describe('a table with more columns than there is room for', () => {
  const columns = [
    { key: 'id', title: 'Id', kind: 'text', cell: () => 'txn_01JABCDEFGH', spare: 2 },
    { key: 'memo', title: 'Memo', kind: 'text', cell: () => 'a memo that goes on' },
    { key: 'note', title: 'Note', kind: 'text', cell: () => null },
    { key: 'amount', title: 'Amount', kind: 'amount', cell: () => '12.50' },
    { key: 'source', title: 'Source', kind: 'text', cell: () => 'pur_01', spare: 1 },
  ] as const;

  it.each([
    [58, 'Id Memo Note Amount Source', []],
    [51, 'Id Memo Amount Source', []],
    [45, 'Id Memo Amount Source', []],
    [38, 'Id Memo Amount', ['Source']],
    [30, 'Memo Amount', ['Source', 'Id']],
  ] as const)('%i wide it has %s', async (width, titles, left) => {
    const told: string[] = [];
    const onLeftOut = (names: readonly string[]) => told.push(...names);
    const text = await render('table', { ...listingOf([item()]), columns }, { width, onLeftOut });
    expect(text.split('\n')[0]?.split(/ +/).join(' ')).toBe(titles);
    expect([...told].sort()).toEqual([...left].sort());
    for (const line of text.split('\n')) expect(fastStringWidth(line)).toBeLessThanOrEqual(width);
  });
});
