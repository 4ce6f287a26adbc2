/**
 * What a caller sees: exactly the JSON objects of the command line and of the API. Amounts are decimal strings of
 * credits (`"100.00"`, `"-1.975"`, at most six places), times are RFC 3339 in UTC, ids are prefixed and sort by time.
 */
export type Decimal = string;
export type Timestamp = string;

export interface Balance {
  readonly org: string;
  readonly currency: 'USD';
  /** Credits in the wallet. */
  readonly posted: Decimal;
  /** Reserved by open holds. */
  readonly held: Decimal;
  /** posted - held: what may be spent. */
  readonly available: Decimal;
  readonly overdraftLimit: Decimal;
  readonly asOf: Timestamp;
  readonly sandbox: boolean;
}

export interface Organisation {
  readonly name: string;
  readonly email: string | null;
  readonly timeZone: string;
  readonly accountingContact: string | null;
  /** Its lines, parted by line feeds. */
  readonly postalAddress: string | null;
  /** The most that may be bought in a day; null for no limit. */
  readonly dailyLimit: Decimal | null;
  /** Live purchases above it are confirmed by their amount. */
  readonly confirmAbove: Decimal;
  /** Since when nothing is charged, because the bank disputes a payment. */
  readonly frozenAt: Timestamp | null;
  readonly provider: 'sandbox' | 'stripe';
  readonly mode: 'sandbox' | 'test' | 'live';
  /** When the ledger was restored from a backup and not compared with the processor since: credits move again after that. */
  readonly restoredAt: Timestamp | null;
  /** When the processor was last found to agree, to the day. */
  readonly reconciledAt: Timestamp | null;
  readonly createdAt: Timestamp;
}

type PurchaseStatus =
  | 'pending'
  | 'requires_action'
  | 'succeeded'
  | 'failed'
  | 'refunded'
  | 'partially_refunded'
  | 'disputed';

export interface Purchase {
  readonly id: string;
  readonly status: PurchaseStatus;
  readonly trigger: 'manual' | 'recharge' | 'invoice';
  readonly credits: Decimal;
  readonly refunded: Decimal;
  /** A card's id, or `billing_account`. */
  readonly paymentMethod: string;
  readonly provider: 'stripe' | 'sandbox';
  /** The processor's own id of the payment, once it has one. */
  readonly providerReference: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** The transaction that added the credits, once they are in. */
  readonly transaction: string | null;
  /** The processor's page where a person can pay it, while there is one. */
  readonly hosted: string | null;
  readonly memo: string | null;
  readonly createdAt: Timestamp;
  readonly settledAt: Timestamp | null;
}

/** Money that went back: asked for here, made at the processor by hand, or taken by the bank. */
export interface Refund {
  readonly id: string;
  readonly purchase: string;
  readonly kind: 'refund' | 'elsewhere' | 'dispute';
  readonly status: 'requested' | 'sending' | 'pending' | 'succeeded' | 'failed' | 'reversed' | 'needs_review';
  readonly credits: Decimal;
  readonly providerReference: string | null;
  readonly failure: string | null;
  readonly createdAt: Timestamp;
  readonly settledAt: Timestamp | null;
}

/** How the organisation buys on account. */
export interface BillingAccount {
  readonly email: string;
  readonly netDays: number;
  readonly purchaseOrder: string | null;
  readonly status: 'on' | 'off';
}

export interface Address {
  readonly line1: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

export interface Card {
  readonly id: string;
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly address: Address;
  readonly role: 'primary' | 'backup' | 'none';
  readonly status: 'verified' | 'expired' | 'requires_action';
  /** When the processor said that it can be charged without its holder. */
  readonly verifiedAt: Timestamp | null;
  /** Good now, and not in 30 days. */
  readonly expiring: boolean;
}

/** A card that a person is storing on the processor's page. */
export interface CardSetup {
  readonly id: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly url: string;
  readonly expiresAt: Timestamp;
  readonly card: string | null;
}

export const TRANSACTION_TYPES = [
  'purchase',
  'recharge',
  'grant',
  'usage',
  'reversal',
  'refund',
  'expiry',
  'adjustment',
  'chargeback',
] as const;

export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export interface Transaction {
  readonly id: string;
  /** When it happened. */
  readonly time: Timestamp;
  /** When it was written. */
  readonly recordedAt: Timestamp;
  readonly type: TransactionType;
  readonly service: string | null;
  readonly app: string | null;
  readonly user: string | null;
  readonly campaign: string | null;
  readonly quantity: number | null;
  readonly freeQuantity: number | null;
  /** The price of one paid unit; null where tiers mixed several prices, and where nothing was priced. */
  readonly unitPrice: Decimal | null;
  /** What it did to the credits in the wallet: signed. */
  readonly amount: Decimal;
  /** What it added to the postpaid invoice. */
  readonly invoiced: Decimal;
  /** The posted balance after it, in posting order; null for an app, which may not see it. */
  readonly balance: Decimal | null;
  readonly memo: string | null;
  readonly reference: string | null;
  /** The caller's event id. */
  readonly externalId: string | null;
  readonly actor: string;
}

export interface Hold {
  readonly id: string;
  readonly status: 'open' | 'captured' | 'released' | 'expired';
  readonly app: string;
  readonly service: string;
  readonly quantity: number | null;
  readonly credits: Decimal;
  readonly captured: Decimal;
  readonly campaign: string | null;
  readonly expiresAt: Timestamp;
  readonly createdAt: Timestamp;
}

export interface Grant {
  readonly id: string;
  readonly kind: 'purchased' | 'promotional';
  readonly credits: Decimal;
  readonly remaining: Decimal;
  readonly priority: number;
  readonly expiresAt: Timestamp | null;
  readonly source: string;
  readonly createdAt: Timestamp;
}

export interface PriceTier {
  /** The first unit of the month, counted from 0, that costs this price. */
  readonly from: number;
  readonly price: Decimal;
}

export interface PriceVersion {
  readonly version: number;
  readonly effectiveFrom: Timestamp;
  readonly price: Decimal;
  readonly tiers: readonly PriceTier[];
  /** Free units per calendar month of the organisation's time zone. */
  readonly freeQuota: number;
  readonly billing: 'prepaid' | 'postpaid';
  readonly createdAt: Timestamp;
}

export interface Service {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  /** The price in force now, with its quota, tiers and billing. */
  readonly price: Decimal;
  readonly tiers: readonly PriceTier[];
  readonly freeQuota: number;
  readonly billing: 'prepaid' | 'postpaid';
  readonly effectiveFrom: Timestamp;
  /** True while it is a starter price that nobody has set. */
  readonly example: boolean;
}

export interface ServiceHistory extends Service {
  /** Every price version, newest first. A version is never rewritten. */
  readonly versions: readonly PriceVersion[];
}

export interface App {
  readonly app: string;
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'archived';
  readonly limit: { readonly monthly: Decimal; readonly onLimit: 'warn' | 'block' } | null;
  /** Credits used plus invoiced in the current month of the organisation's time zone. */
  readonly spentThisMonth: Decimal;
  readonly createdAt: Timestamp;
}

export interface AuditEntry {
  readonly number: number;
  readonly time: Timestamp;
  readonly actor: string;
  /** How: the operation's name, such as `card.add`. */
  readonly action: string;
  /** What it changed, one line. */
  readonly subject: string;
  /** Why, where the command takes a reason. */
  readonly reason: string | null;
  /** The records after the change, as they were stored. */
  readonly changes: readonly { readonly record: string; readonly id: string; readonly value: unknown }[];
  /** Transactions posted by it. */
  readonly transactions: number;
  readonly hash: string;
}

export interface Page {
  /** Pass as `cursor` to go on; null on the last page. */
  readonly next: string | null;
}

export interface RowReject {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface VerifyCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface RechargeRule {
  readonly enabled: boolean;
  readonly below: Decimal;
  readonly amount: Decimal | null;
  readonly refillTo: Decimal | null;
  readonly monthlyCap: Decimal | null;
  readonly dailyCount: number;
  readonly cooldown: string;
  readonly maxFailures: number;
  readonly spentThisMonth: Decimal;
  /** Failed top-ups in a row. */
  readonly failures: number;
  readonly backingOffUntil: Timestamp | null;
  readonly paused: { readonly at: Timestamp; readonly reason: 'failures' | 'no_usable_card' } | null;
  /** Cards that are not charged by it until they are edited or replaced, with the decline code. */
  readonly blockedCards: readonly { readonly card: string; readonly code: string }[];
  readonly lastAttempt: { readonly at: Timestamp; readonly outcome: string } | null;
}
