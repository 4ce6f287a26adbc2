import type { Grant } from '../credit/grant';
import type { Entry } from './entry';
import type { DayTotal, MonthTotal } from './totals';
import type { WalletState } from './wallet-state';

/** Everything a write may have to know to decide, read once. */
export interface LedgerState {
  readonly wallet: WalletState;
  /** Every grant with something remaining, and any other the write will touch. */
  readonly grants: readonly Grant[];
  /** The month totals the write will read or change, zero ones included. */
  readonly months: readonly MonthTotal[];
}

/** What to write for the entries that were made. */
export interface Posting {
  /** Those that were not taken before. */
  readonly entries: readonly Entry[];
  readonly wallet: WalletState;
  readonly opened: readonly Grant[];
  readonly changed: readonly Grant[];
  /** Additions to the daily totals. */
  readonly days: readonly DayTotal[];
  /** Additions to the month totals. */
  readonly months: readonly MonthTotal[];
}
