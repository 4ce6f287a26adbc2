import type { Changed, ChangeOptions, Page } from './calls';
import type { Decimal, Timestamp } from './values';

/** A month that was proved and sealed. */
export interface ClosedPeriod {
  /** `2026-10`. */
  readonly period: string;
  readonly from: Timestamp;
  readonly to: Timestamp;
  readonly timeZone: string;
  readonly opening: Decimal;
  readonly closing: Decimal;
  /** SHA-256 of the statement: the same for as long as nobody meddles. */
  readonly digest: string;
  readonly closedAt: Timestamp;
}

export interface PeriodOperations {
  /** Proves a month that has ended and seals its statement in the chain. */
  close(request: ChangeOptions & { period: string }): Promise<Changed & { period: ClosedPeriod }>;
  list(): Promise<Page & { periods: readonly ClosedPeriod[] }>;
}
