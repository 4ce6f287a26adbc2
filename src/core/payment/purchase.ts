import { type Credits, formatCredits, fromMicro, isWholeCents, parseCredits } from '../credits';
import { assert, WalletError } from '../errors';
import type { Instant } from '../time';

/**
 * Where a purchase stands (payments-and-faults, part C1). Unknown is never failed: `failed` needs a confirmed cancel,
 * or proof that no payment was ever made.
 */
export type PurchaseState =
  /** Recorded; the processor may or may not have a payment for it. */
  | 'intent'
  /** The processor's payment is stored and unconfirmed: it can't take money. */
  | 'open'
  /** An attempt is recorded; a confirm may have gone out. */
  | 'confirming'
  | 'processing'
  /** No card is left: the payment is being cancelled, which is the fence. */
  | 'closing'
  | 'succeeded'
  | 'failed'
  /** What the processor shows does not match what was asked. For people to resolve. */
  | 'needs_review';

/** One try to charge one card. Its number is part of its idempotency key and moves on only after a definite decline. */
export interface Attempt {
  readonly number: number;
  readonly card: string;
  readonly paymentMethod: string;
  readonly sentAt: Instant;
  readonly outcome: 'succeeded' | 'declined' | null;
  readonly code: string | null;
  readonly declineCode: string | null;
  readonly message: string | null;
}

export interface PurchaseRecord {
  readonly id: string;
  readonly state: PurchaseState;
  readonly trigger: 'manual' | 'recharge';
  readonly credits: Credits;
  readonly refunded: Credits;
  /** The card that is or was charged last, or `billing_account`. */
  readonly paymentMethod: string;
  /** The cards to try, in order, as they were when it was asked for. */
  readonly cards: readonly { readonly card: string; readonly paymentMethod: string }[];
  readonly attempts: readonly Attempt[];
  readonly customer: string;
  /** The processor's id of the payment; one payment for one purchase, for ever. */
  readonly payment: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** The number of the entry that brought the credits in. */
  readonly entry: number | null;
  readonly memo: string | null;
  readonly createdAt: Instant;
  readonly settledAt: Instant | null;
  readonly version: number;
}

/** A payment as fetched from the processor. Only what is fetched is believed. */
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly amountCents: number;
  readonly receivedCents: number;
  readonly currency: string;
  readonly customer: string;
  readonly live: boolean;
  /** The purchase it was made for, from its metadata. */
  readonly purchase: string;
}

/** A refusal by the bank or the processor that is final for this attempt. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
}

export const MINIMUM_PURCHASE = fromMicro(1_000_000);
export const DEFAULT_MAXIMUM_PURCHASE = fromMicro(10_000_000_000);
/** The same key is sent again for 20 hours at most: processors forget keys after 24, and clocks jump. */
export const RESEND_WINDOW_MS = 20 * 3_600_000;

/** Reads a purchase as typed: steps of 0.01, from 1.00 to the maximum. Throws `invalid_amount` or `limit_exceeded`. */
export function parsePurchaseAmount(text: string, maximum = DEFAULT_MAXIMUM_PURCHASE): Credits {
  const credits = parseCredits(text);
  if (!isWholeCents(credits)) {
    throw new WalletError('invalid_amount', `the amount ${text} is not in steps of 0.01`, {
      why: 'a card can be charged whole cents only; amounts are refused, never rounded',
      hint: 'write at most two decimals',
    });
  }
  if (credits < MINIMUM_PURCHASE) {
    throw new WalletError(
      'invalid_amount',
      `the amount ${text} is below the minimum of ${formatCredits(MINIMUM_PURCHASE)}`,
      {
        why: 'smaller charges cost more than they bring',
        hint: `wallet buy ${formatCredits(MINIMUM_PURCHASE)}`,
      },
    );
  }
  if (credits > maximum) {
    throw new WalletError(
      'limit_exceeded',
      `the amount ${text} is above the maximum of ${formatCredits(maximum)} for one purchase`,
      {
        why: 'the limit guards against slips of the finger',
        hint: 'buy in parts, or raise the limit: wallet config set maxPurchase AMOUNT',
      },
    );
  }
  return credits;
}

export function isUnresolved(purchase: Pick<PurchaseRecord, 'state'>): boolean {
  return purchase.state !== 'succeeded' && purchase.state !== 'failed';
}

export function createKey(purchase: PurchaseRecord): string {
  return `${purchase.id}:create`;
}

export function confirmKey(purchase: PurchaseRecord, attempt: Attempt): string {
  return `${purchase.id}:confirm:${attempt.number}`;
}

export function cancelKey(purchase: PurchaseRecord): string {
  return `${purchase.id}:cancel`;
}

/** The attempt whose outcome is not known yet. */
export function pendingAttempt(purchase: PurchaseRecord): Attempt | undefined {
  const last = purchase.attempts.at(-1);
  return last?.outcome === null ? last : undefined;
}

/** The next card to try: the backup waits until the primary's decline is on record. */
export function nextCard(purchase: PurchaseRecord): { card: string; paymentMethod: string } | undefined {
  return purchase.cards[purchase.attempts.length];
}

/** intent → open: the processor's payment is known and stored before anything can be charged. */
export function withPayment(purchase: PurchaseRecord, payment: Payment): PurchaseRecord {
  assert(purchase.state === 'intent', 'a payment is stored once');
  if (!matches(purchase, payment)) return needsReview(purchase, payment);
  return { ...purchase, state: 'open', payment: payment.id };
}

/** open → confirming: attempt and card are on record before the confirm goes out; → closing where no card is left. */
export function withAttempt(purchase: PurchaseRecord, now: Instant): PurchaseRecord {
  assert(purchase.state === 'open', 'an attempt starts on an unconfirmed payment');
  const card = nextCard(purchase);
  if (card === undefined) return { ...purchase, state: 'closing' };
  const attempt = {
    ...card,
    number: purchase.attempts.length + 1,
    sentAt: now,
    outcome: null,
    code: null,
    declineCode: null,
    message: null,
  };
  return { ...purchase, state: 'confirming', paymentMethod: card.card, attempts: [...purchase.attempts, attempt] };
}

/** confirming → open (another card is left) or closing: a definite decline is on record. */
export function withDecline(purchase: PurchaseRecord, decline: Decline): PurchaseRecord {
  const attempt = pendingAttempt(purchase);
  assert(purchase.state === 'confirming' && attempt !== undefined, 'a decline answers an attempt');
  const declined = { ...attempt, outcome: 'declined' as const, ...decline };
  const attempts = [...purchase.attempts.slice(0, -1), declined];
  const next = { ...purchase, attempts, failure: { code: publicCode(decline), message: decline.message } };
  return { ...next, state: nextCard(next) === undefined ? 'closing' : 'open' };
}

/** → succeeded: called in the write that posts the credits, and only with a payment that proves itself. */
export function withSuccess(purchase: PurchaseRecord, entry: number, now: Instant): PurchaseRecord {
  const attempt = purchase.attempts.at(-1);
  const attempts =
    attempt === undefined ? [] : [...purchase.attempts.slice(0, -1), { ...attempt, outcome: 'succeeded' as const }];
  return { ...purchase, state: 'succeeded', attempts, failure: null, entry, settledAt: now };
}

/** closing → failed: the cancel is confirmed, so no charge can come any more. */
export function withFailure(purchase: PurchaseRecord, now: Instant): PurchaseRecord {
  const failure = purchase.failure ?? { code: 'cancelled', message: 'the purchase was cancelled' };
  return { ...purchase, state: 'failed', failure, settledAt: now };
}

/** What the processor shows is not what was asked: nothing is credited, nothing is tried again. */
export function needsReview(purchase: PurchaseRecord, payment: Payment): PurchaseRecord {
  return {
    ...purchase,
    state: 'needs_review',
    payment: purchase.payment ?? payment.id,
    failure: { code: 'payment_mismatch', message: `the processor's payment ${payment.id} does not match the purchase` },
  };
}

/** Whether the fetched payment is the one that was asked for: amount, currency, customer and purchase. */
export function matches(purchase: PurchaseRecord, payment: Payment): boolean {
  return (
    payment.amountCents * 10_000 === purchase.credits &&
    payment.currency === 'usd' &&
    payment.customer === purchase.customer &&
    payment.purchase === purchase.id &&
    (purchase.payment === null || payment.id === purchase.payment)
  );
}

/** Whether the fetched payment proves that the whole amount was taken. */
export function provesSuccess(purchase: PurchaseRecord, payment: Payment): boolean {
  return (
    payment.status === 'succeeded' && matches(purchase, payment) && payment.receivedCents * 10_000 === purchase.credits
  );
}

/** The status that the command line shows for a state. */
export function publicStatus(purchase: PurchaseRecord) {
  if (purchase.state === 'failed') return 'failed';
  if (purchase.state !== 'succeeded') return 'pending';
  if (purchase.refunded === 0) return 'succeeded';
  return purchase.refunded === purchase.credits ? 'refunded' : 'partially_refunded';
}

function publicCode(decline: Decline): string {
  return decline.code === 'authentication_required' || decline.declineCode === 'authentication_required'
    ? 'authentication_required'
    : 'card_declined';
}
