import type { CommandSpec } from '../spec';
import { balanceLine } from '../wording';

export const commands: readonly CommandSpec[] = [
  adjust('add', 'add credits as a correction', 'wallet adjust add 12.50 --reason "usage of May was posted twice"'),
  adjust('remove', 'take credits out as a correction', 'wallet adjust remove 3 --reason "granted by mistake"'),
];

function adjust(direction: 'add' | 'remove', summary: string, example: string): CommandSpec {
  return {
    path: `adjust ${direction}`,
    summary,
    args: [{ name: 'credits', help: 'how many' }],
    options: [{ flag: '--reason <text>', help: 'why, for the audit trail', required: true }],
    examples: [{ command: example, says: 'a correction by an administrator' }],
    kind: 'change',
    async run(call, cli) {
      const request = { direction, credits: call.arg(0), reason: call.text('reason') ?? '', ...call.change() };
      const result = await (await cli.wallet()).credit.adjust(request);
      const { transaction, balance } = result;
      return cli.show(
        result,
        () => `adjusted by ${transaction.amount} (${transaction.id})\n${balanceLine(balance)}`,
        transaction.id,
      );
    },
  };
}
