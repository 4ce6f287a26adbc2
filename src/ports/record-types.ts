import type { TokenRecord, TokenUseRecord, UserRecord } from '../core/access';
import type { AlertRecord, DeliveryRecord, NoticeRecord, WatchRecord } from '../core/alert';
import type { Hold } from '../core/credit/hold';
import type { Credits } from '../core/credits';
import type { CardRecord, CardRole } from '../core/payment/card';
import type { InvoiceRecord } from '../core/payment/invoice';
import type { HostedPage, PurchaseRecord } from '../core/payment/purchase';
import type { RefundRecord } from '../core/payment/refund';
import type { PriceVersion } from '../core/pricing/rating';
import type { Guard, RechargeOutcome, RechargeRuleRecord } from '../core/recharge';
import type { PeriodRecord } from '../core/report/closing';
import type { LeadRecord } from '../core/report/cost-per-lead';
import type { Instant } from '../core/time';

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
  /** The most that may be bought in one of the organisation's days; null for no limit. */
  readonly dailyLimit: Credits | null;
  /** Live purchases above it are confirmed by their amount; null for the default. */
  readonly confirmAbove: Credits | null;
  /** Since when nothing is charged, because the bank disputes a payment. */
  readonly frozenAt: Instant | null;
  /** When the ledger was restored from a backup; null once it was compared with the processor again. No credits move before. */
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
