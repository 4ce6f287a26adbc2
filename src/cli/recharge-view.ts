import type { Purchase } from '../contract/purchases';
import type { RechargeCheck, RechargeEvaluation, RechargeRule } from '../contract/recharge';
import type { Column } from '../output/view';
import type { Cli, Styled } from './cli';

/** A top-up in a row. */
export const TOP_UPS: readonly Column<Purchase>[] = [
  { key: 'id', title: 'Id', kind: 'text', cell: (purchase) => purchase.id },
  { key: 'created_at', title: 'Created', kind: 'time', cell: (purchase) => purchase.createdAt },
  { key: 'status', title: 'Status', kind: 'text', cell: (purchase) => purchase.status },
  { key: 'credits', title: 'Credits', kind: 'amount', cell: (purchase) => purchase.credits },
  { key: 'payment_method', title: 'Paid by', kind: 'text', cell: (purchase) => purchase.paymentMethod, spare: 1 },
  { key: 'failure', title: 'Failure', kind: 'text', cell: (purchase) => purchase.failure?.code ?? null },
];

/** An evaluation of the rule in a row. */
export const EVALUATIONS: readonly Column<RechargeEvaluation>[] = [
  { key: 'time', title: 'Time', kind: 'time', cell: (each) => each.time },
  { key: 'times', title: 'Times', kind: 'count', cell: (each) => each.times },
  { key: 'outcome', title: 'Outcome', kind: 'text', cell: (each) => each.outcome, whole: true },
  { key: 'guard', title: 'Guard', kind: 'text', cell: (each) => each.guard, whole: true },
  { key: 'available', title: 'Available', kind: 'amount', cell: (each) => text(each.inputs.available) },
  { key: 'pending', title: 'Pending', kind: 'amount', cell: (each) => text(each.inputs.pending) },
  { key: 'below', title: 'Below', kind: 'amount', cell: (each) => text(each.inputs.below) },
  { key: 'top_up', title: 'Top-up', kind: 'amount', cell: (each) => text(each.inputs.topUp) },
  { key: 'reason', title: 'Why', kind: 'text', cell: (each) => each.reason },
  { key: 'purchase', title: 'Purchase', kind: 'text', cell: (each) => each.purchase, dataOnly: true },
];

/** What a check came to, beyond its outcome. */
export function whyNot({ outcome, reason, purchase }: RechargeCheck): string {
  if (purchase === undefined) return outcome === 'not_needed' || outcome === 'recharged' ? '' : `: ${reason}`;
  const { id, credits, failure } = purchase;
  const substitute = failure?.replacedBy === undefined ? '' : `; to pay it: wallet purchase show ${failure.replacedBy}`;
  return `: ${credits} credits (${id})${failure === null ? '' : `, ${failure.message}${substitute}`}`;
}

/** The rule and where it stands, a fact a line. */
export async function describeRule(rule: RechargeRule | null, cli: Cli): Promise<Styled | string> {
  if (rule === null) return 'there is no auto top-up rule; set one with: wallet recharge set --below 50 --amount 100\n';
  const clock = await cli.clock();
  const { paused, backingOffUntil, lastAttempt } = rule;
  return cli.facts([
    ['auto top-up', rule.enabled ? 'on' : 'off'],
    ['below', rule.below],
    rule.amount === null ? ['refill to', rule.refillTo ?? '-'] : ['amount', rule.amount],
    ['monthly cap', rule.monthlyCap ?? 'none'],
    ['this month', rule.spentThisMonth],
    ['a day', `${rule.dailyCount} at most`],
    ['cool-down', rule.cooldown],
    ['failures', `${rule.failures} of ${rule.maxFailures}`],
    ...(paused === null ? [] : [['paused', `${clock(paused.at)}, ${paused.reason.replaceAll('_', ' ')}`] as const]),
    ...(backingOffUntil === null ? [] : [['tries again', clock(backingOffUntil)] as const]),
    ...rule.blockedCards.map(({ card, code }) => ['left alone', `${card} (${code})`] as const),
    ['last attempt', lastAttempt === null ? 'none yet' : `${clock(lastAttempt.at)}, ${lastAttempt.outcome}`],
  ]);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
