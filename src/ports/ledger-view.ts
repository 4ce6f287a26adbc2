import type { Grant } from '../core/credit/grant';
import type { Credits } from '../core/credits';
import type { Link } from '../core/ledger/chain';
import type { Account } from '../core/ledger/chart';
import type { Entry } from '../core/ledger/entry';
import type { DayTotal, MonthTotal } from '../core/ledger/totals';
import type { WalletState } from '../core/ledger/wallet-state';
import type { PurchaseRecord } from '../core/payment/purchase';
import type { RefundRecord } from '../core/payment/refund';
import type { Instant } from '../core/time';
import type { DayTotalsQuery, EntryPageQuery, EntryPosition, EntryQuery, EntryTotals } from './entry-query';
import type { JournalNeeds, JournalState } from './journal-state';
import type { KeyRecord } from './key-record';
import type { LedgerProof } from './ledger-proof';
import type { RecordKind, RecordTypes } from './record-types';
import type { Records } from './records';

/** An entry as a list shows it: which grants it drew on is left out. */
export type ListedEntry = Omit<Entry, 'draws'>;

/** What tells an event that comes again from another one under its id. */
export type PostedEvent = Pick<
  Entry,
  | 'seq'
  | 'externalId'
  | 'app'
  | 'service'
  | 'quantity'
  | 'user'
  | 'campaign'
  | 'memo'
  | 'occurredAt'
  | 'reference'
  | 'recordedAt'
>;

/** By what an event is looked for: the place in the log where it is thought to be, or the key of its id. */
export type AskedBy = 'seq' | 'key';

/** An event as a caller has it, to be compared with what was posted. */
export interface AskedEvent {
  readonly at: number;
  readonly externalId: string;
  readonly app: string;
  readonly service: string;
  readonly quantity: number;
  readonly user: string | null;
  readonly campaign: string | null;
  readonly memo: string | null;
  /** Null where the caller gave none: then any will do. */
  readonly ownTime: Instant | null;
}

/** Reading one organisation's ledger. Everything read in one `read` or `write` belongs together. */
export interface LedgerView {
  readonly records: { readonly [K in RecordKind]: Records<RecordTypes[K]> };
  wallet(): Promise<WalletState>;
  /** What a journal starts from, in one question. */
  journalState(needs: JournalNeeds): Promise<JournalState>;
  grants(query: { ids?: readonly string[]; seqs?: readonly number[] }): Promise<readonly Grant[]>;
  listGrants(query: { all: boolean; limit: number; after?: number }): Promise<readonly Grant[]>;
  /** Whether a grant or an open hold has reached its end: then a read must settle before it answers. */
  hasDue(now: Instant): Promise<boolean>;
  /** Refunds that are not at their end, oldest first. */
  openRefunds(): Promise<readonly RefundRecord[]>;
  /** Purchases whose outcome is not final, oldest first. */
  unresolvedPurchases(): Promise<readonly PurchaseRecord[]>;
  /** Credits held by the app's open holds; those that have reached their end by then hold nothing any more. */
  heldByApp(app: string, at: Instant): Promise<Credits>;
  monthTotals(keys: readonly Pick<MonthTotal, 'kind' | 'name' | 'month'>[]): Promise<readonly MonthTotal[]>;
  /**
   * The places of those events that were not found where they were looked for, as they are. They may be new, or others
   * under their ids; or were posted late, or are somewhere else. All the rest was posted before.
   */
  findUnposted(by: AskedBy, events: Iterable<AskedEvent>): Promise<readonly number[]>;
  /** Which of the event ids are taken, and by what. */
  findEvents(externalIds: readonly string[]): Promise<ReadonlyMap<string, PostedEvent>>;
  entries(seqs: readonly number[]): Promise<readonly Entry[]>;
  /** Entries that name the reference, oldest first. */
  entriesAbout(reference: string): Promise<readonly Entry[]>;
  /** What a service had used in a span of time by the entries before one. */
  monthUsageBefore(
    service: string,
    from: Instant,
    to: Instant,
    seq: number,
  ): Promise<{ quantity: number; freeQuantity: number }>;
  /** Transactions in order of time, then posting. */
  page(query: EntryPageQuery): Promise<readonly ListedEntry[]>;
  /** The same page as finished CSV lines (see `output/delimited` for the format), with the last one's position. */
  csvPage(query: EntryPageQuery): Promise<{ text: string; rows: number; last: EntryPosition | null }>;
  totals(query: EntryQuery): Promise<EntryTotals>;
  /** Sums of the daily totals of transactions. Fields not grouped by come back empty, the day as 0. */
  dayTotals(query: DayTotalsQuery): Promise<readonly DayTotal[]>;
  /** What every entry before an instant came to, by account: debits less credits. */
  accountSums(before: Instant): Promise<readonly { account: Account; amount: Credits }[]>;
  /**
   * What `read` answered when it was last asked under that name, where no setting of the organisation has changed since;
   * else what it answers now. It may read nothing but settings, and what it answers is shared: nobody changes it.
   */
  recall<T>(name: string, read: () => Promise<T>): Promise<T>;
  /** Where the closed periods end: nothing is posted before it. 0 where none is closed. */
  closedUntil(): Promise<Instant>;
  /** Every campaign that usage has named. */
  campaigns(): Promise<readonly string[]>;
  findKey(key: string): Promise<KeyRecord | undefined>;
  /** Those of the keys that were used before. */
  findKeys(keys: readonly string[]): Promise<ReadonlyMap<string, KeyRecord>>;
  /** The audit trail, by number. */
  links(query: LinkQuery): Promise<readonly Link[]>;
  /** Everything below is for `verify`, which recomputes what is kept. */
  proof(): Promise<LedgerProof>;
}

/** A page of the chain: links after a number, in the order asked for, of one actor or action if one is named. */
export interface LinkQuery {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after?: number;
  readonly actor?: string;
  readonly action?: string;
}
