import { add, type Credits, ZERO } from './credits';
import { addDays, addMonths, monthIndexOf, type PlainDate } from './date';
import { decide, type Guard, type RechargeRuleRecord, type RechargeState, UNTRIED } from './recharge';
import type { RechargeTerms } from './recharge-terms';
import { addMs, type Calendar, type Instant } from './time';

/** What moved the posted credits, and when. */
export interface Movement {
  readonly at: Instant;
  readonly amount: Credits;
}

/** What the rule would have come to. Balances are posted credits. */
export interface SimulationResult {
  readonly recharges: readonly { readonly at: Instant; readonly credits: Credits; readonly balance: Credits }[];
  readonly stops: readonly { readonly at: Instant; readonly guard: Guard; readonly credits: Credits }[];
  readonly lowest: Credits;
  readonly lowestAt: Instant;
  readonly daysDry: number;
  readonly closing: Credits;
}

interface Setting {
  readonly terms: RechargeTerms;
  readonly opening: Credits;
  readonly from: Instant;
  readonly calendar: Calendar;
  readonly largestPurchase: Credits;
}

/** Guards that are limits of the rule; the others are the ordinary course of it. */
const LIMITS: readonly Guard[] = ['monthly_cap', 'daily_count', 'largest_purchase'];

/**
 * Replays movements under a proposed rule, by the same decision that tops up for real, with a card that always pays. It
 * checks after every movement, and again when a cool-down or the period of a cap ends. Movements come in order of time.
 */
export class RechargeSimulation {
  readonly #setting: Setting;
  readonly #rule: RechargeRuleRecord;
  readonly #recharges: { at: Instant; credits: Credits; balance: Credits }[] = [];
  readonly #stops: { at: Instant; guard: Guard; credits: Credits }[] = [];
  readonly #dry = new Set<PlainDate>();
  #balance: Credits;
  #lowest: { amount: Credits; at: Instant };
  #at: Instant;
  /** When a stop ends by itself. */
  #again: Instant | null = null;
  #stopped: Guard | null = null;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#rule = { ...UNTRIED, ...setting.terms, id: 'simulated', enabled: true, revision: 1, createdAt: setting.from };
    this.#balance = setting.opening;
    this.#at = setting.from;
    this.#lowest = { amount: setting.opening, at: setting.from };
    this.#check(setting.from);
  }

  take({ at, amount }: Movement): void {
    this.#catchUp(at);
    this.#stayedUntil(at);
    this.#balance = add(this.#balance, amount);
    if (this.#balance < this.#lowest.amount) this.#lowest = { amount: this.#balance, at };
    // Dry for a moment is dry: this movement would have been refused.
    if (this.#balance < 0) this.#dry.add(this.#setting.calendar.dateOf(at));
    this.#check(at);
  }

  /** What it came to when nothing more happened until `end`. */
  result(end: Instant): SimulationResult {
    this.#catchUp(end);
    this.#stayedUntil(end);
    return {
      recharges: this.#recharges,
      stops: this.#stops,
      lowest: this.#lowest.amount,
      lowestAt: this.#lowest.at,
      daysDry: this.#dry.size,
      closing: this.#balance,
    };
  }

  /** The checks that fall between two movements. */
  #catchUp(until: Instant): void {
    while (this.#again !== null && this.#again <= until) {
      const at = this.#again;
      this.#stayedUntil(at);
      this.#again = null;
      this.#check(at);
    }
  }

  /** The days from the last moment up to this one, itself left out, were dry if the balance was below zero. */
  #stayedUntil(at: Instant): void {
    const { calendar } = this.#setting;
    if (this.#balance < 0 && at > this.#at) {
      const last = calendar.dateOf(addMs(at, -1));
      for (let day = calendar.dateOf(this.#at); day <= last; day = addDays(day, 1)) this.#dry.add(day);
    }
    this.#at = at;
  }

  #check(at: Instant): void {
    const decision = decide({ ...this.#rule, lastChargeAt: this.#recharges.at(-1)?.at ?? null }, this.#state(at), at);
    if (decision.kind === 'charge') {
      this.#balance = add(this.#balance, decision.credits);
      this.#recharges.push({ at, credits: decision.credits, balance: this.#balance });
      this.#stopped = null;
      this.#again = null;
      return;
    }
    this.#again = this.#endOf(decision.guard, at);
    if (LIMITS.includes(decision.guard) && this.#stopped !== decision.guard)
      this.#stops.push({ at, guard: decision.guard, credits: decision.credits });
    this.#stopped = LIMITS.includes(decision.guard) ? decision.guard : null;
  }

  #endOf(guard: Guard, at: Instant): Instant | null {
    const { calendar, terms } = this.#setting;
    const today = calendar.dateOf(at);
    if (guard === 'cooldown') return addMs(this.#recharges.at(-1)?.at ?? at, terms.cooldownMs);
    if (guard === 'daily_count') return calendar.startOfDay(addDays(today, 1));
    return guard === 'monthly_cap' ? calendar.startOfDay(addMonths(today, 1)) : null;
  }

  #state(at: Instant): RechargeState {
    const { calendar, largestPurchase } = this.#setting;
    const today = calendar.dateOf(at);
    const sum = (total: Credits, each: { credits: Credits }) => add(total, each.credits);
    const made = this.#recharges.filter((each) => monthIndexOf(calendar.dateOf(each.at)) === monthIndexOf(today));
    return {
      available: this.#balance,
      pendingIn: ZERO,
      unresolved: null,
      awaited: null,
      leftToday: null,
      frozen: false,
      chargedThisMonth: made.reduce(sum, ZERO),
      madeToday: made.filter((each) => calendar.dateOf(each.at) === today).length,
      cards: ['a card that pays'],
      largestPurchase,
    };
  }
}
