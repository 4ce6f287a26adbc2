import type { CardRecord } from './payment/card';
import { classifyDecline, isFinal } from './payment/decline';
import type { Attempt, PurchaseRecord } from './payment/purchase';
import { type BlockedCard, cardDetails, RESUMED, type RechargeRuleRecord } from './recharge';
import { addMs, type Instant } from './time';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 1 h, 2 h, 4 h; longer only where more failures are allowed. */
const LONGEST_BACKOFF_HOURS = 24;
/** A fault of the machinery is tried once more, sooner. */
const TECHNICAL_BACKOFF_MS = 5 * MINUTE_MS;
/** How long nothing is charged after the processor has said that too much was tried. */
export const LIMITED_BACKOFF_MS = 24 * HOUR_MS;

/** What the administrators are told of an episode. */
export type EpisodeNotice = 'recharge-failed' | 'recharge-paused' | 'recharge-recovered';

export interface Episode {
  readonly rule: RechargeRuleRecord;
  readonly notice: EpisodeNotice | null;
}

/**
 * What a settled top-up does to its rule: cards that must not be tried again are blocked, a failure backs off 1 h, 2 h,
 * 4 h and pauses in the end, a success clears everything. The first failure is told, the pause, and the recovery.
 * `cards` are those on file now. A top-up that failed without any decline (the processor refused it) is not counted,
 * and one that a person paid on the processor's page tells nothing of the cards: blocks and pauses stay.
 */
export function concludeEpisode(
  rule: RechargeRuleRecord,
  purchase: PurchaseRecord,
  cards: readonly CardRecord[],
  now: Instant,
): Episode {
  if (purchase.state === 'succeeded' && purchase.cards.length === 0)
    return { rule: { ...rule, lastChargeAt: now, lastOutcome: 'recharged' }, notice: null };
  const blocked = withBlocked(rule.blocked, declinesOf(purchase), cards);
  return purchase.state === 'succeeded'
    ? succeeded({ ...rule, blocked }, purchase, now)
    : failed({ ...rule, blocked }, purchase, cards, now);
}

/**
 * What the declines of a purchase that somebody made tell the rule: cards that were refused for good are left alone, and
 * where the processor wants fewer tries nothing is charged for a day. The rule itself where they tell nothing.
 */
export function warned(
  rule: RechargeRuleRecord,
  purchase: PurchaseRecord,
  cards: readonly CardRecord[],
  now: Instant,
): RechargeRuleRecord {
  const declines = declinesOf(purchase);
  const blocked = withBlocked(rule.blocked, declines, cards);
  const isLimited = declines.some((attempt) => classifyDecline(attempt) === 'limited');
  if (!isLimited && blocked.length === rule.blocked.length) return rule;
  return { ...rule, blocked, ...(isLimited ? { retryAt: addMs(now, LIMITED_BACKOFF_MS) } : {}) };
}

function withBlocked(
  before: readonly BlockedCard[],
  declines: readonly Attempt[],
  cards: readonly CardRecord[],
): readonly BlockedCard[] {
  const added = declines.filter(isFinal).flatMap((attempt) => {
    const card = cards.find((each) => each.id === attempt.card);
    const code = attempt.declineCode ?? attempt.advice ?? attempt.code ?? 'declined';
    return card === undefined ? [] : [{ card: card.id, details: cardDetails(card), code }];
  });
  return [...before.filter((each) => !added.some(({ card }) => card === each.card)), ...added];
}

function succeeded(rule: RechargeRuleRecord, purchase: PurchaseRecord, now: Instant): Episode {
  const declined = declinesOf(purchase).map((attempt) => attempt.card);
  const told = [...rule.told.filter((card) => card !== purchase.paymentMethod), ...declined];
  const isNews = declined.some((card) => !rule.told.includes(card));
  const next = {
    ...rule,
    ...RESUMED,
    failingSince: null,
    told: [...new Set(told)],
    lastChargeAt: now,
    lastOutcome: 'recharged',
  };
  if (rule.failingSince !== null) return { rule: next, notice: 'recharge-recovered' };
  return { rule: next, notice: isNews ? 'recharge-failed' : null };
}

function failed(
  rule: RechargeRuleRecord,
  purchase: PurchaseRecord,
  cards: readonly CardRecord[],
  now: Instant,
): Episode {
  const declines = declinesOf(purchase);
  const kinds = declines.map(classifyDecline);
  const isLimited = kinds.includes('limited');
  const isCounted = kinds.some((kind) => kind !== 'limited');
  const failures = rule.failures + (isCounted ? 1 : 0);
  const usable = cards.filter(
    (card) => card.role !== 'none' && !rule.blocked.some(({ card: blocked }) => blocked === card.id),
  );
  const because = usable.length === 0 ? 'no_usable_card' : failures >= rule.maxFailures ? 'failures' : null;
  const hours = Math.min(2 ** Math.max(0, failures - 1), LONGEST_BACKOFF_HOURS);
  const isTechnical = failures === 1 && kinds.every((kind) => kind === 'technical');
  const wait = isLimited ? LIMITED_BACKOFF_MS : isTechnical ? TECHNICAL_BACKOFF_MS : hours * HOUR_MS;
  const next: RechargeRuleRecord = {
    ...rule,
    failures,
    retryAt: because === null ? addMs(now, wait) : null,
    failingSince: rule.failingSince ?? now,
    lastOutcome: 'failed',
    ...(because === null
      ? {}
      : {
          pausedAt: now,
          pausedBecause: because,
          cardsAtPause: cards.filter((card) => card.role !== 'none').map((card) => card.fingerprint),
        }),
  };
  if (because !== null) return { rule: next, notice: 'recharge-paused' };
  return { rule: next, notice: rule.failingSince === null ? 'recharge-failed' : null };
}

/** The attempts of a purchase that a bank declined. */
export function declinesOf(purchase: PurchaseRecord): readonly Attempt[] {
  return purchase.attempts.filter((attempt) => attempt.outcome === 'declined');
}
