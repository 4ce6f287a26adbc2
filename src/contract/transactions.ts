import type { Page, PageRequest } from './calls';
import type { Decimal, Range, Timestamp } from './values';

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

/** What `transactions` and the reports filter by. Times and amounts as typed; lists mean "any of". */
export interface TransactionFilter {
  readonly types?: readonly string[];
  readonly services?: readonly string[];
  readonly apps?: readonly string[];
  readonly users?: readonly string[];
  readonly campaigns?: readonly string[];
  readonly search?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  /** Compares the size of the amount (or of what was invoiced), whatever its sign. */
  readonly min?: string;
  readonly max?: string;
  /** Only what the first so many entries of the log hold: what the list was when the log had that length. */
  readonly upTo?: number;
}

export interface TransactionQuery extends TransactionFilter, PageRequest {
  readonly order?: 'asc' | 'desc';
}

export interface TransactionPage extends Page {
  readonly transactions: readonly Transaction[];
  readonly range: Range;
}

export interface TransactionTotals {
  readonly rows: number;
  readonly quantity: number;
  readonly freeQuantity: number;
  readonly amount: Decimal;
  readonly invoiced: Decimal;
}

/** Finished CSV lines of one page, without the header: the format people export by the million. */
export interface TransactionCsvPage extends Page {
  readonly text: string;
  readonly rows: number;
}

/** Where the ledger stood: its last write, that write's seal, and how many entries its log had. */
export interface LedgerHead {
  readonly instance: string;
  readonly writes: number;
  readonly entries: number;
  readonly head: string;
}

export interface TransactionOperations {
  list(query: TransactionQuery): Promise<TransactionPage>;
  csv(query: TransactionQuery): Promise<TransactionCsvPage>;
  totals(filter: TransactionFilter): Promise<{ totals: TransactionTotals; range: Range; ledger: LedgerHead }>;
  explain(request: { id: string }): Promise<{ transaction: Transaction; explanation: readonly string[] }>;
}
