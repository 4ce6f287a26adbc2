import type { Transaction, TransactionQuery } from '../contract/transactions';
import type { WalletService } from '../contract/wallet-service';
import { type Format, renderAnyListing } from '../output/formats';
import type { Column } from '../output/view';
import { given } from './call';
import { followPages, pageOf } from './list-pages';

/** In the order of the CSV header, which is part of the contract. */
export const TRANSACTION_COLUMNS: readonly Column<Transaction>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (row) => row.id, spare: 2 },
  { key: 'time', title: 'Time', kind: 'time', cell: (row) => row.time },
  { key: 'type', title: 'Type', kind: 'text', cell: (row) => row.type },
  { key: 'service', title: 'Service', kind: 'text', cell: (row) => row.service },
  { key: 'app', title: 'App', kind: 'text', cell: (row) => row.app },
  { key: 'user', title: 'User', kind: 'text', cell: (row) => row.user, dataOnly: true },
  { key: 'campaign', title: 'Campaign', kind: 'text', cell: (row) => row.campaign, dataOnly: true },
  { key: 'quantity', title: 'Quantity', kind: 'count', cell: (row) => row.quantity },
  { key: 'free_quantity', title: 'Free', kind: 'count', cell: (row) => row.freeQuantity, dataOnly: true },
  { key: 'unit_price', title: 'Unit price', kind: 'amount', cell: (row) => row.unitPrice, dataOnly: true },
  { key: 'amount', title: 'Amount', kind: 'amount', cell: (row) => row.amount },
  { key: 'invoiced', title: 'Invoiced', kind: 'amount', cell: (row) => row.invoiced, dataOnly: true },
  { key: 'balance', title: 'Balance', kind: 'amount', cell: (row) => row.balance },
  { key: 'memo', title: 'Memo', kind: 'text', cell: (row) => row.memo },
  { key: 'reference', title: 'Reference', kind: 'text', cell: (row) => row.reference, dataOnly: true },
  { key: 'external_id', title: 'External id', kind: 'text', cell: (row) => row.externalId, dataOnly: true },
  { key: 'actor', title: 'Actor', kind: 'text', cell: (row) => row.actor, dataOnly: true },
];

const CSV_HEADER = `${TRANSACTION_COLUMNS.map(({ key }) => key).join(',')}\n`;
const BYTE_ORDER_MARK = '\ufeff';
/** A page of finished text costs little memory a row. */
const CSV_PAGE_ROWS = 5_000;

export type Transactions = WalletService['transactions'];

/** How much of a list was written, and where it goes on. */
export interface Written {
  rows: number;
  next: string | null;
}

/** The format that is exported by the million: it comes from the service as finished text. */
export async function* csvChunks(
  transactions: Transactions,
  query: TransactionQuery & { readonly bom?: boolean },
  written: Written,
): AsyncGenerator<string> {
  const { bom, limit, cursor: start, ...filter } = query;
  let head = bom === true ? `${BYTE_ORDER_MARK}${CSV_HEADER}` : CSV_HEADER;
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (let cursor: string | null | undefined = start; cursor !== null && left > 0; cursor = written.next) {
    const page = await transactions.csv(given({ ...filter, limit: Math.min(left, CSV_PAGE_ROWS), cursor }));
    written.rows += page.rows;
    written.next = page.next;
    left -= page.rows;
    yield `${head}${page.text}`; // the header with the first page: a list that is refused prints nothing
    head = '';
  }
}

/** A whole list in a format of data: the same bytes from the same ledger, filters and length of the log. */
export function dataChunks(
  transactions: Transactions,
  query: TransactionQuery & { readonly bom?: boolean },
  format: Format,
): AsyncIterable<string | Uint8Array> {
  if (format === 'csv') return csvChunks(transactions, query, { rows: 0, next: null });
  const { bom: _bom, ...filter } = query;
  const pages = followPages(async (page) => pageOf('transactions', await transactions.list({ ...filter, ...page })), {
    limit: undefined,
    cursor: undefined,
  });
  return renderAnyListing(format, { name: 'transactions', columns: TRANSACTION_COLUMNS, pages });
}
