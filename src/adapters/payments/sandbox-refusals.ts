import { quote } from '../../core/credits';
import type { PlainDate } from '../../core/date';
import { WalletError } from '../../core/errors';
import { isExpired } from '../../core/payment/card';
import type { Decline } from '../../core/payment/purchase';
import { nearest, refuseSecrets } from '../../core/text';
import type { PaymentAnswer, Refusal } from '../../ports/payment-gateway';
import { findTestCard, SUGGESTED_TOKENS, type TestCard, testTokens } from './sandbox-cards';
import type { SandboxPayment } from './sandbox-records';

/** In cents. A small trial of a postpaid service is to be seen paid: play money needs no minimum. */
export const SMALLEST_CHARGE = 1;
/** What Stripe charges at most, in cents. */
const LARGEST_CHARGE = 99_999_999;
/** Longer text is no slip of the finger, and slow to compare. */
const LONGEST_GUESS = 100;

/** The test card of the token, if it can be stored. Throws `unknown_card`, `card_declined` or `provider_unavailable`. */
export function requireStorable(token: string): TestCard {
  refuseSecrets(token, 'payment method');
  const testCard = findTestCard(token);
  if (testCard === undefined) throw unknownToken(token);
  if (testCard.refusal === 'unavailable') throw unavailable();
  if (testCard.refusal !== null) throw notStored(testCard.refusal);
  return testCard;
}

/** Throws `card_declined` for a month that is none, or that is over. */
export function requireExpiry(card: { expMonth: number; expYear: number }, today: PlainDate): void {
  const isMonth = Number.isInteger(card.expMonth) && card.expMonth >= 1 && card.expMonth <= 12;
  if (!isMonth) throw notStored({ code: 'invalid_expiry_month', declineCode: null, message: 'there is no such month' });
  if (!isExpired(card, today)) return;
  throw notStored({ code: 'invalid_expiry_year', declineCode: null, message: 'its expiry is over' });
}

export function unknownCard(paymentMethod: string): WalletError {
  return new WalletError('unknown_card', `the sandbox has no card ${quote(paymentMethod)}`, {
    why: 'it was never stored there, or was removed',
    hint: 'wallet card list',
    details: { paymentMethod: paymentMethod.slice(0, 60) },
  });
}

export function unknownCustomer(customer: string): WalletError {
  return new WalletError('provider_unavailable', `the sandbox has no customer ${quote(customer)}`, {
    why: 'the ledger and the sandbox inside it do not belong together',
    hint: 'wallet verify',
    details: { customer },
  });
}

export function reusedKey(key: string): never {
  throw new WalletError('idempotency_conflict', 'the sandbox has seen this key with other parameters', {
    why: 'a key stands for one request',
    hint: 'use another key',
    details: { key },
  });
}

export function refusedKey(key: string): Refusal {
  return refuse('idempotency_error', `the key ${key} was first used with other parameters`);
}

export function refuse(code: string, message: string): Refusal {
  return { kind: 'refused', code, message };
}

export function missing(what: string, id: string): Refusal {
  return refuse('resource_missing', `the sandbox has no ${what} ${quote(id)}`);
}

export function unexpectedState(action: 'confirmed' | 'cancelled', payment: SandboxPayment): PaymentAnswer {
  const message = `the payment ${payment.id} can not be ${action}: its status is ${payment.status}`;
  return refuse('payment_intent_unexpected_state', message);
}

/** Why the amount can't be charged by card; undefined where it can. */
export function amountRefusal(amountCents: number): PaymentAnswer | undefined {
  if (amountCents < SMALLEST_CHARGE) return refuse('amount_too_small', 'the amount is below 0.01');
  if (amountCents > LARGEST_CHARGE) return refuse('amount_too_large', 'the amount is above 999999.99');
  return undefined;
}

function unknownToken(token: string): WalletError {
  const near = token.length > LONGEST_GUESS ? undefined : nearest(token, testTokens());
  return new WalletError('unknown_card', `the sandbox has no test card ${quote(token)}`, {
    why: `it takes Stripe's test cards, such as ${SUGGESTED_TOKENS.join(', ')}`,
    hint: near === undefined ? `wallet card add --payment-method ${SUGGESTED_TOKENS[0]}` : `did you mean ${near}?`,
    details: { paymentMethod: token.slice(0, 60), suggestions: near === undefined ? SUGGESTED_TOKENS : [near] },
  });
}

function notStored({ code, declineCode, message }: Decline): WalletError {
  return new WalletError('card_declined', 'the card was declined and is not stored', {
    why: message,
    hint: 'use another card, or ask the bank',
    details: { code, declineCode },
  });
}

function unavailable(): WalletError {
  return new WalletError('provider_unavailable', 'the sandbox can not be reached', {
    why: 'the test card asks for an outage; nothing was stored',
    hint: 'run the command again, or use another test card',
  });
}
