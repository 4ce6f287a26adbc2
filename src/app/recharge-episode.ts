import { formatCredits } from '../core/credits';
import { concludeEpisode, declinesOf, type EpisodeNotice, warned } from '../core/decline-ladder';
import type { CardRecord } from '../core/payment/card';
import { classifyDecline } from '../core/payment/decline';
import type { PurchaseRecord } from '../core/payment/purchase';
import type { RechargeRuleRecord } from '../core/recharge';
import { formatInstant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import { type NoticeDraft, raise } from './notices';
import { RULE_ID } from './recharge-state';
import type { Session } from './session';

/**
 * What a settled top-up does to its rule, in the write that settles it, whoever drove it there: so each episode counts
 * once and is told once.
 */
export async function concludeTopUp(unit: LedgerUnit, session: Session, purchase: PurchaseRecord): Promise<void> {
  const stored = await unit.records.recharge_rules.find(RULE_ID);
  if (stored === undefined || isCalledOff(stored, purchase)) return;
  const cards = await unit.records.cards.list({ removedAt: null });
  const { rule, notice } = concludeEpisode(stored, purchase, cards, session.now());
  await unit.records.recharge_rules.update(rule);
  const [evaluation] = await unit.records.evaluations.list({ purchase: purchase.id }, { limit: 1 });
  const outcome = purchase.state === 'succeeded' ? 'recharged' : 'failed';
  if (evaluation !== undefined) await unit.records.evaluations.update({ ...evaluation, outcome });
  if (notice !== null) await raise(unit, session, draftOf(notice, rule, purchase, cards));
}

/** Given up because the rule was switched off: nothing went wrong, and there is nothing to tell. */
function isCalledOff({ enabled }: RechargeRuleRecord, { state, failure }: PurchaseRecord): boolean {
  return !enabled && state === 'failed' && failure?.code === 'cancelled';
}

/** What a decline of a purchase that somebody made means for the rule, in the write that puts it on record. */
export async function warnRule(unit: LedgerUnit, session: Session, purchase: PurchaseRecord): Promise<void> {
  const rule = await unit.records.recharge_rules.find(RULE_ID);
  if (rule === undefined) return;
  const next = warned(rule, purchase, await unit.records.cards.list({ removedAt: null }), session.now());
  if (next !== rule) await unit.records.recharge_rules.update(next);
}

const TITLES: Readonly<Record<EpisodeNotice, string>> = {
  'recharge-failed': 'Auto top-up: the card was declined',
  'recharge-paused': 'Auto top-up has paused',
  'recharge-recovered': 'Auto top-up works again',
};

function draftOf(
  kind: EpisodeNotice,
  rule: RechargeRuleRecord,
  purchase: PurchaseRecord,
  cards: readonly CardRecord[],
): NoticeDraft {
  const nameOf = (id: string) => {
    const card = cards.find((each) => each.id === id);
    return card === undefined ? id : `${card.brand} ending ${card.last4}`;
  };
  const declines = declinesOf(purchase).map(
    (attempt) => `${nameOf(attempt.card)}: ${attempt.message ?? 'declined'}${adviceOf(classifyDecline(attempt))}`,
  );
  const paid =
    purchase.state === 'succeeded'
      ? `${formatCredits(purchase.credits)} credits were bought with ${nameOf(purchase.paymentMethod)}.`
      : `${formatCredits(purchase.credits)} credits could not be bought; nothing was charged.`;
  return {
    kind,
    subject: `${kind}:${purchase.id}`,
    recovered: kind === 'recharge-recovered',
    value: formatCredits(purchase.credits),
    title: titleOf(kind, purchase),
    lines: [paid, ...(declines.length === 0 ? whyNot(purchase) : declines), nextOf(kind, rule)],
  };
}

function titleOf(kind: EpisodeNotice, purchase: PurchaseRecord): string {
  if (kind !== 'recharge-failed') return TITLES[kind];
  if (purchase.state === 'succeeded') return 'Auto top-up: the backup card paid';
  return declinesOf(purchase).length === 0 ? 'Auto top-up: the payment was not made' : TITLES[kind];
}

/** What kept a top-up from being paid where no bank said no. */
function whyNot({ failure }: PurchaseRecord): readonly string[] {
  return failure === null ? [] : [`Why: ${failure.message}.`];
}

function adviceOf(kind: ReturnType<typeof classifyDecline>): string {
  if (kind === 'hard') return '; it is not tried again until it is edited or replaced';
  if (kind === 'limited') return '; too much was tried, so nothing is for a day';
  return kind === 'authentication' ? '; the bank wants the card holder to act, so it is not tried again by itself' : '';
}

function nextOf(kind: EpisodeNotice, rule: RechargeRuleRecord): string {
  if (kind === 'recharge-paused')
    return 'It goes on with a different card (wallet card add), or when you say so: wallet recharge on';
  if (rule.retryAt !== null) return `It tries again after ${formatInstant(rule.retryAt)}.`;
  return 'See: wallet recharge history';
}
