import { EXIT_STATUS } from '../exit-status';
import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'afford',
    summary: 'ask whether a job may run',
    details:
      'Decides and changes nothing. Ends with 0 for yes and with 5 for no, naming the limit and how much is missing; with 6 where a postpaid service lacks a card, and with 8 for an app that is archived. `hold create` and `run` decide the same.',
    options: [
      { flag: '--app <app>', help: 'who would spend', required: true },
      { flag: '--service <service>', help: 'on what', required: true },
      { flag: '--quantity <n>', help: 'how many units', required: true },
    ],
    examples: [
      { command: 'wallet afford --app crm --service sms --quantity 5000 && ./send', says: 'only if it can be paid' },
    ],
    kind: 'read',
    async run(call, cli) {
      const job = {
        app: call.text('app') ?? '',
        service: call.text('service') ?? '',
        quantity: call.text('quantity') ?? '',
      };
      const result = await (await cli.wallet()).usage.afford(job);
      const sandbox = cli.isJson || (await cli.organisation()).mode !== 'sandbox' ? '' : '  SANDBOX';
      await cli.show(result, () => {
        if (result.limit === null) return `yes: it costs ${result.cost}${sandbox}\n`;
        const { name, missing, detail } = result.limit;
        const most = missing === null ? '' : `, and ${missing} is missing`;
        return `no: it costs ${result.cost}${most} (${name}: ${detail})${sandbox}\n`;
      });
      return result.limit === null ? 0 : statusOf(result.limit.name);
    },
  },
];

/** The limit is named by the code of the refusal that a posting would meet. */
function statusOf(limit: string): number {
  const known: Readonly<Record<string, number>> = EXIT_STATUS;
  return known[limit] ?? EXIT_STATUS.insufficient_credits;
}
