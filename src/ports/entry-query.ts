import type { Credits } from '../core/credits';
import type { PlainDate } from '../core/date';
import type { EntryType } from '../core/ledger/chart';
import type { Instant } from '../core/time';

/** What a page of entries is asked by. Lists mean "any of"; empty lists are absent. */
export interface EntryQuery {
  readonly types?: readonly EntryType[];
  readonly services?: readonly string[];
  readonly apps?: readonly string[];
  readonly users?: readonly string[];
  readonly campaigns?: readonly string[];
  /** Looked for in memo, campaign, user, reference and external id, whatever the case. */
  readonly search?: string;
  /** Inclusive. */
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
  /** Sizes, whatever the sign. */
  readonly min?: Credits;
  readonly max?: Credits;
  /** Entries up to this number. */
  readonly upTo?: number;
  /** Holds and releases as well, which are no transactions. */
  readonly withHolds?: true;
}

/** A place in the order of time, then posting. */
export interface EntryPosition {
  readonly occurredAt: Instant;
  readonly seq: number;
}

export interface EntryPageQuery extends EntryQuery {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after?: EntryPosition;
}

/** Which daily totals are added up, and by which of their fields; the type always stays apart. */
export interface DayTotalsQuery extends Pick<EntryQuery, 'types' | 'services' | 'apps' | 'users' | 'campaigns'> {
  readonly first?: PlainDate;
  /** Included. */
  readonly last?: PlainDate;
  readonly by: readonly ('day' | 'service' | 'app' | 'user' | 'campaign')[];
}

export interface EntryTotals {
  readonly rows: number;
  readonly quantity: number;
  readonly freeQuantity: number;
  readonly amount: Credits;
  readonly invoiced: Credits;
}
