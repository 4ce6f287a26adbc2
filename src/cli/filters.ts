import type { TransactionFilter } from '../contract/transactions';
import type { Range } from '../contract/values';
import { formatDate } from '../core/date';
import { parseInstant } from '../core/time';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { localTime } from './clock';
import type { OptionSpec } from './spec';

/** What transactions and reports about them are filtered by. */
export const FILTER_OPTIONS: readonly OptionSpec[] = [
  { flag: '--type <types>', help: 'usage, purchase, grant, …', repeat: true },
  { flag: '--service <services>', help: 'only of these services', repeat: true },
  { flag: '--app <apps>', help: 'only of these apps', repeat: true },
  { flag: '--user <users>', help: 'only of these users', repeat: true },
  { flag: '--campaign <campaigns>', help: 'only of these campaigns', repeat: true },
  { flag: '--search <text>', help: 'in memo, campaign, user, reference, external id' },
  { flag: '--period <period>', help: 'such as 2026-10 or last-month', conflicts: ['from', 'to'] },
  { flag: '--from <time>', help: 'a date or time, included' },
  { flag: '--to <time>', help: 'a date (its whole day), or a time (excluded)' },
  { flag: '--min <amount>', help: 'of this size or more, whatever the sign' },
  { flag: '--max <amount>', help: 'of this size or less' },
];

export function filterOf(call: Call): TransactionFilter {
  return given({
    types: call.values('type'),
    services: call.values('service'),
    apps: call.values('app'),
    users: call.values('user'),
    campaigns: call.values('campaign'),
    search: call.text('search'),
    period: call.text('period'),
    from: call.text('from'),
    to: call.text('to'),
    min: call.text('min'),
    max: call.text('max'),
  });
}

/** Whether the filter says anything of time. */
export function asksForTime({ period, from, to }: TransactionFilter): boolean {
  return period !== undefined || from !== undefined || to !== undefined;
}

/** Says on stderr which days a period came to, so that nobody has to trust a word like last-month. */
export async function sayRange(range: Range, cli: Cli): Promise<void> {
  if (!cli.isJson && !cli.isQuiet) cli.note(`range: ${await rangeText(range, cli)}`);
}

async function rangeText({ from, to, timeZone }: Range, cli: Cli): Promise<string> {
  const calendar = await cli.world.openCalendar(timeZone);
  const edge = (time: string | null, isEnd: boolean): string => {
    if (time === null) return isEnd ? 'now' : 'the beginning';
    const instant = parseInstant(time);
    const date = calendar.dateOf(instant);
    if (calendar.startOfDay(date) !== instant) return localTime(instant, calendar);
    return formatDate(isEnd ? ((date - 1) as typeof date) : date);
  };
  return `${edge(from, false)} … ${edge(to, true)} (${timeZone})`;
}
