import type { UsageReport, UsageReportRow } from '../contract/reports';
import { add, type Credits, formatCredits, readCredits, ZERO } from '../core/credits';
import type { UsageGroup } from '../core/report/usage';
import type { Cell, Column } from '../output/view';
import type { Call } from './call';
import type { Cli } from './cli';
import { filterOf, sayRange } from './filters';
import { showList, writeList } from './list';
import { planList } from './list-plan';
import { SANDBOX } from './wording';

const TITLES: Readonly<Record<UsageGroup, string>> = {
  service: 'Service',
  app: 'App',
  user: 'User',
  campaign: 'Campaign',
  day: 'Day',
  week: 'Week of',
  month: 'Month',
};
const NARROWEST = 40;
const USUAL_WIDTH = 80;

/** A row as it is listed: a group, or the subtotal of the groups above it. */
type ShownRow = UsageReportRow & { readonly isSubtotal?: true };

/** `wallet report usage`: as a list in any format, or as a chart. */
export async function showUsage(call: Call, cli: Cli): Promise<0> {
  const filter = filterOf(call);
  const { reports } = await cli.wallet();
  const report = await reports.usage({ ...filter, by: call.values('by') ?? ['service'] });
  await sayRange(report.range, cli);
  if (call.has('chart')) return showChart(call, cli, report);
  const isTable = planList(call, cli).format === 'table';
  const rows = isTable ? withSubtotals(report) : report.rows;
  return showList<ShownRow>(call, cli, {
    name: 'rows',
    columns: columnsOf(report.by),
    fetch: async () => ({ rows, next: null }),
    footer: () => (report.rows.length === 0 ? [] : [totalRow(report)]),
    extra: () => ({ by: report.by, range: report.range, subtotals: report.subtotals, total: report.total }),
  });
}

function columnsOf(by: readonly UsageGroup[]): readonly Column<ShownRow>[] {
  const groups = by.map(
    (group, at): Column<ShownRow> => ({
      key: group,
      title: TITLES[group],
      kind: 'text',
      whole: true,
      cell: (row) => row[group] ?? (row.isSubtotal && row[group] === undefined ? (at === 0 ? '' : 'all') : null),
    }),
  );
  const count = (key: string, title: string, cell: (row: ShownRow) => Cell): Column<ShownRow> => ({
    key,
    title,
    kind: 'count',
    cell,
  });
  return [
    ...groups,
    { ...count('transactions', 'Count', (row) => row.transactions), spare: 4 },
    count('quantity', 'Quantity', (row) => row.quantity),
    { ...count('free_quantity', 'Free', (row) => row.freeQuantity), spare: 2 },
    { ...count('reversed_quantity', 'Reversed', (row) => row.reversedQuantity), dataOnly: true },
    { key: 'amount', title: 'Amount', kind: 'amount', cell: (row) => row.amount },
    { key: 'invoiced', title: 'Invoiced', kind: 'amount', cell: (row) => row.invoiced, spare: 3 },
    { key: 'cost', title: 'Cost', kind: 'amount', cell: (row) => row.cost },
    { key: 'share', title: 'Share %', kind: 'amount', cell: (row) => row.share, spare: 1 },
  ];
}

function totalRow({ by, total }: UsageReport): Record<string, Cell> {
  return {
    [by[0] ?? '']: 'total',
    transactions: total.transactions,
    quantity: total.quantity,
    free_quantity: total.freeQuantity,
    amount: total.amount,
    invoiced: total.invoiced,
    cost: total.cost,
  };
}

/** Each subtotal under the rows it sums, the inner one first. A subtotal of one row would only repeat it. */
function withSubtotals({ by, rows, subtotals }: UsageReport): readonly ShownRow[] {
  const shown: ShownRow[] = [];
  const depths = by.slice(0, -1).map((_, at) => at + 1);
  const key = (row: UsageReportRow, depth: number) => JSON.stringify(by.slice(0, depth).map((group) => row[group]));
  const sums = new Map(subtotals.map((row) => [key(row, by.filter((group) => row[group] !== undefined).length), row]));
  let since = depths.map(() => 0);
  rows.forEach((row, at) => {
    shown.push(row);
    since = since.map((count) => count + 1);
    const next = rows[at + 1];
    for (const depth of [...depths].reverse()) {
      if (next !== undefined && key(next, depth) === key(row, depth)) continue;
      const sum = sums.get(key(row, depth));
      if (sum !== undefined && (since[depth - 1] ?? 0) > 1) shown.push({ ...sum, isSubtotal: true });
      since[depth - 1] = 0;
    }
  });
  return shown;
}

async function showChart(call: Call, cli: Cli, report: UsageReport): Promise<0> {
  const { renderBars, renderTrends } = await import('../output/chart');
  const width = Math.max(NARROWEST, cli.world.stdout.columns ?? USUAL_WIDTH);
  const time = report.by.findIndex((group) => group === 'day' || group === 'week' || group === 'month');
  const others = report.by.filter((_, at) => at !== time);
  const text =
    time >= 0 && others.length > 0
      ? renderTrends(trendsOf(report, report.by[time] ?? 'day', others), width)
      : renderBars(
          report.rows.map((row) => barOf(row, report.by)),
          width,
        );
  const total = report.rows.length === 0 ? 'no usage\n' : `total  ${report.total.cost}\n`;
  const sandbox = cli.isQuiet || (await cli.organisation()).mode !== 'sandbox' ? '' : `${SANDBOX}: no real money\n`;
  await writeList(planList(call, cli), call, cli, chunks(`${text}${total}${sandbox}`));
  return 0;
}

function barOf(row: UsageReportRow, by: readonly UsageGroup[]) {
  return { label: labelOf(row, by), size: readCredits(row.cost), text: row.cost };
}

function labelOf(row: UsageReportRow, by: readonly UsageGroup[]): string {
  return by.map((group) => row[group] ?? '-').join(' ');
}

/** One line for each of the other groups, over every time that occurs in the report. */
function trendsOf(report: UsageReport, time: UsageGroup, others: readonly UsageGroup[]) {
  const times = [...new Set(report.rows.map((row) => row[time] ?? ''))].sort();
  const lines = new Map<string, Map<string, Credits>>();
  for (const row of report.rows) {
    const label = labelOf(row, others);
    const line = lines.get(label) ?? new Map<string, Credits>();
    const at = row[time] ?? '';
    lines.set(label, line.set(at, add(line.get(at) ?? ZERO, readCredits(row.cost))));
  }
  return [...lines].map(([label, line]) => ({
    label,
    sizes: times.map((at) => line.get(at) ?? 0),
    text: formatCredits([...line.values()].reduce(add, ZERO)),
  }));
}

async function* chunks(text: string): AsyncGenerator<string> {
  yield text;
}
