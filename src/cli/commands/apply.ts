import { EXIT_STATUS } from '../exit-status';
import { planOf } from '../plan-file';
import { describePlan } from '../plan-view';
import type { CommandSpec } from '../spec';

export const commands: readonly CommandSpec[] = [
  {
    path: 'apply',
    summary: 'make the ledger as a file of rules and prices says',
    details:
      'Does what `wallet plan` said, in one write: all of it or nothing. Where the ledger has moved and the file would do something else by now, it is refused. A top-up that follows at once needs a confirmation, or --yes.',
    args: [{ name: 'file', help: 'a YAML file, or - for standard input' }],
    options: [{ flag: '--plan <digest>', help: 'do it only if it is still what that plan said' }],
    examples: [
      { command: 'wallet apply wallet.yaml', says: 'asks where it would charge a card' },
      { command: 'wallet apply wallet.yaml --dry-run', says: 'the same as: wallet plan wallet.yaml' },
    ],
    kind: 'change',
    spends: true,
    async run(call, cli) {
      const document = await planOf(cli, call.arg(0));
      const { plans } = await cli.wallet();
      const { plan } = await plans.show({ document });
      if (plan.charges !== null && !call.has('dry-run'))
        await cli.ask.confirm(`Applying this charges ${plan.charges} USD now. Go ahead?`, `charging ${plan.charges}`);
      const result = await plans.apply({ document, digest: call.text('plan') ?? plan.digest, ...call.change() });
      const outcome =
        result.recharge === undefined ? '' : `auto top-up: ${result.recharge.outcome.replaceAll('_', ' ')}\n`;
      await cli.show(result, () => `${describePlan(result.plan, result.dryRun ? 'would' : 'did')}${outcome}`);
      return statusOf(result.recharge?.outcome);
    },
  },
];

/** The rules stand whatever became of the charge; the status tells of the charge. */
function statusOf(outcome: string | undefined): number {
  if (outcome === 'failed' || outcome === 'paused') return EXIT_STATUS.payment_failed;
  if (outcome === 'capped') return EXIT_STATUS.monthly_cap_reached;
  return outcome === 'pending' ? EXIT_STATUS.payment_pending : 0;
}
