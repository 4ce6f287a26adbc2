import type { Credits } from '../core/credits';
import type { CardAddress } from '../core/payment/card';
import type { Decline, HostedPage, Payment } from '../core/payment/purchase';
import type { Dispute, Refund } from '../core/payment/refund';
import type { Instant } from '../core/time';

/** A card as the processor keeps it. */
export interface StoredCard {
  readonly paymentMethod: string;
  readonly fingerprint: string;
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
}

export interface CardDetails {
  readonly name: string | null;
  readonly email: string | null;
  readonly address: CardAddress;
  readonly expMonth?: number;
  readonly expYear?: number;
}

export interface PaymentRequest {
  readonly purchase: string;
  readonly org: string;
  readonly customer: string;
  readonly credits: Credits;
  readonly description: string;
}

/** A card to be charged for a payment. */
export interface CardCharge {
  readonly payment: string;
  readonly paymentMethod: string;
  /** Whether a person asked for it just now; not so for a top-up or a monthly bill. */
  readonly attended: boolean;
}

export interface InvoiceRequest extends PaymentRequest {
  /** Where it goes. */
  readonly email: string;
  /** Days until it is due. */
  readonly netDays: number;
  /** The buyer's own order number. */
  readonly purchaseOrder: string | null;
}

export interface RefundRequest {
  readonly refund: string;
  readonly payment: string;
  readonly credits: Credits;
}

/** A definite no before anything happened. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
}

/** The processor may have acted and did not say so: settled by reading, never by trying something new. */
interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** What came of a call that may move money. */
export type PaymentAnswer =
  | { readonly kind: 'payment'; readonly payment: Payment }
  | { readonly kind: 'declined'; readonly payment: Payment; readonly decline: Decline }
  | Refusal
  | Unknown;

export type RefundAnswer = { readonly kind: 'refund'; readonly refund: Refund } | Refusal | Unknown;

/** What became of a hosted page. */
export interface HostedOutcome {
  readonly status: 'open' | 'complete' | 'expired';
  /** The payment made on it, as far as there is one. */
  readonly payment: string | null;
  /** The card stored on it, with the details that were typed there. */
  readonly card: (StoredCard & Pick<CardDetails, 'name' | 'email' | 'address'>) | null;
  readonly customer: string;
}

/** Pages of the processor's own, where people type what this program must never see. */
export interface HostedPages {
  /** Throws `provider_unavailable`. */
  openCardSetup(request: { setup: string; org: string; customer: string }, key: string): Promise<HostedPage>;
  /** Throws `provider_unavailable`. */
  openPayment(request: PaymentRequest, key: string): Promise<HostedPage>;
  /** Throws `provider_unavailable`. */
  read(session: string): Promise<HostedOutcome>;
  /** Closes a page that nobody has finished; one that is closed already is no error. Throws `provider_unavailable`. */
  expire(session: string, key: string): Promise<void>;
  /** Where a customer looks after their cards and invoices. Throws `provider_unavailable`. */
  openPortal(customer: string, key: string): Promise<string>;
}

/**
 * A card processor. Keys are the caller's own and stored before the call: the same key with the same parameters never
 * acts twice. Card calls throw `card_declined`, `unknown_card` or `provider_unavailable`, and `idempotency_conflict` for
 * a key that comes back with other parameters; payment calls answer. Lists are complete and never behind; reading one
 * throws `provider_unavailable`.
 */
export interface PaymentGateway {
  readonly provider: 'sandbox' | 'stripe';
  /** The least it charges a card: whole cents. A postpaid bill of less waits for the next one. */
  readonly smallestCharge: Credits;
  /** Null where the processor has none: the sandbox. */
  readonly hosted: HostedPages | null;
  /** Why the last call got no certain answer, in words; null where it got one. */
  readonly doubt: string | null;
  /** Whether the time for its calls is used up: it sends nothing more. */
  readonly isOutOfTime: boolean;
  /**
   * What the key in use is not allowed of what is needed, by the processor's own names for it; empty where nothing is
   * missing. Throws `provider_unavailable`.
   */
  missingPermissions(needs: { invoices: boolean }): Promise<readonly string[]>;
  createCustomer(org: { id: string; name: string; email: string | null }, key: string): Promise<string>;
  attachCard(customer: string, token: string, details: CardDetails, key: string): Promise<StoredCard>;
  updateCard(paymentMethod: string, details: CardDetails, key: string): Promise<StoredCard>;
  /** For good: a detached card can't be charged or attached again. Answers whether it was attached until now. */
  detachCard(paymentMethod: string, key: string): Promise<boolean>;
  /** Creates a payment that is not confirmed: it can't take money. */
  createPayment(request: PaymentRequest, key: string): Promise<PaymentAnswer>;
  /** Charges the card off-session. A declined payment can be confirmed again with another card. */
  confirmPayment(charge: CardCharge, key: string): Promise<PaymentAnswer>;
  /** After a cancel that succeeded no charge can come. */
  cancelPayment(payment: string, key: string): Promise<PaymentAnswer>;
  /** The payment as it stands, or `refused` where there is none. A decline shows as a status here, never as `declined`. */
  retrievePayment(payment: string): Promise<PaymentAnswer>;
  /** The payments made for a purchase, read from a list that is never behind. */
  findPayments(customer: string, purchase: string): Promise<readonly Payment[]>;
  /** Every payment of the customer's that was made since then, by whatever means, but for invoices. */
  listPayments(customer: string, since: Instant): Promise<readonly Payment[]>;
  /** Drafts an invoice over the whole amount: nobody can pay it yet. Its payment is `requires_confirmation`. */
  createInvoice(request: InvoiceRequest, key: string): Promise<PaymentAnswer>;
  /** Makes the invoice final and sends it. From then on it is `processing`, until it is paid (`succeeded`) or void. */
  sendInvoice(invoice: string, key: string): Promise<PaymentAnswer>;
  /** After a void that succeeded (`canceled`) the invoice can't be paid. */
  voidInvoice(invoice: string, key: string): Promise<PaymentAnswer>;
  retrieveInvoice(invoice: string): Promise<PaymentAnswer>;
  findInvoices(customer: string, purchase: string): Promise<readonly Payment[]>;
  /** The payments by which the customer's invoices were paid, each with its invoice: what goes back, goes back to those. */
  invoicePayments(customer: string): Promise<ReadonlyMap<string, string>>;
  /** Gives money back. It has no fence: once sent, only reading tells what became of it. */
  createRefund(request: RefundRequest, key: string): Promise<RefundAnswer>;
  /** Every refund of the payment, or of all payments since then (and perhaps older ones), whoever made it. */
  findRefunds(where: { payment: string } | { since: Instant }): Promise<readonly Refund[]>;
  /** Every dispute since then. */
  findDisputes(where: { since: Instant }): Promise<readonly Dispute[]>;
}
