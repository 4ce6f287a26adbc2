import type { RechargeSetAnswer, RechargeTyped } from '../../contract/recharge';
import { type Call, given } from '../call';
import type { Cli } from '../cli';
import { CHECK_STATUS } from '../exit-status';
import { showList } from '../list';
import { pageOf } from '../list-pages';
import { describeRule, EVALUATIONS, TOP_UPS, whyNot } from '../recharge-view';
import { SCHEDULE_OPTIONS } from '../schedule-options';
import type { CommandSpec, OptionSpec } from '../spec';
import { balanceLine } from '../wording';

const TERMS: readonly OptionSpec[] = [
  { flag: '--below <amount>', help: 'top up when less than this is available' },
  { flag: '--amount <amount>', help: 'buy this much', conflicts: ['refill-to'] },
  { flag: '--refill-to <amount>', help: 'buy what is missing to this much' },
  { flag: '--monthly-cap <amount>', help: 'charge no more in a calendar month; none for no cap' },
  { flag: '--daily-count <n>', help: 'top-ups a day at most; 5 if not said' },
  { flag: '--cooldown <time>', help: 'wait after a top-up; 10m if not said' },
  { flag: '--max-failures <n>', help: 'pause after so many declined top-ups; 3 if not said' },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'recharge set',
    summary: 'set the auto top-up rule and switch it on',
    details:
      'What is left out stays as it was. If the balance is below the threshold already, it says what the next check will charge, asks, and leaves the charge to that check.',
    options: [
      ...TERMS,
      {
        flag: '--suggest',
        help: 'threshold and amount as the forecast suggests; shows them, and sets them with --yes',
        conflicts: ['below', 'amount', 'refill-to'],
      },
    ],
    examples: [
      { command: 'wallet recharge set --suggest', says: 'what fits the last 30 days' },
      { command: 'wallet recharge set --below 50 --amount 100', says: 'buys 100 whenever less than 50 is left' },
      { command: 'wallet recharge set --below 50 --refill-to 200 --monthly-cap 1000', says: 'fills up, within a cap' },
    ],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const { recharge } = await cli.wallet();
      const suggested = call.has('suggest') ? await (await import('../suggestion')).suggestedTerms(cli) : {};
      const request = { ...termsOf(call), ...suggested, ...call.change() };
      if (call.has('suggest') && !cli.ask.saysYes && !call.has('dry-run')) {
        const { below, amount } = suggested as { below: string; amount: string };
        await cli.ask.confirm(
          `Top up ${amount} USD whenever less than ${below} is available?`,
          `auto top-up of ${amount} below ${below}`,
        );
      }
      return answerSet(call, cli, (options) => recharge.set({ ...request, ...options }));
    },
  },
  {
    path: 'recharge simulate',
    summary: 'what a rule would have done',
    details:
      'Replays every movement of the period under the proposed rule, with a card that always pays; top-ups that really happened are left out, for the rule takes their place, and all else is kept. It checks after every movement. Changes nothing.',
    options: [
      ...TERMS.filter(({ flag }) => !flag.startsWith('--max-failures')).map((option) =>
        option.flag.startsWith('--below') ? { ...option, required: true as const } : option,
      ),
      { flag: '--period <period>', help: 'such as 2026-10 or last-90d; last-30d if not said' },
    ],
    examples: [
      { command: 'wallet recharge simulate --below 50 --amount 100', says: 'over the last 30 days' },
      {
        command: 'wallet recharge simulate --below 50 --amount 100 --monthly-cap 500',
        says: 'would the cap have been enough?',
      },
    ],
    kind: 'read',
    list: 'whole',
    run: async (call, cli) => (await import('../simulation-view')).showSimulation(call, cli, termsOf(call)),
  },
  {
    path: 'recharge schedule',
    summary: 'print or install the line that checks from time to time',
    details:
      'For `recharge check` alone; `cron install` is for all that is due. Prints what would be installed; --install installs it, again as often as you like, and --remove takes it out.',
    options: SCHEDULE_OPTIONS,
    examples: [
      { command: 'wallet recharge schedule', says: 'prints the crontab line' },
      { command: 'wallet recharge schedule --every 15m --systemd', says: 'prints a service and its timer' },
    ],
    kind: 'local',
    keyed: 'ledger',
    run: async (call, cli) => (await import('../schedule-view')).showSchedule(call, cli, 'recharge check'),
  },
  {
    path: 'recharge show',
    summary: 'the rule and where it stands',
    examples: [{ command: 'wallet recharge show', says: 'threshold, amount, caps, what was charged this month' }],
    kind: 'read',
    async run(_call, cli) {
      const result = await (await cli.wallet()).recharge.show();
      return cli.show(result, () => describeRule(result.recharge, cli));
    },
  },
  {
    path: 'recharge on',
    summary: 'switch the rule on, or let it go on after a pause',
    examples: [{ command: 'wallet recharge on', says: 'declines so far are forgotten' }],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const { recharge } = await cli.wallet();
      return answerSet(call, cli, (options) => recharge.on({ ...call.change(), ...options }));
    },
  },
  {
    path: 'recharge off',
    summary: 'switch the rule off',
    examples: [{ command: 'wallet recharge off', says: 'nothing is charged by itself any more' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).recharge.off(call.change());
      return cli.show(result, () => describeRule(result.recharge, cli));
    },
  },
  {
    path: 'recharge check',
    summary: 'top up if the rule says so',
    details:
      'For cron: safe to run as often and as concurrently as you like; two at once make one charge. Ends with 6 when credits are needed and can not be bought (failed, capped, paused), with 7 while the outcome of a charge is unknown, and with 0 otherwise.',
    examples: [{ command: 'wallet recharge check --json', says: 'the outcome in one word, and the balance' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).recharge.check(call.change());
      const { purchase } = result;
      if (purchase?.hosted != null) cli.warn(`pay it here: ${purchase.hosted}`);
      await cli.show(result, () => `${result.outcome}${whyNot(result)}\n${balanceLine(result.balance)}`);
      return CHECK_STATUS[result.outcome];
    },
  },
  {
    path: 'recharge history',
    summary: 'the purchases the rule made, newest first',
    examples: [{ command: 'wallet recharge history', says: 'paid and declined' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { recharge } = await cli.wallet();
      return showList(call, cli, {
        name: 'purchases',
        columns: TOP_UPS,
        fetch: async (page) => pageOf('purchases', await recharge.history(page)),
      });
    },
  },
  {
    path: 'recharge trace',
    summary: 'why it did or did not fire: every evaluation, newest first',
    details: 'Evaluations that came out the same one after another stand in one row, with how many there were.',
    examples: [{ command: 'wallet recharge trace --limit 5', says: 'the last five, and what stopped them' }],
    kind: 'read',
    list: 'paged',
    async run(call, cli) {
      const { recharge } = await cli.wallet();
      return showList(call, cli, {
        name: 'evaluations',
        columns: EVALUATIONS,
        fetch: async (page) => pageOf('evaluations', await recharge.trace(page)),
      });
    },
  },
];

/** The rule as typed: only what was said. */
function termsOf(call: Call): RechargeTyped {
  return given({
    below: call.text('below'),
    amount: call.text('amount'),
    refillTo: call.text('refill-to'),
    monthlyCap: call.text('monthly-cap'),
    dailyCount: call.text('daily-count'),
    cooldown: call.text('cooldown'),
    maxFailures: call.text('max-failures'),
  });
}

/** Asks before a rule is set that would charge at once; a dry run says what it would charge. */
async function answerSet(
  call: Call,
  cli: Cli,
  set: (options: { dryRun?: true; idempotencyKey?: never }) => Promise<RechargeSetAnswer>,
): Promise<number> {
  if (!call.has('dry-run') && !cli.ask.saysYes) {
    const { nextCharge } = await set({ dryRun: true });
    if (nextCharge !== null) {
      const what = `auto top-up that will charge ${nextCharge} at its next check`;
      await cli.ask.confirm(
        `The balance is below the threshold already: the next check will charge ${nextCharge} USD. Go ahead?`,
        what,
      );
    }
  }
  const result = await set({});
  for (const { message } of result.warnings) cli.note(`warning: ${message}`);
  if (result.nextCharge !== null) cli.note(`the next check will charge ${result.nextCharge} USD`);
  return cli.show(result, () => describeRule(result.recharge, cli));
}
