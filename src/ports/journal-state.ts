import type { Grant } from '../core/credit/grant';
import type { Hold } from '../core/credit/hold';
import type { MonthTotal } from '../core/ledger/totals';
import type { WalletState } from '../core/ledger/wallet-state';
import type { Instant } from '../core/time';

/** What a journal has to know, beside what it always does. */
export interface JournalNeeds {
  readonly now: Instant;
  readonly months?: readonly Pick<MonthTotal, 'kind' | 'name' | 'month'>[];
}

/** What a journal starts from. */
export interface JournalState {
  readonly wallet: WalletState;
  /** The moment that a write now bears: the log's own clock never runs backwards. */
  readonly at: Instant;
  /** Those with something remaining. */
  readonly grants: readonly Grant[];
  /** Open holds that have reached their end by then. */
  readonly dueHolds: readonly Hold[];
  /** The month totals that were asked for, in their order. */
  readonly months: readonly MonthTotal[];
}
