import { type Credits, formatCredits, MICRO_PER_CREDIT, parseCredits, quote } from './credits';
import { parseDuration } from './duration';
import { WalletError } from './errors';
import { parsePurchaseAmount } from './payment/purchase';
import type { RechargeRuleRecord } from './recharge';

/** The part of a rule that people set. */
export type RechargeTerms = Pick<
  RechargeRuleRecord,
  'below' | 'amount' | 'refillTo' | 'monthlyCap' | 'dailyCount' | 'cooldownMs' | 'maxFailures'
>;

/** Terms as typed; undefined is what was not said. */
export type TypedTerms = Readonly<
  Partial<
    Record<
      'below' | 'amount' | 'refillTo' | 'monthlyCap' | 'dailyCount' | 'cooldown' | 'maxFailures',
      string | undefined
    >
  >
>;

const DEFAULTS = { dailyCount: 5, cooldownMs: 600_000, maxFailures: 3 };
const MOST_A_DAY = 100;
const MOST_FAILURES = 10;

/**
 * Reads a rule as typed, over the one there was. Throws `invalid_usage` where threshold or amount is missing,
 * `invalid_amount`, `limit_exceeded`, `invalid_time` or `invalid_value` for terms that can't be.
 */
export function parseTerms(typed: TypedTerms, before: RechargeTerms | undefined, largest: Credits): RechargeTerms {
  const below = typed.below === undefined ? before?.below : parseCredits(typed.below, 'threshold');
  if (below === undefined) throw missing('a threshold', '--below AMOUNT');
  if (typed.amount !== undefined && typed.refillTo !== undefined)
    throw refused('an amount and a target contradict each other', 'name one: --amount AMOUNT or --refill-to AMOUNT');
  const terms = {
    below,
    ...parseSize(typed, before, largest),
    monthlyCap: parseCap(typed.monthlyCap, before?.monthlyCap ?? null),
    dailyCount: parseCount(typed.dailyCount, 'daily count', before?.dailyCount ?? DEFAULTS.dailyCount, MOST_A_DAY),
    cooldownMs:
      typed.cooldown === undefined
        ? (before?.cooldownMs ?? DEFAULTS.cooldownMs)
        : parseDuration(typed.cooldown, 'cool-down'),
    maxFailures: parseCount(
      typed.maxFailures,
      'number of failures',
      before?.maxFailures ?? DEFAULTS.maxFailures,
      MOST_FAILURES,
    ),
  };
  checkTogether(terms);
  return terms;
}

function parseSize(typed: TypedTerms, before: RechargeTerms | undefined, largest: Credits) {
  if (typed.amount !== undefined) return { amount: parsePurchaseAmount(typed.amount, largest), refillTo: null };
  if (typed.refillTo !== undefined) return { amount: null, refillTo: parsePurchaseAmount(typed.refillTo) };
  if (before === undefined) throw missing('an amount', '--amount AMOUNT or --refill-to AMOUNT');
  return { amount: before.amount, refillTo: before.refillTo };
}

function parseCap(typed: string | undefined, before: Credits | null): Credits | null {
  if (typed === undefined) return before;
  return typed === 'none' ? null : parseCredits(typed, 'monthly cap');
}

function parseCount(typed: string | undefined, what: string, before: number, most: number): number {
  if (typed === undefined) return before;
  const count = /^[1-9][0-9]{0,3}$/.test(typed) ? Number(typed) : Number.NaN;
  if (count <= most) return count;
  throw refused(`the ${what} ${quote(typed)} is not valid`, `write a whole number from 1 to ${most}`);
}

function checkTogether({ below, amount, refillTo, monthlyCap }: RechargeTerms): void {
  if (refillTo !== null && refillTo < below + MICRO_PER_CREDIT) {
    throw refused(
      `refilling to ${formatCredits(refillTo)} does not bring the balance above ${formatCredits(below)}`,
      'the target must be at least 1.00 above the threshold',
    );
  }
  if (monthlyCap !== null && amount !== null && monthlyCap < amount) {
    throw refused(
      `the monthly cap ${formatCredits(monthlyCap)} is below one top-up of ${formatCredits(amount)}`,
      'raise --monthly-cap, or lower --amount',
      'the rule could never fire',
    );
  }
}

function missing(what: string, option: string): WalletError {
  return new WalletError('invalid_usage', `${what} is missing`, {
    why: 'a rule says when to top up and by how much',
    hint: `add ${option}`,
  });
}

function refused(message: string, hint: string, why = 'the rule was not changed'): WalletError {
  return new WalletError('invalid_value', message, { why, hint });
}
