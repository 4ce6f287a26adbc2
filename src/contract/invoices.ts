import type { Changed, ChangeOptions, Page } from './calls';
import type { Decimal, Timestamp } from './values';

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

export interface InvoiceOperations {
  /** Bills what is on no invoice yet and charges the card. `invoice` is null where there is nothing to bill. */
  run(
    request: ChangeOptions & { period?: string },
  ): Promise<Changed & { invoice: Invoice | null; invoices: readonly Invoice[] }>;
  pay(request: ChangeOptions & { id: string }): Promise<Changed & { invoice: Invoice }>;
  list(): Promise<Page & { invoices: readonly Invoice[] }>;
  show(request: { id: string }): Promise<{ invoice: Invoice }>;
}
