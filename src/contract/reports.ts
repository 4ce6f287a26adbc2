import type { LeadGroup } from '../core/report/cost-per-lead';
import type { Movement } from '../core/report/statement';
import type { UsageGroup } from '../core/report/usage';
import type { Address, Decimal, Purchase, Refund, Timestamp } from './objects';

/** The period a filter came to. `from` is included, `to` is not; null is open. */
export interface Range {
  readonly from: Timestamp | null;
  readonly to: Timestamp | null;
  readonly timeZone: string;
}

/** Sums of transactions, each the plain sum of their column, save for the two that say otherwise. */
export interface UsageFigures {
  readonly transactions: number;
  readonly quantity: number;
  readonly freeQuantity: number;
  /** The part of `quantity` that reversals gave back. */
  readonly reversedQuantity: number;
  /** What it did to the credits in the wallet: signed. */
  readonly amount: Decimal;
  readonly invoiced: Decimal;
  /** Credits used plus invoiced, less what was reversed. */
  readonly cost: Decimal;
}

/** One group of usage: its names under the groups that were asked for. */
export type UsageReportRow = UsageFigures & {
  /** In percent of the whole cost, rounded half up to two places; null where nothing was spent. */
  readonly share: string | null;
} & { readonly [G in UsageGroup]?: string | null };

export interface UsageReport {
  readonly by: readonly UsageGroup[];
  readonly range: Range;
  readonly rows: readonly UsageReportRow[];
  /** Of every leading group but the whole: empty with one group. */
  readonly subtotals: readonly UsageReportRow[];
  readonly total: UsageFigures;
}

/** Movements are signed: opening + their sum = closing, to the micro. */
export type StatementFigures = Readonly<Record<'opening' | Movement | 'closing', Decimal>> & {
  /** What postpaid usage added to invoices: no credits, and no part of the sum. */
  readonly invoiced: Decimal;
  readonly byService: readonly (UsageFigures & { readonly service: string | null })[];
  readonly byApp: readonly (UsageFigures & { readonly app: string | null })[];
};

export type StatementReport = StatementFigures & { readonly org: string; readonly range: Range };

export interface AllStatements {
  readonly organisations: readonly StatementReport[];
  readonly total: StatementFigures;
}

export interface JournalRequest {
  /** `hledger`, `ledger` or `beancount`. */
  readonly format: string;
  readonly period?: string;
  readonly cursor?: string;
}

/** A part of a journal: the parts in their order, one after another, are the file. */
export interface JournalPage {
  readonly text: string;
  readonly entries: number;
  readonly range: Range;
  readonly next: string | null;
}

/** What came of a campaign on one channel. */
export interface Lead {
  readonly id: string;
  readonly app: string;
  readonly service: string;
  readonly campaign: string;
  readonly delivered: number;
  readonly leads: number;
  readonly time: Timestamp;
  readonly createdAt: Timestamp;
}

export type LeadReportRow = {
  readonly cost: Decimal;
  readonly delivered: number;
  readonly leads: number;
  /** With six decimals, by the report's rule; null where nothing was delivered. */
  readonly costPerDelivery: Decimal | null;
  /** Null where there were no leads. */
  readonly costPerLead: Decimal | null;
} & { readonly [G in LeadGroup]?: string | null };

export interface LeadReport {
  readonly by: readonly LeadGroup[];
  readonly range: Range;
  readonly rows: readonly LeadReportRow[];
  readonly total: LeadReportRow;
  /** The rule of the divisions, in words. */
  readonly rounding: string;
}

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

/** A postpaid invoice: lines per service, rounded once to the cent. */
export interface Invoice {
  readonly id: string;
  /** `INV-000001`: one series for each organisation, without gaps. */
  readonly number: string;
  readonly org: string;
  /** The month it was made for. */
  readonly period: string;
  readonly status: 'draft' | 'open' | 'paid' | 'void';
  readonly lines: readonly {
    readonly service: string;
    readonly quantity: number;
    readonly freeQuantity: number;
    readonly amount: Decimal;
  }[];
  /** What rounding to the cent added to the sum of the lines. */
  readonly rounding: Decimal;
  readonly total: Decimal;
  readonly purchase: string | null;
  readonly issuedAt: Timestamp;
  readonly dueAt: Timestamp;
  readonly paidAt: Timestamp | null;
  readonly overdue: boolean;
}

/** What was paid, by whom and with what. `total` is what was charged; `kept` is it less all that went back. */
export interface Receipt {
  readonly number: string;
  readonly purchase: string;
  readonly org: string;
  readonly status: Purchase['status'];
  readonly orderedAt: Timestamp;
  readonly paidAt: Timestamp;
  readonly currency: 'USD';
  /** In words: `visa ending 4242`, `an invoice`. */
  readonly paidWith: string;
  readonly payer: { readonly name: string; readonly email: string | null; readonly address: Address | null };
  readonly lines: readonly { readonly description: string; readonly amount: Decimal }[];
  readonly total: Decimal;
  /** Money that went back since, refunds and disputes. */
  readonly returns: readonly {
    readonly id: string;
    readonly kind: Refund['kind'];
    readonly amount: Decimal;
    readonly at: Timestamp;
  }[];
  readonly refunded: Decimal;
  readonly kept: Decimal;
  readonly transaction: string | null;
  readonly provider: Purchase['provider'];
  readonly providerReference: string | null;
  readonly memo: string | null;
  readonly sandbox: boolean;
}
