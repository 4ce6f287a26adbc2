import { openDatabase } from '../src/adapters/storage/sqlite-engine';

/** The word that makes this program read a ledger and nothing else. */
export const READER = 'read-all-rows';

const PAGE_ROWS = 5_000;

/** Reads every transaction, in posting order, into objects: what no proof can do without. */
export function runReader(ledger: string): void {
  const database = openDatabase(ledger, { readonly: true, timeoutMs: 1_000 });
  const page = database.prepare('SELECT * FROM transactions WHERE org = 1 AND seq > ? ORDER BY seq LIMIT ?');
  for (let after = 0, count = PAGE_ROWS; count === PAGE_ROWS; ) {
    const rows = page.all(after, PAGE_ROWS) as { seq: number }[]; // the column is an integer in the schema
    after = rows.at(-1)?.seq ?? after;
    count = rows.length;
  }
  database.close();
}
