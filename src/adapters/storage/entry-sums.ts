import type { Credits } from '../../core/credits';
import type { Instant } from '../../core/time';
import type { EntryQuery, EntryTotals } from '../../ports/entry-query';
import { filterEntries, signedAmount, signedInvoiced } from './entry-query';
import { numberOf } from './ledger-rows';
import type { SqlConnection } from './sql-driver';

/** What the entries that a query finds come to. */
export async function sumOfEntries(connection: SqlConnection, org: number, query: EntryQuery): Promise<EntryTotals> {
  const { where, params } = filterEntries(org, query);
  const sum = (expression: string) => `coalesce(sum(${expression}), 0)`;
  const sql = `SELECT count(*) AS rows_, ${sum('quantity')} AS quantity, ${sum('free_quantity')} AS free_quantity,
    ${sum(signedAmount('amount', '-amount', '0'))} AS amount, ${sum(signedInvoiced('amount', '-amount', '0'))} AS invoiced FROM transactions WHERE ${where}`;
  const row = await connection.get(sql, params);
  return {
    rows: numberOf(row, 'rows_'),
    quantity: numberOf(row, 'quantity'),
    freeQuantity: numberOf(row, 'free_quantity'),
    amount: numberOf(row, 'amount') as Credits,
    invoiced: numberOf(row, 'invoiced') as Credits,
  };
}

/** What every entry before an instant came to, by account: debits less credits. */
export async function sumsOfAccounts(
  connection: SqlConnection,
  org: number,
  before: Instant,
): Promise<readonly { account: number; amount: Credits }[]> {
  const side = (column: string, sign: string) =>
    `SELECT ${column} AS account, ${sign}sum(amount) AS amount FROM transactions
     WHERE org = ? AND occurred_at < ? AND amount > 0 GROUP BY ${column}`;
  const sql = `SELECT account, sum(amount) AS amount FROM (${side('debit', '')} UNION ALL ${side('credit', '-')}) AS sides
    GROUP BY account ORDER BY account`;
  const rows = await connection.all(sql, [org, before, org, before]);
  return rows.map((row) => ({ account: numberOf(row, 'account'), amount: numberOf(row, 'amount') as Credits }));
}

/** What a service had used in a span of time by the entries before one. */
export async function usageBefore(
  connection: SqlConnection,
  org: number,
  { service, from, to, seq }: { service: string; from: Instant; to: Instant; seq: number },
) {
  const signed = (column: string) => `coalesce(sum(CASE WHEN type = 'usage' THEN ${column} ELSE -${column} END), 0)`;
  const sql = `SELECT ${signed('quantity')} AS quantity, ${signed('free_quantity')} AS free_quantity FROM transactions
    WHERE org = ? AND service = ? AND occurred_at >= ? AND occurred_at < ? AND seq < ? AND type IN ('usage', 'reversal')`;
  const row = await connection.get(sql, [org, service, from, to, seq]);
  return { quantity: numberOf(row, 'quantity'), freeQuantity: numberOf(row, 'free_quantity') };
}
