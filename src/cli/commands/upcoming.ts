import type { UpcomingItem } from '../../contract/outlook';
import type { Column } from '../../output/view';
import { given } from '../call';
import type { Cli } from '../cli';
import { showList, writeList } from '../list';
import { pagesOf } from '../list-pages';
import { planList } from '../list-plan';
import type { CommandSpec } from '../spec';

const COLUMNS: readonly Column<UpcomingItem>[] = [
  { key: 'at', title: 'When', kind: 'time', cell: (item) => item.at },
  { key: 'kind', title: 'What', kind: 'text', whole: true, cell: (item) => item.kind.replaceAll('_', ' ') },
  { key: 'credits', title: 'Credits', kind: 'amount', cell: (item) => item.credits },
  { key: 'subject', title: 'Subject', kind: 'text', cell: (item) => item.subject, dataOnly: true },
  { key: 'detail', title: 'Detail', kind: 'text', cell: (item) => item.detail },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'upcoming',
    summary: 'what lapses or falls due',
    details:
      'Grants and holds that lapse, cards that expire, open invoices, and the day the wallet runs dry: as a range, by the busiest and the quietest week of the last 30 days, or "too little history". With --ics it is a calendar (RFC 5545), whose entries keep their ids.',
    options: [
      { flag: '--within <time>', help: 'how far ahead; 30d if not said' },
      { flag: '--ics', help: 'as a calendar file', conflicts: ['format', 'json', 'limit', 'cursor', 'all'] },
    ],
    examples: [
      { command: 'wallet upcoming --within 90d', says: 'the next three months' },
      { command: 'wallet upcoming --ics -o wallet.ics', says: 'for your calendar' },
    ],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const result = await (await cli.wallet()).reports.upcoming(given({ within: call.text('within') }));
      if (call.has('ics')) {
        const { calendarText } = await import('../../output/ics');
        const { mode, name } = await cli.organisation();
        const text = calendarText(result.upcoming, { name, isPlay: mode === 'sandbox' });
        await writeList({ ...planList(call, cli), format: 'table' }, call, cli, oneChunk(text));
        return 0;
      }
      await sayDry(cli, result.runsDry);
      return showList(call, cli, {
        name: 'upcoming',
        columns: COLUMNS,
        fetch: pagesOf(
          async () => result.upcoming,
          ({ kind, subject, at }) => `${kind}.${subject}.${at}`,
        ),
        extra: () => ({ within: result.within, until: result.until, runsDry: result.runsDry }),
      });
    },
  },
];

async function sayDry(
  cli: Cli,
  dry: Awaited<ReturnType<Awaited<ReturnType<Cli['wallet']>>['reports']['upcoming']>>['runsDry'],
) {
  if (dry === null || dry === 'too little history') return cli.note(`runs dry: ${dry ?? 'not in sight'}`);
  const clock = await cli.clock();
  const { earliest, latest } = dry;
  if (earliest === null) return cli.note('runs dry: not in sight');
  return cli.note(`runs dry: between ${clock(earliest)} and ${latest === null ? 'no end in sight' : clock(latest)}`);
}

async function* oneChunk(text: string): AsyncGenerator<string> {
  yield text;
}
