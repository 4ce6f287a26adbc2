import type { Changed, ChangeOptions, Keyed, Page } from './calls';
import type { Timestamp } from './values';

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

export interface Address {
  readonly line1: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

/** A card that a person is storing on the processor's page. */
export interface CardSetup {
  readonly id: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly url: string;
  readonly expiresAt: Timestamp;
  readonly card: string | null;
}

export interface BillingDetails {
  readonly name?: string;
  readonly email?: string;
  readonly address?: Partial<Address>;
}

export interface CardAddRequest extends ChangeOptions, BillingDetails {
  /** A processor's payment-method id (`pm_…`); in the sandbox one of Stripe's test tokens. Never a card number. */
  readonly paymentMethod: string;
  readonly role?: 'primary' | 'backup';
}

export interface CardEditRequest extends ChangeOptions, BillingDetails {
  readonly id: string;
  /** MM/YYYY */
  readonly expiry?: string;
}

export interface CardRemoveRequest extends ChangeOptions {
  readonly id: string;
  readonly replaceWith?: string;
  readonly force?: boolean;
}

export interface CardOperations {
  add(request: CardAddRequest): Promise<Changed & { card: Card; notice?: string }>;
  list(): Promise<Page & { cards: readonly Card[] }>;
  show(request: { id: string }): Promise<{ card: Card }>;
  edit(request: CardEditRequest): Promise<Changed & { card: Card }>;
  /** A card that had the other role changes places with the one that has this. The notice says that none is primary. */
  assign(
    request: ChangeOptions & { id: string; role: 'primary' | 'backup' },
  ): Promise<Changed & { card: Card; notice?: string }>;
  remove(request: CardRemoveRequest): Promise<Changed & { card: Card; notice?: string }>;
  /** Opens the processor's page for a card. Throws `invalid_usage` in the sandbox, which has none. */
  setup(request: ChangeOptions & { role?: 'primary' | 'backup' }): Promise<Changed & { setup: CardSetup }>;
  /** Puts the cards on file that were typed in on such pages since. */
  sync(
    request?: Keyed,
  ): Promise<Changed & { cards: readonly Card[]; setups: readonly CardSetup[]; notices: readonly string[] }>;
}
