import type { Decimal, Range, Timestamp } from './values';

/** What is said where too few days were seen to tell. */
type TooLittle = 'too little history';

/** Between when and when the wallet runs dry: by its busiest and its quietest days. `latest` is null for no end in sight. */
interface DryRange {
  readonly earliest: Timestamp | null;
  readonly latest: Timestamp | null;
}

export interface Forecast {
  /** Credits that usage takes on an average day, rounded half up to six places; null where too little is known. */
  readonly burnPerDay: Decimal | null;
  /** When what is available is used up at that rate; null where nothing is used, or too little is known. */
  readonly runsDryAt: Timestamp | null;
  readonly runsDry: DryRange | null;
  /** A rule that fits; null where there is none. */
  readonly suggested: { readonly below: Decimal; readonly amount: Decimal } | null;
  /** Why something above is null. */
  readonly reason: TooLittle | 'nothing is used' | null;
  readonly available: Decimal;
  /** Whole days that were counted, from the first use on. */
  readonly days: number;
  readonly range: Range;
  readonly rounding: string;
}

/** What lapses or falls due. */
type UpcomingKind = 'grant_expires' | 'hold_expires' | 'card_expires' | 'invoice_due' | 'runs_dry';

export interface UpcomingItem {
  readonly at: Timestamp;
  readonly kind: UpcomingKind;
  /** The id of what it is about; the organisation's name where it is the wallet. */
  readonly subject: string;
  /** What lapses, or has to be paid; null where it is no amount. */
  readonly credits: Decimal | null;
  readonly detail: string;
}

export interface Upcoming {
  readonly upcoming: readonly UpcomingItem[];
  readonly next: null;
  readonly within: string;
  /** Until when it looks. */
  readonly until: Timestamp;
  readonly runsDry: DryRange | TooLittle | null;
}

/** A rule to try against what happened: terms as typed. */
export interface SimulationRequest {
  readonly below: string;
  readonly amount?: string;
  readonly refillTo?: string;
  readonly monthlyCap?: string;
  readonly dailyCount?: string;
  readonly cooldown?: string;
  readonly period?: string;
}

export interface SimulatedRecharge {
  readonly at: Timestamp;
  readonly credits: Decimal;
  /** Posted credits after it. */
  readonly balance: Decimal;
}

/** A top-up that was needed and that a limit of the rule stopped: once for each stretch. */
interface SimulatedStop {
  readonly at: Timestamp;
  readonly guard: string;
  readonly credits: Decimal;
}

export interface Simulation {
  readonly recharges: readonly SimulatedRecharge[];
  readonly charged: Decimal;
  readonly lowestBalance: Decimal;
  readonly lowestAt: Timestamp;
  /** Days on which the balance was below zero at some time: usage that would have been refused. */
  readonly daysDry: number;
  readonly capHits: readonly SimulatedStop[];
  readonly opening: Decimal;
  readonly closing: Decimal;
  readonly range: Range;
  readonly granularity: string;
}
