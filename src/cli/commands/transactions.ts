import type { TransactionFilter, TransactionQuery } from '../../contract/transactions';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { asksForTime, FILTER_OPTIONS, filterOf, sayRange } from '../filters';
import { showList, writeList } from '../list';
import { pageOf } from '../list-pages';
import { planList } from '../list-plan';
import type { CommandSpec } from '../spec';
import { csvChunks, TRANSACTION_COLUMNS, type Transactions, type Written } from '../transaction-list';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'transactions',
    summary: 'every credit that moved',
    details:
      'Newest first. Amounts are signed: what each did to the credits in the wallet. A list of values means any of them; write \\, for a comma inside one.',
    options: [
      ...FILTER_OPTIONS,
      { flag: '--order <order>', help: 'newest first if not said', choices: ['asc', 'desc'] },
      { flag: '--totals', help: 'control totals and row count on stderr' },
      {
        flag: '--manifest',
        help: "beside the file: filters, totals, SHA-256 and the ledger's head",
        conflicts: ['limit', 'cursor'],
      },
    ],
    examples: [
      { command: 'wallet transactions', says: 'the latest' },
      { command: 'wallet tx --type usage --app crm,shop --period this-month', says: 'what two apps used this month' },
      { command: 'wallet tx --period last-month --format csv -o month.csv --totals', says: 'for the accountant' },
      {
        command: 'wallet tx --period 2026-10 -o month.xlsx --manifest',
        says: 'with what proves it: verify --manifest',
      },
    ],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { transactions } = await cli.wallet();
      const filter = filterOf(call);
      // The parser saw to it that it is one of the two.
      const query = given({ ...filter, order: call.text('order') as 'asc' | 'desc' | undefined });
      if (asksForTime(filter)) await sayRange((await transactions.list({ ...filter, limit: 1 })).range, cli);
      if (call.has('manifest')) await (await import('../manifest')).exportWithManifest(call, cli, query);
      else if (planList(call, cli).format === 'csv') await showCsv(call, cli, transactions, query);
      else {
        await showList(call, cli, {
          name: 'transactions',
          columns: TRANSACTION_COLUMNS,
          fetch: async (page) => pageOf('transactions', await transactions.list({ ...query, ...page })),
          count: async () => (await transactions.totals(filter)).totals.rows,
        });
      }
      if (call.has('totals')) await sayTotals(filter, transactions, cli);
      return 0;
    },
  },
];

/** The format that is exported by the million comes from the service as finished text. */
async function showCsv(call: Call, cli: Cli, transactions: Transactions, query: TransactionQuery): Promise<void> {
  const plan = planList(call, cli);
  const written: Written = { rows: 0, next: null };
  const { limit, cursor, bom } = plan;
  await writeList(plan, call, cli, csvChunks(transactions, given({ ...query, limit, cursor, bom }), written));
  if (cli.stdout.closed) return; // nobody reads any more
  if (written.next !== null) cli.note(`more: --cursor ${written.next}`);
  if (plan.output !== undefined) cli.note(`${counted(written.rows, 'row')} written to ${plan.output}`);
}

async function sayTotals(filter: TransactionFilter, transactions: Transactions, cli: Cli): Promise<void> {
  const { totals } = await transactions.totals(filter);
  const { rows, quantity, freeQuantity, amount, invoiced } = totals;
  cli.warn(`totals: ${rows} rows, quantity ${quantity}, free ${freeQuantity}, amount ${amount}, invoiced ${invoiced}`);
}
