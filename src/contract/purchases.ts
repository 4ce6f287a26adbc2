import type { Changed, ChangeOptions, Page, PageRequest } from './calls';
import type { Address } from './cards';
import type { Balance } from './credit';
import type { Decimal, Timestamp } from './values';

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
  /** `replacedBy`: the purchase that a person pays on the processor's page instead. */
  readonly failure: { readonly code: string; readonly message: string; readonly replacedBy?: string } | null;
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

export interface BuyRequest extends ChangeOptions {
  /** As typed: a plain decimal in steps of 0.01. */
  readonly credits: string;
  readonly card?: string;
  readonly billingAccount?: boolean;
  /** The amount once more: what a large purchase of real money is confirmed by. */
  readonly confirmAmount?: string;
  readonly memo?: string;
  /** Go ahead although an earlier card purchase is unresolved. */
  readonly again?: boolean;
}

export interface ReconcileResult {
  readonly settled: readonly Purchase[];
  readonly pending: readonly Purchase[];
  /** Refunds and disputes that this run brought forward. */
  readonly refunds: readonly Refund[];
  readonly mismatches: readonly { readonly purchase: string; readonly detail: string }[];
}

export interface PurchaseOperations {
  /** `settled`: purchases of before whose outcome was open, and that came to their end on the way. */
  buy(request: BuyRequest): Promise<Changed & { purchase: Purchase; balance: Balance; settled?: readonly Purchase[] }>;
  list(request: PageRequest): Promise<Page & { purchases: readonly Purchase[] }>;
  show(request: { id: string }): Promise<{ purchase: Purchase }>;
  /** What was paid, for the payer's books. Throws `invalid_state` where nothing was. */
  receipt(request: { id: string }): Promise<{ receipt: Receipt }>;
  /** Sends it, as PDF, to an e-mail address. Throws `invalid_config` where no mail server is set. */
  sendReceipt(request: { id: string; to: string }): Promise<{ receipt: Receipt; sentTo: string }>;
  /** Gives a pending purchase up, behind the fence of a confirmed cancel. */
  cancel(request: ChangeOptions & { id: string }): Promise<Changed & { purchase: Purchase; balance: Balance }>;
  /** Takes an open purchase further: reads what became of it, or opens the processor's page for a person to pay on. */
  resolve(request: ChangeOptions & { id: string }): Promise<Changed & { purchase: Purchase; balance: Balance }>;
  refund(
    request: ChangeOptions & { id: string; amount?: string },
  ): Promise<Changed & { purchase: Purchase; balance: Balance }>;
  /** In a dry run the processor is only read. */
  reconcile(request?: ChangeOptions): Promise<Changed & ReconcileResult>;
}
