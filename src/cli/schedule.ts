import { quote } from '../core/credits';
import { formatDuration, parseDuration } from '../core/duration';
import { WalletError } from '../core/errors';

/** What is run from time to time. */
export type ScheduledCommand = 'cron run' | 'recharge check';

export interface Interval {
  /** As it was read: `5m`. */
  readonly every: string;
  /** The five fields of a crontab line. */
  readonly cron: string;
  /** The same for systemd. */
  readonly onCalendar: string;
}

export interface Schedule {
  readonly command: ScheduledCommand;
  readonly interval: Interval;
  /** Marks what was installed as ours: the command, and the ledger by a digest of its name. */
  readonly mark: string;
  /** The program and its arguments, every path absolute. */
  readonly words: readonly string[];
  readonly configHome: string;
  /** A file of `NAME=value` lines, for keys: read before each run if it is there. */
  readonly environmentFile: string;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 1_440;

/**
 * Reads an interval that a crontab can keep: minutes that divide an hour, hours that divide a day, or a day. Throws
 * `invalid_time`, and says which interval would be right.
 */
export function parseInterval(text: string): Interval {
  const ms = parseDuration(text, 'interval');
  const minutes = ms / MINUTE_MS;
  if (minutes < 1 || minutes > DAY_MINUTES) throw refused(text, 'it must be from 1m to 1d', '5m');
  const isMinutes = minutes < HOUR_MINUTES;
  const whole = isMinutes ? HOUR_MINUTES : DAY_MINUTES;
  const unit = isMinutes ? 1 : HOUR_MINUTES;
  if (whole % minutes !== 0 || minutes % unit !== 0) {
    const near = nearestIntervals(minutes, whole, unit).map((each) => formatDuration(each * MINUTE_MS));
    throw refused(
      text,
      `it does not divide ${isMinutes ? 'an hour' : 'a day'}, so its runs could not be evenly spaced`,
      near.join(' or '),
    );
  }
  return { every: formatDuration(ms), ...fieldsOf(minutes) };
}

function fieldsOf(minutes: number): Pick<Interval, 'cron' | 'onCalendar'> {
  if (minutes === 1) return { cron: '* * * * *', onCalendar: '*:0/1' };
  if (minutes < HOUR_MINUTES) return { cron: `*/${minutes} * * * *`, onCalendar: `*:0/${minutes}` };
  const hours = minutes / HOUR_MINUTES;
  if (hours === 1) return { cron: '0 * * * *', onCalendar: '*:00' };
  if (hours < 24) return { cron: `0 */${hours} * * *`, onCalendar: `0/${hours}:00` };
  return { cron: '0 0 * * *', onCalendar: '*-*-* 00:00' };
}

/** The intervals next to it that are right, shorter and longer. */
function nearestIntervals(minutes: number, whole: number, unit: number): readonly number[] {
  const right = (each: number) => whole % each === 0 && each % unit === 0;
  const all = Array.from({ length: whole / unit }, (_, at) => (at + 1) * unit).filter(right);
  const [below, above] = [all.filter((each) => each < minutes).at(-1), all.find((each) => each > minutes)];
  return [below, above].filter((each) => each !== undefined);
}

function refused(text: string, why: string, right: string): WalletError {
  return new WalletError('invalid_time', `the interval ${quote(text)} is not valid`, {
    why,
    hint: `--every ${right} would be right`,
  });
}

/** One line: it runs as it stands under `/bin/sh` with an empty environment. */
export function crontabLine({ interval, mark, words, configHome, environmentFile }: Schedule): string {
  const file = shellWord(environmentFile);
  const keys = `set -a; [ ! -r ${file} ] || . ${file}; set +a;`;
  const command = `${keys} XDG_CONFIG_HOME=${shellWord(configHome)} exec ${words.map(shellWord).join(' ')} # ${mark}`;
  // To cron a percent sign is the end of the line.
  return `${interval.cron} ${command.replaceAll('%', '\\%')}`;
}

/** The crontab without what was installed before under that mark, and with the line where there is one. */
export function withLine(crontab: string, mark: string, line: string | undefined): string {
  const others = crontab.split('\n').filter((each) => !each.endsWith(` # ${mark}`));
  while (others.at(-1) === '') others.pop();
  const lines = line === undefined ? others : [...others, line];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The units of systemd, by file name. */
export function systemdUnits(schedule: Schedule): Readonly<Record<string, string>> {
  const { command, interval, mark, words, configHome, environmentFile } = schedule;
  const name = unitName(mark);
  const about = `wallet ${command}`;
  return {
    [`${name}.service`]: `# ${mark}
[Unit]
Description=${about}

[Service]
Type=oneshot
Environment=${unitWord(`XDG_CONFIG_HOME=${configHome}`)}
EnvironmentFile=-${environmentFile.replaceAll('%', '%%')}
ExecStart=${words.map(unitWord).join(' ')}
`,
    [`${name}.timer`]: `# ${mark}
[Unit]
Description=${about} every ${interval.every}

[Timer]
OnCalendar=${interval.onCalendar}
Persistent=true

[Install]
WantedBy=timers.target
`,
  };
}

export function unitName(mark: string): string {
  return mark.replaceAll(':', '-');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function unitWord(word: string): string {
  const text = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text}"`;
}
