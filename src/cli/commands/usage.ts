import { given } from '../call';
import type { CommandSpec, OptionSpec } from '../spec';
import { balanceLine } from '../wording';

const JOB: readonly OptionSpec[] = [
  { flag: '--app <app>', help: 'who used it', required: true },
  { flag: '--service <service>', help: 'what was used', required: true },
  { flag: '--quantity <n>', help: 'how many units', required: true },
];

export const commands: readonly CommandSpec[] = [
  {
    path: 'usage record',
    summary: 'record usage and deduct its price',
    details: 'With --id the same event is never deducted twice, however often it is recorded.',
    options: [
      ...JOB,
      { flag: '--id <event>', help: "the event's own id, unique for ever" },
      { flag: '--user <user>', help: 'on whose behalf' },
      { flag: '--campaign <name>', help: 'what for' },
      { flag: '--at <time>', help: 'when it happened; now if not said' },
      { flag: '--memo <text>', help: 'a note for the records' },
      { flag: '--recharge', help: 'then top up if the rule says so' },
    ],
    examples: [
      { command: 'wallet usage record --app crm --service sms --quantity 250', says: '250 messages, now' },
      {
        command: 'wallet usage record --app crm --service email --quantity 1 --id m-81',
        says: 'once, however often it runs',
      },
    ],
    kind: 'change',
    async run(call, cli) {
      const job = {
        app: call.text('app') ?? '',
        service: call.text('service') ?? '',
        quantity: call.text('quantity') ?? '',
      };
      const facts = { id: call.text('id'), user: call.text('user'), campaign: call.text('campaign') };
      const more = { time: call.text('at'), memo: call.text('memo'), recharge: call.flag('recharge') };
      const result = await (await cli.wallet()).usage.record(given({ ...job, ...facts, ...more, ...call.change() }));
      const { transaction, balance, recharge, duplicate } = result;
      const what = duplicate
        ? 'recorded before; nothing was deducted again'
        : `recorded ${transaction.quantity} ${transaction.service}`;
      if (recharge.outcome !== undefined) cli.note(`auto top-up: ${recharge.outcome.replace('_', ' ')}`);
      if (recharge.due) cli.note('auto top-up is due: wallet recharge check');
      return cli.show(
        result,
        () => `${what}: ${transaction.amount} (${transaction.id})\n${balanceLine(balance)}`,
        transaction.id,
      );
    },
  },
  {
    path: 'usage import',
    summary: 'record usage from a CSV or NDJSON file',
    details:
      'Columns: id, time, app, service, quantity, user, campaign, memo. Rows with an id that was recorded before are skipped, so an import that was interrupted is simply run again. Ends with 10 if some rows were rejected.',
    args: [{ name: 'file', help: 'the file, or - for stdin' }],
    options: [
      { flag: '--input <format>', help: 'guessed if not said', choices: ['csv', 'ndjson'] },
      { flag: '--map <pairs>', help: 'field=column,… where the columns have other names' },
      { flag: '--create-apps', help: 'register apps that are not known yet' },
      { flag: '--recharge', help: 'top up after each batch if the rule says so' },
      { flag: '--rejects <file>', help: 'write the rejected rows there, with the reason' },
      { flag: '--force', help: 'overwrite the file of rejects' },
    ],
    examples: [
      { command: 'wallet usage import events.csv', says: 'a file of events' },
      { command: 'wallet usage import - --input ndjson --rejects rejects.csv', says: 'from another program' },
      { command: 'wallet usage import log.csv --map quantity=count,service=kind', says: 'other column names' },
    ],
    kind: 'change',
    async run(call, cli) {
      const { importUsage } = await import('../usage-import');
      return importUsage(call, cli);
    },
  },
  {
    path: 'usage reverse',
    summary: 'undo usage, or part of it',
    details: 'The credits return to the grants they were drawn from.',
    args: [{ name: 'transaction', help: 'its id, txn_…' }],
    options: [
      { flag: '--quantity <n>', help: 'units to undo; all if not said' },
      { flag: '--reason <text>', help: 'why, for the audit trail' },
    ],
    examples: [{ command: 'wallet usage reverse txn_0190 --reason "sent twice"', says: 'the whole of it' }],
    kind: 'change',
    async run(call, cli) {
      const extra = { quantity: call.text('quantity'), reason: call.text('reason') };
      const request = given({ transaction: call.arg(0), ...extra, ...call.change() });
      const result = await (await cli.wallet()).usage.reverse(request);
      const { transaction, balance } = result;
      return cli.show(
        result,
        () => `reversed: ${transaction.amount} (${transaction.id})\n${balanceLine(balance)}`,
        transaction.id,
      );
    },
  },
];
