import type Stripe from 'stripe';
import { WalletError } from '../../core/errors';
import type { CardDetails, StoredCard } from '../../ports/payment-gateway';

/** What is kept of a card. Throws `card_declined` for what is no card, such as a bank account. */
export function storedCard(method: Stripe.PaymentMethod): StoredCard {
  const { id, card } = method;
  if (card === undefined || card === null) {
    throw new WalletError('card_declined', 'this is no card', {
      why: `the processor's payment method is a ${method.type}`,
      hint: 'wallet card add',
      details: { code: 'card_not_supported', declineCode: null },
    });
  }
  return {
    paymentMethod: id,
    // Without a fingerprint a card is like no other.
    fingerprint: card.fingerprint ?? id,
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
  };
}

/** The details as an update; undefined where there are none. What is not known is not sent, so nothing is wiped out. */
export function billingParams(details: CardDetails): Stripe.PaymentMethodUpdateParams | undefined {
  const { name, email, address, expMonth, expYear } = details;
  const place = known({
    line1: address.line1,
    city: address.city,
    state: address.state,
    postal_code: address.postalCode,
    country: address.country,
  });
  const billing = known({ name, email, address: Object.keys(place).length === 0 ? null : place });
  const card = expMonth === undefined || expYear === undefined ? {} : { exp_month: expMonth, exp_year: expYear };
  const params = {
    ...(Object.keys(billing).length === 0 ? {} : { billing_details: billing }),
    ...(Object.keys(card).length === 0 ? {} : { card }),
  };
  return Object.keys(params).length === 0 ? undefined : params;
}

type Known<T> = { [K in keyof T]?: NonNullable<T[K]> };

function known<T extends object>(fields: T): Known<T> {
  // The cast states what the filter does; the compiler cannot see it.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Known<T>;
}
