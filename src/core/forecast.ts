import { type Credits, fromMicro, MICRO_PER_CREDIT, ZERO } from './credits';
import type { PlainDate } from './date';
import { DAY_MS, type Instant, instantFromMs } from './time';

/** Fewer whole days than this since the first use say too little. */
const LEAST_DAYS = 7;
/** And so do fewer days on which anything was used. */
const LEAST_DAYS_OF_USE = 3;
/** The burn of the busiest and of the quietest stretch of so many days are the ends of the range. */
const STRETCH_DAYS = 7;
/** A threshold lasts so long at the busiest rate: time to mend a card over a weekend. */
const DAYS_BELOW = 3;
/** A top-up lasts so long at the average rate. */
const DAYS_PER_TOP_UP = 14;
/** What runs out later than this is no forecast any more. */
const HORIZON_DAYS = 3660;

/** Credits that usage took on one day, less what was reversed of that same usage: never of top-ups, gifts or refunds. */
export interface DayOfUse {
  readonly day: PlainDate;
  readonly used: Credits;
}

/** Credits that lapse at an instant unless they are used before; null never do. */
export interface Supply {
  readonly remaining: Credits;
  readonly expiresAt: Instant | null;
}

/** An amount of credits in a number of days: a rate that is exact. */
interface Rate {
  readonly micro: number;
  readonly days: number;
}

export interface Burn {
  readonly average: Rate;
  /** The busiest and the quietest stretch of days there was. */
  readonly fastest: Rate;
  readonly slowest: Rate;
  /** Whole days looked at. */
  readonly days: number;
}

/**
 * How fast credits are used, from whole days in `first` to `last` (both included): days before the first use do not
 * count, later days without use do. Undefined where that is too little history.
 */
export function measureBurn(used: readonly DayOfUse[], first: PlainDate, last: PlainDate): Burn | undefined {
  const days = last - first + 1;
  const byDay = new Map(used.map((each) => [each.day, each.used]));
  const daysOfUse = [...byDay].filter(([day, amount]) => amount > 0 && day >= first && day <= last).length;
  if (days < LEAST_DAYS || daysOfUse < LEAST_DAYS_OF_USE) return undefined;
  const amounts = Array.from({ length: days }, (_, at) => Math.max(0, byDay.get((first + at) as PlainDate) ?? 0));
  const length = Math.min(STRETCH_DAYS, Math.ceil(days / 2));
  const sums = stretches(amounts, length);
  return {
    average: { micro: fromMicro(amounts.reduce((sum, amount) => sum + amount, 0)), days },
    fastest: { micro: Math.max(...sums), days: length },
    slowest: { micro: Math.min(...sums), days: length },
    days,
  };
}

/** The sums of every run of `length` neighbouring days. */
function stretches(amounts: readonly number[], length: number): readonly number[] {
  let sum = amounts.slice(0, length).reduce((total, amount) => total + amount, 0);
  const sums = [sum];
  for (let at = length; at < amounts.length; at += 1) {
    sum += (amounts[at] ?? 0) - (amounts[at - length] ?? 0);
    sums.push(sum);
  }
  return sums;
}

/** Credits a day, rounded half up to a micro-credit. */
export function perDay({ micro, days }: Rate): Credits {
  return fromMicro(Math.floor((2 * micro + days) / (2 * days)));
}

/**
 * When the supplies are used up at that rate: those that lapse first are used first, and what lapses unused is lost.
 * `taken` is what of them is not available: held credits. Null where they last for ten years or for ever.
 */
export function runsDryAt(supplies: readonly Supply[], taken: Credits, rate: Rate, now: Instant): Instant | null {
  const usable = usableCredits(supplies, taken, rate, now);
  if (usable <= 0n) return now;
  if (rate.micro === 0) return null;
  const ms = (usable * BigInt(rate.days) * BigInt(DAY_MS)) / BigInt(rate.micro);
  return ms > BigInt(HORIZON_DAYS * DAY_MS) ? null : instantFromMs(now + Number(ms));
}

/** Of credits that lapse at an instant, and of those before them, no more can be used than the rate uses until then. */
function usableCredits(supplies: readonly Supply[], taken: Credits, rate: Rate, now: Instant): bigint {
  const inOrder = [...supplies].sort((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
  let usable = -BigInt(taken);
  for (const { remaining, expiresAt } of inOrder) {
    usable += BigInt(remaining);
    if (expiresAt === null) continue;
    const most = (BigInt(rate.micro) * BigInt(Math.max(0, expiresAt - now))) / (BigInt(rate.days) * BigInt(DAY_MS));
    if (usable > most) usable = most;
  }
  return usable;
}

/** A rule that fits the burn, in whole credits, rounded up; null where nothing is used, or no rule is allowed to be so large. */
export function suggestRule(burn: Burn, largest: Credits): { below: Credits; amount: Credits } | null {
  if (burn.average.micro === 0) return null;
  const amount = wholeCredits(burn.average, DAYS_PER_TOP_UP);
  return { below: wholeCredits(burn.fastest, DAYS_BELOW), amount: amount < largest ? amount : largest };
}

function wholeCredits({ micro, days }: Rate, times: number): Credits {
  const credits = (BigInt(micro) * BigInt(times) - 1n) / (BigInt(days) * BigInt(MICRO_PER_CREDIT)) + 1n;
  return micro === 0 ? ZERO : fromMicro(Number(credits) * MICRO_PER_CREDIT);
}
