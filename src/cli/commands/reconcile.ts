import type { ReconcileResult } from '../../contract/purchases';
import { EXIT_STATUS } from '../exit-status';
import type { CommandSpec } from '../spec';
import { counted } from '../wording';

export const commands: readonly CommandSpec[] = [
  {
    path: 'reconcile',
    summary: 'settle purchases whose outcome is unknown',
    details:
      'Asks the card processor what became of every open purchase and books the answer. Safe to run at any time and as often as you like. Ends with 7 while the outcome of a card payment is still unknown, and with 11 if the processor contradicts the ledger.',
    examples: [{ command: 'wallet reconcile', says: 'after a time-out, or from cron' }],
    kind: 'change',
    async run(call, cli) {
      const result = await (await cli.wallet()).purchases.reconcile(call.change());
      await cli.show(result, () => describe(result));
      return statusOf(result);
    },
  },
];

/** An invoice that nobody paid yet is no unknown outcome. */
function statusOf({ pending, mismatches }: ReconcileResult): number {
  if (mismatches.length > 0) return EXIT_STATUS.integrity_failure;
  const isUnknown = pending.some(
    ({ paymentMethod, status }) => paymentMethod !== 'billing_account' && status === 'pending',
  );
  return isUnknown ? EXIT_STATUS.payment_pending : 0;
}

function describe({ settled, pending, refunds, mismatches }: ReconcileResult): string {
  const lines = [
    ...settled.map(({ id, credits, status }) => `settled   ${id}  ${credits}  ${status}`),
    ...pending.map(({ id, credits, status }) => `pending   ${id}  ${credits}  ${status}`),
    ...refunds.map(
      ({ id, kind, purchase, credits, status }) => `${kind.padEnd(9)} ${id}  ${credits} of ${purchase}  ${status}`,
    ),
    ...mismatches.map(({ purchase, detail }) => `mismatch  ${purchase}  ${detail}`),
    `${counted(settled.length, 'purchase')} settled, ${pending.length} pending`,
  ];
  return `${lines.join('\n')}\n`;
}
