import type { Transaction } from '../../contract/objects';
import type { TransactionFilter, TransactionQuery, WalletService } from '../../contract/wallet-service';
import type { Column } from '../../output/view';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { asksForTime, FILTER_OPTIONS, filterOf, sayRange } from '../filters';
import { pageOf, planList, showList, writeList } from '../list';
import type { CommandSpec } from '../spec';
import { counted } from '../wording';

/** In the order of the CSV header, which is part of the contract. */
const COLUMNS: readonly Column<Transaction>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (row) => row.id },
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

const CSV_HEADER = `${COLUMNS.map(({ key }) => key).join(',')}\n`;
/** A page of finished text costs little memory a row. */
const CSV_PAGE_ROWS = 10_000;

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
    ],
    examples: [
      { command: 'wallet transactions', says: 'the latest' },
      { command: 'wallet tx --type usage --app crm,shop --period this-month', says: 'what two apps used this month' },
      { command: 'wallet tx --period last-month --format csv -o month.csv --totals', says: 'for the accountant' },
    ],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { transactions } = await cli.wallet();
      const filter = filterOf(call);
      // The parser saw to it that it is one of the two.
      const query = given({ ...filter, order: call.text('order') as 'asc' | 'desc' | undefined });
      if (asksForTime(filter)) await sayRange((await transactions.list({ ...filter, limit: 1 })).range, cli);
      if (planList(call, cli).format === 'csv') await showCsv(call, cli, transactions, query);
      else {
        await showList(call, cli, {
          name: 'transactions',
          columns: COLUMNS,
          fetch: async (page) => pageOf('transactions', await transactions.list({ ...query, ...page })),
          count: async () => (await transactions.totals(filter)).totals.rows,
        });
      }
      if (call.has('totals')) await sayTotals(filter, transactions, cli);
      return 0;
    },
  },
];

type Transactions = WalletService['transactions'];

/** The format that is exported by the million comes from the service as finished text. */
async function showCsv(call: Call, cli: Cli, transactions: Transactions, query: TransactionQuery): Promise<void> {
  const plan = planList(call, cli);
  const rows = { shown: 0, next: null as string | null };
  async function* chunks(): AsyncGenerator<string> {
    yield CSV_HEADER;
    let left = plan.limit ?? Number.POSITIVE_INFINITY;
    for (let cursor: string | null | undefined = plan.cursor; cursor !== null && left > 0; cursor = rows.next) {
      const page = await transactions.csv(given({ ...query, limit: Math.min(left, CSV_PAGE_ROWS), cursor }));
      rows.shown += page.rows;
      rows.next = page.next;
      left -= page.rows;
      if (page.text !== '') yield page.text;
    }
  }
  await writeList(plan, call, cli, chunks());
  if (cli.stdout.closed) return; // nobody reads any more
  if (rows.next !== null) cli.note(`more: --cursor ${rows.next}`);
  if (plan.output !== undefined) cli.note(`${counted(rows.shown, 'row')} written to ${plan.output}`);
}

async function sayTotals(filter: TransactionFilter, transactions: Transactions, cli: Cli): Promise<void> {
  const { totals } = await transactions.totals(filter);
  const { rows, quantity, freeQuantity, amount, invoiced } = totals;
  cli.warn(`totals: ${rows} rows, quantity ${quantity}, free ${freeQuantity}, amount ${amount}, invoiced ${invoiced}`);
}
