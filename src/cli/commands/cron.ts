import type { CronRun, CronStep } from '../../contract/cron';
import type { ErrorCode } from '../../core/errors';
import { given } from '../call';
import { CHECK_STATUS, EXIT_STATUS } from '../exit-status';
import { SCHEDULE_OPTIONS } from '../schedule-options';
import type { CommandSpec } from '../spec';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'cron run',
    summary: 'do everything that is due, once',
    details:
      'Settles open purchases, ends holds and grants that lapsed, tops up, tells alerts, and bills the month that ended: for every organisation of the ledger, or for the one that --org names. A step that fails does not stop the others. Runs may overlap, and one that was killed is finished by the next. Prints a line for each thing done, and nothing where nothing was. Ends with the worst status of its steps: 11 where the processor contradicts the ledger, 6 while credits are needed and can not be bought, 7 while an outcome is unknown, 9 where something could not be reached.',
    examples: [
      { command: 'wallet cron run', says: 'every five minutes, from cron or systemd' },
      { command: 'wallet cron run --json', says: 'what each step came to' },
    ],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).cron.run(given({ org: call.text('org'), ...call.change() }));
      for (const step of result.steps.filter(isTrouble)) cli.note(`${lineOf(result, step)}${hintOf(step)}`);
      await cli.show(result, () => {
        const lines = result.steps.filter(isDone).map((step) => `${lineOf(result, step)}\n`);
        const isIdle = lines.length === 0 && result.dryRun === true;
        return isIdle ? 'nothing is due\n' : [...lines, ...postponedOf(result)].join('');
      });
      return worstStatus(result);
    },
  },
  {
    path: 'cron install',
    summary: 'print or install the line that runs it',
    details:
      "For this user's crontab, or as a systemd service and timer. Prints what would be installed; --install installs it, again as often as you like, and --remove takes it out. Paths are absolute and nothing of the environment is needed. Keys do not belong there: STRIPE_API_KEY and the like go into the file that is named, which is read before each run.",
    options: SCHEDULE_OPTIONS,
    examples: [
      { command: 'wallet cron install', says: 'prints the crontab line' },
      { command: 'wallet cron install --every 10m --install', says: 'puts it into the crontab, once' },
      { command: 'wallet cron install --systemd', says: 'prints a service and its timer' },
    ],
    kind: 'local',
    keyed: 'ledger',
    run: async (call, cli) => (await import('../schedule-view')).showSchedule(call, cli, 'cron run'),
  },
];

/** Of several statuses the first of these is told: what contradicts the ledger, bugs, rights, then what a person must see to. */
const WORST_FIRST: readonly number[] = [11, 1, 4, 2, 3, 8, 5, 6, 7, 9];

function worstStatus({ steps }: CronRun): number {
  const statuses = new Set(steps.map(statusOf));
  return WORST_FIRST.find((status) => statuses.has(status)) ?? 0;
}

function statusOf({ step, outcome, error }: CronStep): number {
  // The service answers with the codes that errors have.
  if (error !== null) return EXIT_STATUS[error.code as ErrorCode];
  if (outcome === 'postponed') return 0;
  if (outcome === 'mismatch') return EXIT_STATUS.integrity_failure;
  if (outcome === 'pending') return EXIT_STATUS.payment_pending;
  // The outcome of this step is that of a check.
  return step === 'recharge' ? CHECK_STATUS[outcome as keyof typeof CHECK_STATUS] : 0;
}

const IDLE: readonly string[] = ['nothing', 'not_needed', 'disabled', 'cooling_down', 'postponed'];

/** What somebody should read: told on stderr. A notice that is on its way again is no failure of the run. */
function isTrouble(step: CronStep): boolean {
  return statusOf(step) !== 0 || step.outcome === 'undelivered';
}

function isDone(step: CronStep): boolean {
  return !isTrouble(step) && !IDLE.includes(step.outcome);
}

/** One line for all that the time of this run was not enough for. */
function postponedOf({ steps }: CronRun): readonly string[] {
  const left = new Set(steps.filter(({ outcome }) => outcome === 'postponed').map(({ org }) => org)).size;
  return left === 0
    ? []
    : [`${counted(left, 'organisation')} left to the next run: the time for the processor is used up\n`];
}

function lineOf({ steps }: CronRun, { org, step, outcome, detail }: CronStep): string {
  const isOneOfMany = steps.some((each) => each.org !== org);
  return `${isOneOfMany ? `${org}: ` : ''}${step} ${outcome.replaceAll('_', ' ')}${detail === null ? '' : `: ${detail}`}`;
}

function hintOf({ error }: CronStep): string {
  return error?.hint == null ? '' : ` (${error.hint})`;
}
