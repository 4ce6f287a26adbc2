import type { CommandSpec } from '../spec';
import { SANDBOX } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'explain',
    summary: 'why a transaction has its amount',
    details: 'Price version, free quota, tiers, the grants drawn in their order, who did it and when.',
    args: [{ name: 'transaction', help: 'its id, txn_…' }],
    examples: [{ command: 'wallet explain txn_0190', says: 'for whoever has to answer for it' }],
    kind: 'read',
    async run(call, cli) {
      const result = await (await cli.wallet()).transactions.explain({ id: call.arg(0) });
      const { transaction, explanation } = result;
      return cli.show(result, async () => {
        const clock = await cli.clock();
        const mark = (await cli.organisation()).mode === 'sandbox' ? SANDBOX : '';
        return cli.facts([
          ['transaction', transaction.id],
          ['type', transaction.type],
          ['time', clock(transaction.time)],
          ['amount', `${transaction.amount}  ${mark}`.trimEnd(), 'bold'],
          ['actor', transaction.actor],
          ...explanation.map((step, index) => [index === 0 ? 'because' : '', step] as const),
        ]);
      });
    },
  },
];
