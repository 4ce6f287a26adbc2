import type { ClosedPeriod } from '../../contract/periods';
import type { Column } from '../../output/view';
import { showList } from '../list';
import { pagesOf } from '../list-pages';
import type { CommandSpec } from '../spec';

const COLUMNS: readonly Column<ClosedPeriod>[] = [
  { key: 'period', title: 'Period', kind: 'text', whole: true, cell: (row) => row.period },
  { key: 'opening', title: 'Opening', kind: 'amount', cell: (row) => row.opening },
  { key: 'closing', title: 'Closing', kind: 'amount', cell: (row) => row.closing },
  { key: 'closed_at', title: 'Closed', kind: 'time', cell: (row) => row.closedAt },
  { key: 'digest', title: 'Digest', kind: 'text', cell: (row) => row.digest },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'period close',
    summary: 'prove a month and seal it',
    details:
      'Opening + movements = closing is proved against the log, and a digest of the statement goes into the chain; months that were left open since the last closing are closed with it. Usage that arrives later for the month is posted at the start of the open one; its reference says late and when it happened.',
    args: [{ name: 'period', help: 'a month that has ended, such as 2026-10' }],
    examples: [{ command: 'wallet period close last-month', says: 'once the books of the month are complete' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).periods.close({ period: call.arg(0), ...call.change() });
      const { period, opening, closing, digest } = result.period;
      const text = `closed ${period}: opening ${opening}, closing ${closing}\nsealed: ${digest}\n`;
      return cli.show(result, () => text, period);
    },
  },
  {
    path: 'period list',
    summary: 'the months that are closed',
    examples: [{ command: 'wallet period list', says: 'newest first' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { periods } = await cli.wallet();
      return showList(call, cli, {
        name: 'periods',
        columns: COLUMNS,
        fetch: pagesOf(
          async () => (await periods.list()).periods,
          ({ period }) => period,
        ),
      });
    },
  },
];
