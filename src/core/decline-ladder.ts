import type { CardRecord } from './payment/card';
import type { Attempt, PurchaseRecord } from './payment/purchase';
import { type BlockedCard, cardDetails, RESUMED, type RechargeRuleRecord } from './recharge';
import { addMs, type Instant } from './time';

/** How a decline is answered: `hard` never again with this card, `authentication` a person must act, `soft` later. */
export type DeclineClass = 'hard' | 'authentication' | 'soft' | 'technical';

/** Of Stripe's codes, those that say never again with this card (payments-and-faults, 1.3). */
const HARD: ReadonlySet<string> = new Set(
  `lost_card stolen_card pickup_card restricted_card fraudulent merchant_blacklist security_violation invalid_account
   card_not_supported currency_not_supported transaction_not_allowed not_permitted service_not_allowed
   stop_payment_order revocation_of_authorization revocation_of_all_authorizations new_account_information_available
   expired_card incorrect_number invalid_number incorrect_cvc invalid_cvc invalid_expiry_month invalid_expiry_year
   do_not_try_again resource_missing`.split(/\s+/),
);
const AUTHENTICATION: ReadonlySet<string> = new Set([
  'authentication_required',
  'approve_with_id',
  'offline_pin_required',
]);
/** Trouble of the key or of rates, not of the card: never counted. */
const TECHNICAL: ReadonlySet<string> = new Set([
  'rate_limit',
  'lock_timeout',
  'idempotency_error',
  'card_decline_rate_limit_exceeded',
  'payment_intent_rate_limit_exceeded',
]);
const HOUR_MS = 3_600_000;
/** 1 h, 2 h, 4 h; longer only where more failures are allowed. */
const LONGEST_BACKOFF_HOURS = 24;

/** What kind of decline the codes mean. An unknown code is soft: it may pass. */
export function classifyDecline(attempt: Pick<Attempt, 'code' | 'declineCode'>): DeclineClass {
  const codes = [attempt.declineCode, attempt.code].filter((code) => code !== null);
  if (codes.some((code) => AUTHENTICATION.has(code))) return 'authentication';
  if (codes.some((code) => HARD.has(code))) return 'hard';
  return codes.some((code) => TECHNICAL.has(code)) ? 'technical' : 'soft';
}

/** What the administrators are told of an episode. */
export type EpisodeNotice = 'recharge-failed' | 'recharge-paused' | 'recharge-recovered';

export interface Episode {
  readonly rule: RechargeRuleRecord;
  readonly notice: EpisodeNotice | null;
}

/**
 * What a settled top-up does to its rule: cards that must not be tried again are blocked, a failure backs off 1 h, 2 h,
 * 4 h and pauses in the end, a success clears everything. The first failure is told, the pause, and the recovery.
 * `cards` are those on file now. A top-up that failed without any decline (the processor refused it) is not counted.
 */
export function concludeEpisode(
  rule: RechargeRuleRecord,
  purchase: PurchaseRecord,
  cards: readonly CardRecord[],
  now: Instant,
): Episode {
  const blocked = withBlocked(rule.blocked, purchase, cards);
  return purchase.state === 'succeeded'
    ? succeeded({ ...rule, blocked }, purchase, now)
    : failed({ ...rule, blocked }, purchase, cards, now);
}

function withBlocked(
  before: readonly BlockedCard[],
  purchase: PurchaseRecord,
  cards: readonly CardRecord[],
): readonly BlockedCard[] {
  const refused = declinesOf(purchase).filter((attempt) => {
    const kind = classifyDecline(attempt);
    return kind === 'hard' || kind === 'authentication';
  });
  const added = refused.flatMap((attempt) => {
    const card = cards.find((each) => each.id === attempt.card);
    const code = attempt.declineCode ?? attempt.code ?? 'declined';
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
  const isCounted = declines.some((attempt) => classifyDecline(attempt) !== 'technical');
  const failures = rule.failures + (isCounted ? 1 : 0);
  const usable = cards.filter(
    (card) => card.role !== 'none' && !rule.blocked.some(({ card: blocked }) => blocked === card.id),
  );
  const because = usable.length === 0 ? 'no_usable_card' : failures >= rule.maxFailures ? 'failures' : null;
  const hours = Math.min(2 ** Math.max(0, failures - 1), LONGEST_BACKOFF_HOURS);
  const next: RechargeRuleRecord = {
    ...rule,
    failures,
    retryAt: because === null ? addMs(now, hours * HOUR_MS) : null,
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
