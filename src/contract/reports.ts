import type { LeadGroup } from '../core/report/cost-per-lead';
import type { Movement } from '../core/report/statement';
import type { UsageGroup } from '../core/report/usage';
import type { Forecast, Upcoming } from './outlook';
import type { TransactionFilter } from './transactions';
import type { Decimal, Range } from './values';

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

export interface ReportOperations {
  /** Sums of usage (or of the types asked for) by groups; they tie to `transactions` with the same filters. */
  usage(request: TransactionFilter & { by: readonly string[] }): Promise<UsageReport>;
  /** Opening, movements by kind and closing of a period of the organisation's zone. */
  statement(request: { period: string }): Promise<StatementReport>;
  /** The statements of every organisation of the ledger, and their sum. */
  allStatements(request: { period: string }): Promise<AllStatements>;
  /** How fast credits are used, when they run out, and the rule that fits. */
  forecast(request: { period?: string }): Promise<Forecast>;
  /** What lapses or falls due within a time such as `30d`. */
  upcoming(request: { within?: string }): Promise<Upcoming>;
  /** The log as a plain-text accounting journal, a page at a time. */
  journal(request: JournalRequest): Promise<JournalPage>;
  /** What deliveries and leads cost, by groups. Filters: services, apps, campaigns and time. */
  costPerLead(request: TransactionFilter & { by: readonly string[] }): Promise<LeadReport>;
}
