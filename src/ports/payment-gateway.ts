import type { Credits } from '../core/credits';
import type { CardAddress } from '../core/payment/card';
import type { Decline, Payment } from '../core/payment/purchase';

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

/**
 * What came of a call that may move money. `unknown` is every case in which the processor may have acted and did not
 * say so: it is settled by reading, never by trying something new. `refused` is a definite no before anything happened.
 */
export type PaymentAnswer =
  | { readonly kind: 'payment'; readonly payment: Payment }
  | { readonly kind: 'declined'; readonly payment: Payment; readonly decline: Decline }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * A card processor. Keys are the caller's own and stored before the call: the same key with the same parameters never
 * acts twice. Card calls throw `card_declined`, `unknown_card` or `provider_unavailable`, and `idempotency_conflict` for
 * a key that comes back with other parameters; payment calls answer.
 */
export interface PaymentGateway {
  readonly provider: 'sandbox' | 'stripe';
  createCustomer(org: { id: string; name: string; email: string | null }, key: string): Promise<string>;
  attachCard(customer: string, token: string, details: CardDetails, key: string): Promise<StoredCard>;
  updateCard(paymentMethod: string, details: CardDetails, key: string): Promise<StoredCard>;
  /** For good: a detached card can't be charged or attached again. Detaching it once more is no error. */
  detachCard(paymentMethod: string, key: string): Promise<void>;
  /** Creates a payment that is not confirmed: it can't take money. */
  createPayment(request: PaymentRequest, key: string): Promise<PaymentAnswer>;
  /** Charges the card off-session. A declined payment can be confirmed again with another card. */
  confirmPayment(payment: string, paymentMethod: string, key: string): Promise<PaymentAnswer>;
  /** After a cancel that succeeded no charge can come. */
  cancelPayment(payment: string, key: string): Promise<PaymentAnswer>;
  /** The payment as it stands, or `refused` where there is none. A decline shows as a status here, never as `declined`. */
  retrievePayment(payment: string): Promise<PaymentAnswer>;
  /** The payments made for a purchase, read from a list that is never behind. */
  findPayments(customer: string, purchase: string): Promise<readonly Payment[]>;
}
