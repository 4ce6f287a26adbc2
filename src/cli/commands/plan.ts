import { planOf } from '../plan-file';
import { describePlan } from '../plan-view';
import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'plan',
    summary: 'what a file of rules and prices would change',
    details:
      'Compares a YAML file of services, apps with their budgets, alerts and the auto top-up rule with the ledger, and says what applying it would do and charge. What the file does not name stays as it is. `wallet help plans` shows such a file.',
    args: [{ name: 'file', help: 'a YAML file, or - for standard input' }],
    examples: [{ command: 'wallet plan wallet.yaml', says: 'before: wallet apply wallet.yaml' }],
    kind: 'read',
    async run(call, cli) {
      const document = await planOf(cli, call.arg(0));
      const { plan } = await (await cli.wallet()).plans.show({ document });
      return cli.show({ plan }, () => describePlan(plan, 'would'), plan.digest);
    },
  },
];
