import { renderListing, type TextFormat } from '../../src/output/formats';
import type { Column, Listing, ListPage, RenderOptions } from '../../src/output/view';

export interface Item {
  readonly id: string;
  readonly time: string | null;
  readonly memo: string | null;
  readonly quantity: number | null;
  readonly amount: string | null;
}

const COLUMNS: readonly Column<Item>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (item) => item.id },
  { key: 'time', title: 'Time', kind: 'time', cell: (item) => item.time },
  { key: 'memo', title: 'Memo', kind: 'text', cell: (item) => item.memo },
  { key: 'quantity', title: 'Quantity', kind: 'count', cell: (item) => item.quantity },
  { key: 'amount', title: 'Amount', kind: 'amount', cell: (item) => item.amount },
];

export function item(fields: Partial<Item> = {}): Item {
  return { id: 'txn_1', time: '2026-10-05T12:00:00Z', memo: null, quantity: 3, amount: '-1.50', ...fields };
}

/** Pages of the given rows; the last one carries `next`. */
export async function* pagesOf<T>(
  rows: readonly T[],
  size = 1000,
  next: string | null = null,
): AsyncGenerator<ListPage<T>> {
  for (let start = 0; start < rows.length; start += size) {
    const last = start + size >= rows.length;
    yield { rows: rows.slice(start, start + size), next: last ? next : `after-${start + size}` };
  }
}

export function listingOf(rows: readonly Item[], more: Partial<Listing<Item>> = {}): Listing<Item> {
  return { name: 'transactions', columns: COLUMNS, pages: pagesOf(rows), ...more };
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

export function render(format: TextFormat, listing: Listing<Item>, options: RenderOptions = {}): Promise<string> {
  return textOf(renderListing(format, listing, options));
}
