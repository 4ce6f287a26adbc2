import type { CommandSpec } from '../spec';
import { sandboxMark } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'balance',
    summary: 'the credits there are',
    details: 'Posted is what is in the wallet, held is reserved by open holds, and available is what may be spent.',
    examples: [
      { command: 'wallet balance', says: 'one line' },
      { command: 'wallet balance --json', says: 'for programs' },
      { command: 'wallet balance --quiet', says: 'only the available credits' },
    ],
    kind: 'read',
    async run(_call, cli) {
      const result = await (await cli.wallet()).credit.balance();
      const { balance } = result;
      const line = `${balance.available} ${balance.currency} available (posted ${balance.posted}, held ${balance.held})`;
      return cli.show(result, () => `${line}${sandboxMark(balance)}\n`, balance.available);
    },
  },
];
