import { type PlainDate, partsOf } from '../../core/date';
import type { Instant } from '../../core/time';
import type { CardDetails, PaymentRequest, StoredCard } from '../../ports/payment-gateway';
import { digest } from '../system';
import type { TestCard } from './sandbox-cards';
import type { SandboxCard, SandboxCustomer, SandboxPayment } from './sandbox-records';
import { requireExpiry } from './sandbox-refusals';

const YEARS_UNTIL_EXPIRY = 5;

// An object's id comes from the key it was made under: a key makes one object, and a ledger's keys are its own.

export function newCustomer(org: { id: string; name: string; email: string | null }, key: string): SandboxCustomer {
  return { id: `cus_${digest([key]).slice(0, 14)}`, org: org.id, name: org.name, email: org.email };
}

export function newCard(testCard: TestCard, customer: string, key: string, today: PlainDate): SandboxCard {
  const id = `pm_${digest([key]).slice(0, 24)}`;
  return {
    id,
    paymentMethod: id,
    // One number is one fingerprint, however often it is stored.
    fingerprint: digest([testCard.token]).slice(0, 16),
    brand: testCard.brand,
    last4: testCard.last4,
    expMonth: 12,
    expYear: partsOf(today).year + YEARS_UNTIL_EXPIRY,
    token: testCard.token,
    customer,
    attached: true,
    name: null,
    email: null,
    address: { line1: null, city: null, state: null, postalCode: null, country: null },
  };
}

/** The card with its billing details, and its expiry where one is given. Throws `card_declined` for a bad expiry. */
export function withDetails(card: SandboxCard, details: CardDetails, today: PlainDate): SandboxCard {
  const { name, email, address, expMonth = card.expMonth, expYear = card.expYear } = details;
  if (expMonth !== card.expMonth || expYear !== card.expYear) requireExpiry({ expMonth, expYear }, today);
  return { ...card, name, email, address, expMonth, expYear };
}

export function newPayment(request: PaymentRequest, amountCents: number, key: string, now: Instant): SandboxPayment {
  return {
    id: `pi_sandbox_${digest([key]).slice(0, 24)}`,
    status: 'requires_payment_method',
    amountCents,
    receivedCents: 0,
    currency: 'usd',
    customer: request.customer,
    live: false,
    purchase: request.purchase,
    org: request.org,
    description: request.description,
    createdAt: now,
    paymentMethod: null,
    readings: 0,
    lostRequests: [],
  };
}

/** The card as callers see it: without what the processor keeps to itself. */
export function storedCard(card: SandboxCard): StoredCard {
  const { paymentMethod, fingerprint, brand, last4, expMonth, expYear } = card;
  return { paymentMethod, fingerprint, brand, last4, expMonth, expYear };
}

/** Details as parameters of a request: in one order, whichever way they were put together. */
export function listDetails({ name, email, address, expMonth, expYear }: CardDetails): readonly unknown[] {
  const { line1, city, state, postalCode, country } = address;
  return [name, email, line1, city, state, postalCode, country, expMonth ?? null, expYear ?? null];
}
