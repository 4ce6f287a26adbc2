import { add, type Credits, fromMicro, MICRO_PER_CREDIT, subtract, times, ZERO } from './credits';
import { assert } from './errors';
import type { CardRecord } from './payment/card';
import type { Instant } from './time';

/** Why a rule has stopped until somebody acts. */
type PauseReason = 'failures' | 'no_usable_card';

/** A card that auto top-up leaves alone until it is edited or replaced. */
export interface BlockedCard {
  readonly card: string;
  /** What could be edited of it when it was blocked: `cardDetails`. */
  readonly details: string;
  readonly code: string;
}

/** The auto top-up rule of an organisation, with what came of it so far. */
export interface RechargeRuleRecord {
  readonly id: string;
  readonly enabled: boolean;
  /** Tops up when what is available falls strictly below it. */
  readonly below: Credits;
  /** A fixed amount, or null for a refill up to `refillTo`. */
  readonly amount: Credits | null;
  readonly refillTo: Credits | null;
  /** The most that may be charged in a calendar month. */
  readonly monthlyCap: Credits | null;
  /** The most top-ups of a day. */
  readonly dailyCount: number;
  readonly cooldownMs: number;
  readonly maxFailures: number;
  /** Counts how often the rule was set: part of the key of every purchase it makes. */
  readonly revision: number;
  /** Counts the purchases it made: part of the key of the next one. */
  readonly attempts: number;
  /** Failed episodes in a row. */
  readonly failures: number;
  /** Backing off until then. */
  readonly retryAt: Instant | null;
  readonly pausedAt: Instant | null;
  readonly pausedBecause: PauseReason | null;
  /** Fingerprints of the cards there were when it paused: a different one lets it go on. */
  readonly cardsAtPause: readonly string[];
  readonly blocked: readonly BlockedCard[];
  /** Since when top-ups fail: the administrators were told then. */
  readonly failingSince: Instant | null;
  /** Cards whose decline was told, though another card paid. */
  readonly told: readonly string[];
  /** The guard and period that were told to have stopped it. */
  readonly toldCap: string | null;
  readonly lastChargeAt: Instant | null;
  readonly lastAttemptAt: Instant | null;
  readonly lastOutcome: string | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** What the decision depends on beside the rule, read in the write that acts on it. */
export interface RechargeState {
  /** posted - held. */
  readonly available: Credits;
  /** Card purchases under way. */
  readonly pendingIn: Credits;
  /** A top-up whose outcome is not known: no second one beside it. */
  readonly unresolved: string | null;
  /** A top-up that a person has to pay: it is closed before another card is charged. */
  readonly awaited: string | null;
  /** Top-ups of this calendar month that were paid or may be. */
  readonly chargedThisMonth: Credits;
  /** Top-ups asked for today, failed ones included. */
  readonly madeToday: number;
  /** Cards that may be charged, in their order. */
  readonly cards: readonly string[];
  readonly largestPurchase: Credits;
  /** What the organisation may still buy today; null for no limit. */
  readonly leftToday: Credits | null;
  /** Whether the bank disputes a payment and nobody has looked at it. */
  readonly frozen: boolean;
}

export type RechargeOutcome =
  | 'not_needed'
  | 'recharged'
  | 'pending'
  | 'failed'
  | 'capped'
  | 'cooling_down'
  | 'paused'
  | 'disabled';

/** What let the rule fire, or stopped it. */
export type Guard =
  | 'none'
  | 'no_rule'
  | 'off'
  | 'enough'
  | 'unresolved_top_up'
  | 'pending_covers_it'
  | 'failures'
  | 'no_usable_card'
  | 'no_card'
  | 'backing_off'
  | 'cooldown'
  | 'monthly_cap'
  | 'daily_count'
  | 'largest_purchase'
  | 'daily_limit'
  | 'disputed'
  | 'awaits_person';

export type RechargeDecision =
  | { readonly kind: 'charge'; readonly credits: Credits; readonly guard: 'none' }
  | { readonly kind: 'stop'; readonly outcome: RechargeOutcome; readonly guard: Guard; readonly credits: Credits };

/** A cent: what a card can be charged in. */
const CENT = MICRO_PER_CREDIT / 100;
const SMALLEST_PURCHASE = fromMicro(MICRO_PER_CREDIT);

/**
 * Whether to top up now, and by how much. Pure: all it knows is in its arguments. The first guard that stops it is
 * named; `credits` is what a top-up would have come to, zero where none is needed. A rule that needs no credits now
 * answers `not_needed` even while it is paused or capped.
 */
export function decide(rule: RechargeRuleRecord | undefined, state: RechargeState, now: Instant): RechargeDecision {
  if (rule === undefined) return stop('disabled', 'no_rule');
  if (!rule.enabled) return stop('disabled', 'off');
  if (state.unresolved !== null) return stop('pending', 'unresolved_top_up');
  if (state.available >= rule.below) return stop('not_needed', 'enough');
  const expected = add(state.available, state.pendingIn);
  if (expected >= rule.below) return stop('pending', 'pending_covers_it');
  const credits = topUpAmount(rule, expected);
  if (state.frozen) return stop('paused', 'disputed', credits);
  if (rule.pausedAt !== null) return stop('paused', rule.pausedBecause ?? 'failures', credits);
  if (state.cards.length === 0) return stop('failed', 'no_card', credits);
  if (rule.retryAt !== null && now < rule.retryAt) return stop('cooling_down', 'backing_off', credits);
  if (rule.lastChargeAt !== null && now < rule.lastChargeAt + rule.cooldownMs)
    return stop('cooling_down', 'cooldown', credits);
  if (rule.monthlyCap !== null && add(state.chargedThisMonth, credits) > rule.monthlyCap)
    return stop('capped', 'monthly_cap', credits);
  if (state.madeToday >= rule.dailyCount) return stop('capped', 'daily_count', credits);
  if (credits > state.largestPurchase) return stop('capped', 'largest_purchase', credits);
  if (state.leftToday !== null && credits > state.leftToday) return stop('capped', 'daily_limit', credits);
  return { kind: 'charge', credits, guard: 'none' };
}

/**
 * What one charge comes to when `expected` credits are there or under way: the gap to the target, in whole cents; or
 * the smallest whole multiple of the amount that brings them back to the threshold.
 */
function topUpAmount(rule: Pick<RechargeRuleRecord, 'below' | 'amount' | 'refillTo'>, expected: Credits): Credits {
  if (rule.amount === null) {
    assert(rule.refillTo !== null, 'a rule buys an amount or refills to one');
    const gap = Math.ceil(subtract(rule.refillTo, expected) / CENT) * CENT;
    return fromMicro(Math.max(gap, SMALLEST_PURCHASE));
  }
  const gap = subtract(rule.below, expected);
  return times(rule.amount, Math.max(1, Math.ceil(gap / rule.amount)));
}

/** What of a card can be edited, as one text: a card that was blocked may be tried again once it differs. */
export function cardDetails(card: CardRecord): string {
  return JSON.stringify([card.expMonth, card.expYear, card.name, card.email, card.address]);
}

/** Blocks and pauses that no longer hold: the card was edited or is gone, or a different card is there. */
export function released(rule: RechargeRuleRecord, cards: readonly CardRecord[]): RechargeRuleRecord {
  const known = new Map(cards.map((card) => [card.id, card]));
  const blocked = rule.blocked.filter(({ card, details }) => {
    const current = known.get(card);
    return current !== undefined && cardDetails(current) === details;
  });
  const chargeable = cards.filter((card) => card.role !== 'none' && !blocked.some((each) => each.card === card.id));
  const isDifferent = chargeable.some((card) => !rule.cardsAtPause.includes(card.fingerprint));
  const goesOn =
    rule.pausedAt !== null && (isDifferent || (rule.pausedBecause === 'no_usable_card' && chargeable.length > 0));
  if (!goesOn) return blocked.length === rule.blocked.length ? rule : { ...rule, blocked };
  return { ...rule, ...RESUMED, blocked };
}

/** The fields of a rule that has nothing against it. */
export const RESUMED = { failures: 0, retryAt: null, pausedAt: null, pausedBecause: null, cardsAtPause: [] } as const;

/** What a rule is before anything has come of it, beside the terms that people set. */
export const UNTRIED = {
  attempts: 0,
  ...RESUMED,
  blocked: [],
  failingSince: null,
  told: [],
  toldCap: null,
  lastChargeAt: null,
  lastAttemptAt: null,
  lastOutcome: null,
  version: 1,
} as const;

function stop(outcome: RechargeOutcome, guard: Guard, credits: Credits = ZERO): RechargeDecision {
  return { kind: 'stop', outcome, guard, credits };
}
