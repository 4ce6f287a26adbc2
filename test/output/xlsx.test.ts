import readExcel from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { renderXlsx } from '../../src/output/xlsx';
import { type Item, item, listingOf, pagesOf } from './listing';

async function bytesOf(rows: readonly Item[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of renderXlsx(listingOf(rows, { pages: pagesOf(rows, 3) }))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('xlsx, read back by another library', () => {
  it('holds numbers as numbers, times as dates and text as text', async () => {
    const memo = '=1+1 & <b> "ä" _x0041_ 日本';
    const sheets = await readExcel(await bytesOf([item({ amount: '-1234.567891', quantity: 1_000_000, memo })]));

    expect(sheets[0]?.data).toEqual([
      ['Id', 'Time (UTC)', 'Memo', 'Quantity', 'Amount'],
      ['txn_1', new Date('2026-10-05T12:00:00Z'), memo, 1_000_000, -1234.567891],
    ]);
  });

  it('keeps every row of several pages, and empty cells empty', async () => {
    const rows = Array.from({ length: 10 }, (_, at) => item({ id: `txn_${at}`, quantity: null, amount: `${at}.50` }));
    const [sheet] = await readExcel(await bytesOf(rows));

    expect(sheet?.data.slice(1).map((row) => [row[0], row[2], row[3], row[4]])).toEqual(
      rows.map((row, at) => [row.id, null, null, at + 0.5]),
    );
  });

  it('has its head when there are no rows', async () => {
    const [sheet] = await readExcel(await bytesOf([]));

    expect(sheet?.data).toEqual([['Id', 'Time (UTC)', 'Memo', 'Quantity', 'Amount']]);
  });

  it('is the same bytes for the same rows', async () => {
    const rows = [item(), item({ id: 'txn_2' })];

    expect(await bytesOf(rows)).toEqual(await bytesOf(rows));
  });
});
