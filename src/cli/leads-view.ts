import type { LeadReportRow } from '../contract/reports';
import type { LeadGroup } from '../core/report/cost-per-lead';
import type { Cell, Column } from '../output/view';
import type { Call } from './call';
import type { Cli } from './cli';
import { filterOf, sayRange } from './filters';
import { showList } from './list';
import { planList } from './list-plan';

const TITLES: Readonly<Record<LeadGroup, string>> = {
  service: 'Service',
  campaign: 'Campaign',
  app: 'App',
  month: 'Month',
};

/** `wallet report cost-per-lead`. A table says "no leads" where data has an empty cell. */
export async function showCostPerLead(call: Call, cli: Cli): Promise<0> {
  const filter = filterOf(call);
  const { reports } = await cli.wallet();
  const report = await reports.costPerLead({ ...filter, by: call.values('by') ?? ['campaign'] });
  await sayRange(report.range, cli);
  const isForPeople = ['table', 'markdown'].includes(planList(call, cli).format);
  const columns = columnsOf(report.by, isForPeople);
  const total = Object.fromEntries(columns.map(({ key, cell }) => [key, cell(report.total)]));
  const { by, range, rounding } = report;
  cli.note(`cost per delivery and per lead: ${rounding}`);
  return showList<LeadReportRow>(call, cli, {
    name: 'rows',
    columns,
    fetch: async () => ({ rows: report.rows, next: null }),
    footer: () => (report.rows.length === 0 ? [] : [{ ...total, [by[0] ?? '']: 'total' }]),
    extra: () => ({ by, range, total: report.total, rounding }),
  });
}

function columnsOf(by: readonly LeadGroup[], isForPeople: boolean): readonly Column<LeadReportRow>[] {
  const each = (cost: string | null, none: string): Cell => cost ?? (isForPeople ? none : null);
  return [
    ...by.map(
      (group): Column<LeadReportRow> => ({
        key: group,
        title: TITLES[group],
        kind: 'text',
        whole: true,
        cell: (row) => row[group] ?? null,
      }),
    ),
    { key: 'cost', title: 'Cost', kind: 'amount', cell: (row) => row.cost },
    { key: 'delivered', title: 'Delivered', kind: 'count', cell: (row) => row.delivered },
    { key: 'leads', title: 'Leads', kind: 'count', cell: (row) => row.leads },
    {
      key: 'cost_per_delivery',
      title: 'Per delivery',
      kind: 'amount',
      cell: (row) => each(row.costPerDelivery, 'none'),
    },
    { key: 'cost_per_lead', title: 'Per lead', kind: 'amount', cell: (row) => each(row.costPerLead, 'no leads') },
  ];
}
