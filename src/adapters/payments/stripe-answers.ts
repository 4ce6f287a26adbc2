import Stripe from 'stripe';
import { WalletError } from '../../core/errors';
import { classifyDecline, shownCode } from '../../core/payment/decline';
import type { Decline, Payment } from '../../core/payment/purchase';
import type { PaymentAnswer } from '../../ports/payment-gateway';

type Refusal = { readonly kind: 'refused'; readonly code: string; readonly message: string };
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** Advice of Mastercard's own that means never again with this card. */
const NEVER_AGAIN: readonly string[] = ['03', '21'];

/** The payment of a fetched object; undefined where it is not what Stripe says it sends, which proves nothing. */
export function toPayment(intent: Stripe.PaymentIntent): Payment | undefined {
  const { id, status, amount, amount_received: received, currency, livemode, metadata } = intent;
  const isWhole = typeof id === 'string' && typeof status === 'string' && typeof currency === 'string';
  if (!isWhole || !Number.isSafeInteger(amount) || !Number.isSafeInteger(received)) return undefined;
  return {
    id,
    status,
    amountCents: amount,
    receivedCents: received,
    currency,
    customer: idOf(intent.customer),
    live: livemode === true,
    purchase: metadata?.wallet_op ?? '',
  };
}

/** Runs a call that may move money and answers what came of it. */
export async function answerOf(call: () => Promise<Payment | undefined>): Promise<PaymentAnswer> {
  try {
    const payment = await call();
    return payment === undefined
      ? { kind: 'unknown', reason: 'the answer was not whole' }
      : { kind: 'payment', payment };
  } catch (error) {
    return declined(error) ?? refusalOf(error) ?? unknownOf(error);
  }
}

function declined(error: unknown): PaymentAnswer | undefined {
  if (!(error instanceof Stripe.errors.StripeCardError)) return undefined;
  const decline = declineOf(error);
  // That too much was asked says nothing of the card, nor of the payment: its own state does.
  if (classifyDecline(decline) === 'limited') return { kind: 'refused', code: decline.code, message: decline.message };
  const payment = error.payment_intent === undefined ? undefined : toPayment(error.payment_intent);
  return payment === undefined ? undefined : { kind: 'declined', payment, decline };
}

function declineOf(error: Stripe.errors.StripeCardError): Decline {
  const declineCode = error.decline_code ?? null;
  const isDiscreet = declineCode !== null && shownCode(declineCode) !== declineCode;
  const never = NEVER_AGAIN.includes(error.network_advice_code ?? '');
  return {
    code: error.code ?? 'card_declined',
    declineCode,
    advice: never ? 'do_not_try_again' : (error.advice_code ?? null),
    message: isDiscreet ? 'the bank declined the card' : error.message,
  };
}

/** A definite no before anything happened; undefined for everything that leaves the outcome open. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Stripe.errors.StripeIdempotencyError)
    return { kind: 'refused', code: 'idempotency_error', message: error.message };
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return undefined;
  return { kind: 'refused', code: error.code ?? 'invalid_request', message: error.message };
}

/** Everything else: the request may have been carried out. Keys that are refused count here, for they are no decline. */
export function unknownOf(error: unknown): Unknown {
  if (error instanceof Stripe.errors.StripeAuthenticationError)
    return { kind: 'unknown', reason: 'Stripe refused the key: it is wrong, expired or revoked' };
  if (error instanceof Stripe.errors.StripePermissionError)
    return { kind: 'unknown', reason: `the Stripe key lacks a permission${permissionIn(error.message)}` };
  if (error instanceof Stripe.errors.StripeRateLimitError)
    return { kind: 'unknown', reason: 'Stripe is busy: too many requests' };
  if (error instanceof WalletError) throw error;
  return { kind: 'unknown', reason: 'Stripe did not answer' };
}

/** Why a call got no certain answer; null for a decline or a refusal, which is one. */
export function doubtOf(error: unknown): string | null {
  const isCertain = error instanceof Stripe.errors.StripeCardError || refusalOf(error) !== undefined;
  return isCertain || error instanceof WalletError ? null : unknownOf(error).reason;
}

/** Which permission, where Stripe's message names one: by its title, or by its id. */
function permissionIn(message: string): string {
  const name = /"([\w -]{3,60})"/.exec(message)?.[1] ?? /'(\w{3,60}_(?:read|write))'/.exec(message)?.[1];
  return name === undefined ? '' : `: ${name}`;
}

/** The failure of a card call as the product tells it. */
export function cardFailure(error: unknown, card: string): WalletError {
  if (error instanceof WalletError) return error;
  if (error instanceof Stripe.errors.StripeCardError) return notStored(declineOf(error));
  const refusal = refusalOf(error);
  if (refusal?.code === 'idempotency_error')
    return new WalletError('idempotency_conflict', 'Stripe has seen this key with other parameters', {
      why: 'a key stands for one request',
      hint: 'use another key',
    });
  if (refusal?.code === 'resource_missing')
    return new WalletError('unknown_card', `Stripe has no card ${JSON.stringify(card.slice(0, 60))}`, {
      why: 'it does not exist in this account and mode, or was removed there',
      hint: 'wallet card list',
      details: { paymentMethod: card.slice(0, 60) },
    });
  if (refusal !== undefined) return notStored({ code: refusal.code, declineCode: null, message: refusal.message });
  return unavailable(error);
}

/** Stripe could not be asked; nothing was changed that matters, and asking again is safe. */
export function unavailable(error: unknown): WalletError {
  if (error instanceof WalletError) return error;
  return new WalletError('provider_unavailable', 'Stripe can not be used just now', {
    why: unknownOf(error).reason,
    hint: 'run the command again; with a restricted key, check its permissions in the Stripe Dashboard',
  });
}

export function idOf(value: string | { readonly id: string } | null | undefined): string {
  return typeof value === 'string' ? value : (value?.id ?? '');
}

function notStored({ code, declineCode, message }: Decline): WalletError {
  return new WalletError('card_declined', 'the card was declined and is not stored', {
    why: message,
    hint: 'use another card, or ask the bank',
    details: { code, declineCode },
  });
}
