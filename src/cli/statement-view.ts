import type { AllStatements, StatementFigures, StatementReport, UsageFigures } from '../contract/reports';
import { MOVEMENTS } from '../core/report/statement';
import type { Styles } from '../output/colour';
import { escapeControlInJson } from '../output/escape';
import { renderListing } from '../output/formats';
import type { Cell, Column, Listing, ListPage } from '../output/view';
import type { Call } from './call';
import type { Cli } from './cli';
import { sayRange } from './filters';
import { showList, writeList } from './list';
import { type ListPlan, planList } from './list-plan';
import { SANDBOX } from './wording';

const TITLES: Readonly<Record<(typeof MOVEMENTS)[number], string>> = {
  purchased: 'Purchased',
  granted: 'Granted',
  used: 'Used',
  reversed: 'Reversed',
  refunded: 'Refunded',
  expired: 'Expired',
  adjusted: 'Adjusted',
  chargedBack: 'Charged back',
};

/** A statement in a list: one organisation's, or the sum of all. */
type StatementRow = StatementFigures & Partial<Pick<StatementReport, 'org' | 'range'>>;

/** `wallet report statement`: one organisation's, or a row for each and their total. */
export async function showStatement(call: Call, cli: Cli): Promise<0> {
  const { reports } = await cli.wallet();
  const period = call.text('period') ?? '';
  const { isPdf, showPdf } = await import('./document-file');
  if (isPdf(call)) {
    const { statementDocument, allStatementsDocument } = await import('./documents');
    if (call.has('all-orgs')) {
      const all = await reports.allStatements({ period });
      await sayFirstRange(all, cli);
      return showPdf(call, cli, allStatementsDocument(all, await cli.organisation(), TITLES, period));
    }
    const statement = await reports.statement({ period });
    await sayRange(statement.range, cli);
    const document = statementDocument(statement, await cli.organisation(), TITLES, await cli.clock());
    return showPdf(call, cli, document);
  }
  const plan = planList(call, cli);
  if (call.has('all-orgs')) return showAll(call, cli, plan, await reports.allStatements({ period }));
  const statement = await reports.statement({ period });
  await sayRange(statement.range, cli);
  if (plan.format === 'json') return writeText(call, cli, plan, toJson(statement));
  if (plan.format === 'table') return writeText(call, cli, plan, await statementText(cli, statement));
  return showList<StatementRow>(call, cli, listOf([statement]));
}

async function showAll(call: Call, cli: Cli, plan: ListPlan, all: AllStatements): Promise<0> {
  await sayFirstRange(all, cli);
  if (plan.format === 'json') return writeText(call, cli, plan, toJson(all));
  const total: StatementRow = { ...all.total, org: 'TOTAL' };
  if (plan.format !== 'table') return showList<StatementRow>(call, cli, listOf([...all.organisations, total]));
  const columns = columnsOf().filter(({ key, cell }) => hasMoved(key, cell(total)));
  const footer = () => [Object.fromEntries(columns.map(({ key, cell }) => [key, cell(total)]))];
  return showList<StatementRow>(call, cli, { ...listOf(all.organisations), columns, footer });
}

async function sayFirstRange({ organisations: [first] }: AllStatements, cli: Cli): Promise<void> {
  if (first !== undefined) await sayRange(first.range, cli);
}

/** A table of many organisations leaves out kinds of movement that none of them had. */
function hasMoved(key: string, cell: Cell): boolean {
  return ['org', 'opening', 'used', 'closing'].includes(key) || Number(cell) !== 0;
}

function listOf(rows: readonly StatementRow[]) {
  return { name: 'statements', columns: columnsOf(), fetch: async () => ({ rows, next: null }) };
}

function columnsOf(): readonly Column<StatementRow>[] {
  const amount = (key: string, title: string, cell: (row: StatementRow) => Cell): Column<StatementRow> => ({
    key,
    title,
    kind: 'amount',
    cell,
  });
  return [
    { key: 'org', title: 'Organisation', kind: 'text', cell: (row) => row.org ?? null },
    { key: 'from', title: 'From', kind: 'time', cell: (row) => row.range?.from ?? null, dataOnly: true },
    { key: 'to', title: 'To', kind: 'time', cell: (row) => row.range?.to ?? null, dataOnly: true },
    { key: 'time_zone', title: 'Zone', kind: 'text', cell: (row) => row.range?.timeZone ?? null, dataOnly: true },
    amount('opening', 'Opening', (row) => row.opening),
    ...MOVEMENTS.map((name) => amount(snakeCase(name), TITLES[name], (row) => row[name])),
    amount('closing', 'Closing', (row) => row.closing),
    amount('invoiced', 'Invoiced', (row) => row.invoiced),
  ];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

interface Line {
  readonly label: string;
  readonly amount: string;
}

/** A statement as people read it: from opening to closing, then what was used by whom. */
async function statementText(cli: Cli, statement: StatementReport): Promise<string> {
  const styles = await cli.styles();
  const lines: readonly Line[] = [
    { label: 'Opening', amount: statement.opening },
    ...MOVEMENTS.map((name) => ({ label: TITLES[name], amount: statement[name] })),
  ];
  const parts = [
    await tableText(linesTable(statement.org, lines, statement.closing), styles),
    Number(statement.invoiced) === 0 ? '' : `Invoiced for postpaid services: ${statement.invoiced}\n`,
    await tableText(
      usageTable(
        'Service',
        statement.byService.map((row) => ({ name: row.service, ...row })),
      ),
      styles,
    ),
    await tableText(
      usageTable(
        'App',
        statement.byApp.map((row) => ({ name: row.app, ...row })),
      ),
      styles,
    ),
  ];
  const text = parts.filter((part) => part !== '').join('\n');
  return (await cli.organisation()).mode === 'sandbox' && !cli.isQuiet ? `${text}${SANDBOX}: no real money\n` : text;
}

function linesTable(org: string, lines: readonly Line[], closing: string): Listing<Line> {
  return {
    name: 'movements',
    columns: [
      { key: 'label', title: org, kind: 'text', cell: ({ label }) => label },
      { key: 'amount', title: 'USD', kind: 'amount', cell: ({ amount }) => amount },
    ],
    pages: onePage(lines),
    footer: () => [{ label: 'Closing', amount: closing }],
  };
}

type NamedUsage = UsageFigures & { readonly name: string | null };

function usageTable(title: string, rows: readonly NamedUsage[]): Listing<NamedUsage> {
  return {
    name: 'usage',
    columns: [
      { key: 'name', title, kind: 'text', whole: true, cell: ({ name }) => name ?? '-' },
      { key: 'transactions', title: 'Count', kind: 'count', cell: (row) => row.transactions },
      { key: 'quantity', title: 'Quantity', kind: 'count', cell: (row) => row.quantity },
      { key: 'free', title: 'Free', kind: 'count', cell: (row) => row.freeQuantity },
      { key: 'amount', title: 'Amount', kind: 'amount', cell: (row) => row.amount },
      { key: 'invoiced', title: 'Invoiced', kind: 'amount', cell: (row) => row.invoiced },
    ],
    pages: onePage(rows),
  };
}

async function tableText<T>(listing: Listing<T>, styles: Styles): Promise<string> {
  let text = '';
  for await (const chunk of renderListing('table', listing, { styles })) text += chunk;
  return text;
}

async function* onePage<T>(rows: readonly T[]): AsyncGenerator<ListPage<T>> {
  yield { rows, next: null };
}

function toJson(report: object): string {
  return `${JSON.stringify(report, null, 2).split('\n').map(escapeControlInJson).join('\n')}\n`;
}

async function writeText(call: Call, cli: Cli, plan: ListPlan, text: string): Promise<0> {
  async function* chunks(): AsyncGenerator<string> {
    yield text;
  }
  await writeList(plan, call, cli, chunks());
  if (plan.output !== undefined) cli.note(`statement written to ${plan.output}`);
  return 0;
}
