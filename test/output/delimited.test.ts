import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { defuse, quoteCell } from '../../src/output/delimited';
import { item, listingOf, pagesOf, render } from './listing';

describe('a CSV cell', () => {
  test.each([
    ['plain stays as it is', 'sms', 'sms'],
    ['an empty one stays empty', '', ''],
    ['a comma asks for quotes', 'a,b', '"a,b"'],
    ['a quote is doubled', 'say "hi"', '"say ""hi"""'],
    ['a line feed asks for quotes', 'a\nb', '"a\nb"'],
    ['a carriage return asks for quotes', 'a\rb', '"a\rb"'],
    ['a leading space asks for quotes', ' a', '" a"'],
    ['a trailing space asks for quotes', 'a ', '"a "'],
    ['one space asks for quotes', ' ', '" "'],
    ['a space within does not', 'a b', 'a b'],
    ['a tab within does not', 'a\tb', 'a\tb'],
    ['a trailing no-break space does not', 'a\u00a0', 'a\u00a0'],
    ['a semicolon does not', 'a;b', 'a;b'],
  ])('%s', (_, cell, written) => {
    expect(quoteCell(cell)).toBe(written);
  });

  it('reads back as what it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(',', '"', '\r', '\n', ' ', 'a', 'é', '\t') }), (cell) => {
        expect(parse(`${quoteCell(cell)},x\n`, { record_delimiter: '\n' })).toEqual([[cell, 'x']]);
      }),
    );
  });
});

describe('a text cell that a spreadsheet would run', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['  =1', "'  =1"],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠1', "'＠1"],
  ])('%j is defused', (cell, written) => {
    expect(defuse(cell)).toBe(written);
  });

  test.each(['', ' ', 'a=1', '1-2', "'=1", '\u00a0=1', '\n=1', '"=1"'])('%j is left alone', (cell) => {
    expect(defuse(cell)).toBe(cell);
  });
});

describe('CSV', () => {
  it('has a header, LF line ends, empty cells for null, amounts and times as given', async () => {
    const rows = [item({ memo: '=cmd, "x"' }), item({ time: null, quantity: null, amount: '0.0079' })];
    expect(await render('csv', listingOf(rows), { formatTime: () => 'never' })).toBe(
      'id,time,memo,quantity,amount\n' + 'txn_1,2026-10-05T12:00:00Z,"\'=cmd, ""x""",3,-1.50\n' + 'txn_1,,,,0.0079\n',
    );
  });

  it('has its header even when there is nothing', async () => {
    expect(await render('csv', listingOf([]))).toBe('id,time,memo,quantity,amount\n');
  });

  it('begins with a byte order mark when asked', async () => {
    expect(await render('csv', listingOf([]), { bom: true })).toBe('\ufeffid,time,memo,quantity,amount\n');
  });

  it('leaves out what is for tables only, and keeps what is for data only', async () => {
    const columns = [
      { key: 'a', title: 'A', kind: 'text', cell: () => 'a', tableOnly: true },
      { key: 'b', title: 'B', kind: 'text', cell: () => 'b', dataOnly: true },
    ] as const;
    expect(await render('csv', { ...listingOf([item()]), columns })).toBe('b\nb\n');
  });

  it('shows control characters escaped on a terminal, and keeps them elsewhere', async () => {
    const rows = () => listingOf([item({ memo: 'a\x1b[31m\nb' })]);
    expect(await render('csv', rows(), { terminal: true })).toContain(',a\\x1b[31m\\nb,');
    expect(await render('csv', rows())).toContain(',"a\x1b[31m\nb",');
  });

  it('is the same bytes whatever the size of the pages', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => item({ id: `txn_${index}` }));
    const whole = await render('csv', listingOf(rows));
    expect(whole.split('\n')).toHaveLength(2_502);
    for (const size of [1, 7, 1_000, 10_000]) {
      expect(await render('csv', listingOf(rows, { pages: pagesOf(rows, size) }))).toBe(whole);
    }
  });
});

describe('TSV', () => {
  it('escapes tabs, line ends and backslashes, and never quotes', async () => {
    expect(await render('tsv', listingOf([item({ memo: 'a\tb\nc\\d\re "f"' })]))).toBe(
      'id\ttime\tmemo\tquantity\tamount\n' + 'txn_1\t2026-10-05T12:00:00Z\ta\\tb\\nc\\\\d\\re "f"\t3\t-1.50\n',
    );
  });

  it('has one line per row and one tab less than columns, whatever the cells hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('\t', '\n', '\r', '\\', 'a') })), async (memos) => {
        const text = await render('tsv', listingOf(memos.map((memo) => item({ memo }))));
        const lines = text.trimEnd().split(/[\n\r]/);
        expect(lines).toHaveLength(memos.length + 1);
        expect(lines.every((line) => line.split('\t').length === 5)).toBe(true);
      }),
    );
  });
});
