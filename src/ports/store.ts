import type { TokenRecord, TokenUseRecord, UserRecord } from '../core/access';
import type { AlertRecord, DeliveryRecord, NoticeRecord, WatchRecord } from '../core/alert';
import type { Grant } from '../core/credit/grant';
import type { Hold } from '../core/credit/hold';
import type { Credits } from '../core/credits';
import type { PlainDate } from '../core/date';
import type { Link } from '../core/ledger/chain';
import type { Account, EntryType } from '../core/ledger/chart';
import type { Entry } from '../core/ledger/entry';
import type { Posting, WalletState } from '../core/ledger/journal';
import type { DayTotal, MonthTotal } from '../core/ledger/totals';
import type { CardRecord, CardRole } from '../core/payment/card';
import type { InvoiceRecord } from '../core/payment/invoice';
import type { HostedPage, PurchaseRecord } from '../core/payment/purchase';
import type { RefundRecord } from '../core/payment/refund';
import type { PriceVersion } from '../core/pricing/rating';
import type { Guard, RechargeOutcome, RechargeRuleRecord } from '../core/recharge';
import type { PeriodRecord } from '../core/report/closing';
import type { LeadRecord } from '../core/report/cost-per-lead';
import type { Instant } from '../core/time';

/** What a ledger remembers of itself: a key of another provider, mode or account is refused. */
export interface LedgerInfo {
  readonly instance: string;
  readonly provider: 'sandbox' | 'stripe';
  readonly mode: 'sandbox' | 'test' | 'live';
  /** The processor's id of the account; null where there is none, or where the key may not ask. */
  readonly account: string | null;
  readonly createdAt: Instant;
}

export interface OrganisationRecord {
  readonly id: string;
  /** The organisation's key in every table. */
  readonly number: number;
  /** Six hexadecimal digits that mark the organisation in transaction ids. */
  readonly tag: string;
  readonly name: string;
  readonly email: string | null;
  readonly timeZone: string;
  readonly accountingContact: string | null;
  /** Its postal address, as it stands on documents: one line for each line. */
  readonly postalAddress: string | null;
  /** The processor's id of the customer, once there is one. */
  readonly customer: string | null;
  /** A mark of the key that was last found to belong to the ledger's account; never the key. */
  readonly keyMark: string | null;
  /** When the ledger was restored from a backup; null once it was compared with the processor again. No credits move before. */
  /** The most that may be bought in one of the organisation's days; null for no limit. */
  readonly dailyLimit: Credits | null;
  /** Live purchases above it are confirmed by their amount; null for the default. */
  readonly confirmAbove: Credits | null;
  /** Since when nothing is charged, because the bank disputes a payment. */
  readonly frozenAt: Instant | null;
  readonly restoredAt: Instant | null;
  /** When the processor was last found to agree, to the day. */
  readonly reconciledAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

export interface AppRecord {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  readonly archivedAt: Instant | null;
  readonly limitMonthly: Credits | null;
  readonly onLimit: 'warn' | 'block';
  readonly createdAt: Instant;
  readonly version: number;
}

export interface ServiceRecord {
  /** The service's own word (`sms`): its id. */
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly unit: string;
  readonly createdAt: Instant;
  readonly version: number;
}

/** A card that a person is storing on the processor's page. */
export interface CardSetupRecord {
  readonly id: string;
  readonly state: 'open' | 'complete' | 'expired';
  readonly role: Exclude<CardRole, 'none'> | null;
  readonly page: HostedPage;
  /** The card that came of it. */
  readonly card: string | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** How the organisation buys on account: one record, or none. */
export interface BillingRecord {
  readonly id: string;
  readonly email: string;
  readonly netDays: number;
  readonly purchaseOrder: string | null;
  /** When buying on account was switched off. */
  readonly offAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** A price version as stored: its id is the service's word and the version's number. */
export interface PriceRecord extends Omit<PriceVersion, 'version'> {
  readonly id: string;
  readonly number: number;
  readonly version: number;
}

/** One evaluation of the auto top-up rule, or a run of equal ones. */
export interface EvaluationRecord {
  readonly id: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly times: number;
  readonly outcome: RechargeOutcome;
  readonly guard: Guard;
  /** What was known, as the trace shows it: amounts are decimal strings, times RFC 3339. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly purchase: string | null;
  readonly version: number;
}

/**
 * The records beside the log: few, changed by compare-and-set, each state of them sealed into the chain; but for
 * evaluations, watches, notices, deliveries and token uses, which are working notes and are not sealed.
 */
export interface RecordTypes {
  readonly organisations: OrganisationRecord;
  readonly cards: CardRecord;
  readonly apps: AppRecord;
  readonly services: ServiceRecord;
  readonly prices: PriceRecord;
  readonly purchases: PurchaseRecord;
  readonly refunds: RefundRecord;
  readonly setups: CardSetupRecord;
  readonly billing: BillingRecord;
  readonly holds: Hold;
  readonly leads: LeadRecord;
  readonly periods: PeriodRecord;
  readonly invoices: InvoiceRecord;
  readonly recharge_rules: RechargeRuleRecord;
  readonly alerts: AlertRecord;
  readonly tokens: TokenRecord;
  readonly users: UserRecord;
  readonly token_uses: TokenUseRecord;
  readonly evaluations: EvaluationRecord;
  readonly watches: WatchRecord;
  readonly notices: NoticeRecord;
  readonly deliveries: DeliveryRecord;
}

export type RecordKind = keyof RecordTypes;

/** What seldom changes, and almost every write reads. */
export const SETTINGS_KINDS: readonly RecordKind[] = [
  'organisations',
  'cards',
  'apps',
  'services',
  'prices',
  'billing',
  'periods',
  'recharge_rules',
  'alerts',
  'tokens',
  'users',
];

export interface ListOptions {
  /** Newest first when true; ids sort by time. */
  readonly newestFirst?: boolean;
  readonly limit?: number;
  /** Go on after this id. */
  readonly after?: string;
}

/** One kind of record of one organisation. */
export interface Records<T> {
  find(id: string): Promise<T | undefined>;
  /** Those whose named fields equal the given values, ordered by id. */
  list(where?: Partial<T>, options?: ListOptions): Promise<readonly T[]>;
}

export interface WritableRecords<T> extends Records<T> {
  /** Throws `already_exists` where a unique field is taken. */
  insert(record: T): Promise<void>;
  /** Compare-and-set: the stored version must be the one that was read. Stores it as the next version and answers it. */
  update(record: T): Promise<T>;
}

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

/** The result of a change that was made under an idempotency key. */
export interface KeyRecord {
  readonly key: string;
  readonly operation: string;
  /** A digest of the parameters. */
  readonly fingerprint: string;
  /** The first result, as JSON; for a purchase, its id. */
  readonly result: string;
  readonly recordedAt: Instant;
}

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

/** A stored entry together with its stored row check. */
export interface StoredEntry {
  readonly entry: Entry;
  readonly check: number;
}

/** Reading one organisation's ledger. Everything read in one `read` or `write` belongs together. */
export interface LedgerView {
  readonly records: { readonly [K in RecordKind]: Records<RecordTypes[K]> };
  wallet(): Promise<WalletState>;
  /** Grants with something remaining. */
  openGrants(): Promise<readonly Grant[]>;
  grants(query: { ids?: readonly string[]; seqs?: readonly number[] }): Promise<readonly Grant[]>;
  listGrants(query: { all: boolean; limit: number; after?: number }): Promise<readonly Grant[]>;
  /** Whether a grant or an open hold has reached its end: then a read must settle before it answers. */
  hasDue(now: Instant): Promise<boolean>;
  /** Open holds that have reached their end. */
  dueHolds(now: Instant): Promise<readonly Hold[]>;
  /** Refunds that are not at their end, oldest first. */
  openRefunds(): Promise<readonly RefundRecord[]>;
  /** Purchases whose outcome is not final, oldest first. */
  unresolvedPurchases(): Promise<readonly PurchaseRecord[]>;
  /** Credits held by the app's open holds; those that have reached their end by then hold nothing any more. */
  heldByApp(app: string, at: Instant): Promise<Credits>;
  monthTotals(keys: readonly Pick<MonthTotal, 'kind' | 'name' | 'month'>[]): Promise<readonly MonthTotal[]>;
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
  /** Where the closed periods end: nothing is posted before it. 0 where none is closed. */
  closedUntil(): Promise<Instant>;
  /** Every campaign that usage has named. */
  campaigns(): Promise<readonly string[]>;
  findKey(key: string): Promise<KeyRecord | undefined>;
  /** Those of the keys that were used before. */
  findKeys(keys: readonly string[]): Promise<ReadonlyMap<string, KeyRecord>>;
  /** The audit trail, by number. */
  links(query: {
    order: 'asc' | 'desc';
    limit: number;
    after?: number;
    actor?: string;
    action?: string;
  }): Promise<readonly Link[]>;
  /** Everything below is for `verify`, which recomputes what is kept. */
  proof(): LedgerProof;
}

/** The stored facts as they stand, for the proof of the ledger. */
export interface LedgerProof {
  /** Entries in posting order, in batches. */
  entries(after: number, limit: number): Promise<readonly StoredEntry[]>;
  dayTotals(): Promise<readonly DayTotal[]>;
  monthTotals(): Promise<readonly MonthTotal[]>;
  allGrants(): Promise<readonly Grant[]>;
  /** Event ids that do not point to their entry, or entries whose id is not registered; a few at most. */
  brokenEventIds(): Promise<readonly string[]>;
  /** The end of the chain, with the seal of the last write that changed a setting. */
  head(): Promise<{ links: number; hash: string; settingsSeal: string }>;
  keys(): Promise<readonly KeyRecord[]>;
  info(): Promise<LedgerInfo>;
  /** Rows of the whole ledger that nothing leads to: of no organisation, or of no entry; a few at most. */
  strayRows(): Promise<readonly string[]>;
  /** What is wrong with the schema itself: missing, altered or added tables, indexes and triggers. */
  schemaFaults(): Promise<readonly string[]>;
  /** What the engine finds wrong with the file. */
  storageFaults(): Promise<readonly string[]>;
}

/** What a write is about: it becomes the audit row and goes under the seal. */
export interface WriteFacts {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly at: Instant;
}

/** Changing one organisation's ledger. Everything in one `write` happens together or not at all. */
export interface LedgerUnit extends LedgerView {
  readonly records: { readonly [K in RecordKind]: WritableRecords<RecordTypes[K]> };
  /** Writes entries ahead of the posting that they belong to, so that a large write need not hold them all. */
  append(entries: readonly Entry[]): Promise<void>;
  /** Writes what the journal decided. At most once in a unit. Throws `EventIdTaken`, and then nothing is written. */
  post(posting: Posting): Promise<void>;
  saveKey(record: KeyRecord): Promise<void>;
  saveKeys(records: readonly KeyRecord[]): Promise<void>;
  /** Replaces what the audit row will say the write was about. */
  describe(facts: Partial<Pick<WriteFacts, 'subject' | 'reason'>>): void;
}

export interface Entrance {
  readonly info: LedgerInfo;
  readonly org: OrganisationRecord | undefined;
  readonly user: UserRecord | undefined;
}

/** A ledger of many organisations. */
export interface Store {
  /** Throws `not_initialised` before `found`. */
  info(): Promise<LedgerInfo>;
  /** Writes down what the ledger is, once; later calls change nothing and answer what stands. */
  found(info: LedgerInfo): Promise<LedgerInfo>;
  organisations(): Promise<readonly OrganisationRecord[]>;
  /** The organisation of that name, or the ledger's first. */
  findOrganisation(name?: string): Promise<OrganisationRecord | undefined>;
  /**
   * What every call begins with, as it stands at one moment: the ledger, the organisation of that name or the first,
   * and its user of that name where one is named. Throws `not_initialised` before `found`.
   */
  entrance(org: string | undefined, user: string | undefined): Promise<Entrance>;
  read<T>(org: number, work: (view: LedgerView) => Promise<T>): Promise<T>;
  /**
   * What `read` answered when it was last asked under that name, where no setting of the organisation has changed since;
   * else what it answers now. It may read nothing but settings.
   */
  recall<T>(org: number, name: string, read: (view: LedgerView) => Promise<T>): Promise<T>;
  /**
   * One database transaction, serialised with every other write to the organisation. What it changed is sealed into
   * the chain before it commits; a unit that changed nothing leaves nothing. Retries contention a bounded time, by
   * running `work` again from the start; then throws `ledger_busy`.
   */
  write<T>(org: number, facts: WriteFacts, work: (unit: LedgerUnit) => Promise<T>): Promise<T>;
  /** Creates the organisation and its empty wallet, and runs `work` as its first write. */
  createOrganisation<T>(
    record: Omit<OrganisationRecord, 'number'>,
    facts: WriteFacts,
    work: (unit: LedgerUnit, org: OrganisationRecord) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Thrown by `post` where an event id was taken before: whoever did not look has to look, and do it again. */
export class EventIdTaken extends Error {
  constructor() {
    super('an event id is taken');
  }
}

/** Thrown inside `write` to leave without a trace, with an answer: what a dry run ends with. */
export class Abandon<T> extends Error {
  readonly answer: T;

  constructor(answer: T) {
    super('the unit of work was abandoned on purpose');
    this.answer = answer;
  }
}
