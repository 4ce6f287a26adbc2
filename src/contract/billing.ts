import type { Changed, ChangeOptions } from './calls';

/** How the organisation buys on account. */
export interface BillingAccount {
  readonly email: string;
  readonly netDays: number;
  readonly purchaseOrder: string | null;
  readonly status: 'on' | 'off';
}

export interface BillingOperations {
  set(
    request: ChangeOptions & { email: string; netDays: string; purchaseOrder?: string },
  ): Promise<Changed & { billingAccount: BillingAccount }>;
  show(): Promise<{ billingAccount: BillingAccount | null }>;
  off(request: ChangeOptions): Promise<Changed & { billingAccount: BillingAccount }>;
  /** A link to the processor's own page for cards and invoices. */
  portal(): Promise<{ url: string }>;
}
