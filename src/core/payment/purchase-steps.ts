import { assert } from '../errors';
import type { Instant } from '../time';
import { classifyDecline } from './decline';
import {
  type Decline,
  isUnresolved,
  type Payment,
  type PurchaseRecord,
  pendingAttempt,
  placePurchase,
} from './purchase';

/** Two looks at a list that are this far apart, and find nothing, prove that there is nothing. */
const SECOND_LOOK_MS = 3_600_000;

/** The next card to try: the backup waits until the primary's decline is on record. */
function nextCard(purchase: PurchaseRecord): { card: string; paymentMethod: string } | undefined {
  return purchase.cards[purchase.attempts.length];
}

/** intent → open: the processor's payment is known and stored before anything can be charged. */
export function withPayment(purchase: PurchaseRecord, payment: Payment): PurchaseRecord {
  assert(purchase.state === 'intent', 'a payment is stored once');
  if (!matches(purchase, payment)) return needsReview(purchase, payment);
  const state = purchase.failure?.code === CANCELLED.code ? 'closing' : 'open';
  return { ...purchase, state, payment: payment.id };
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

/**
 * confirming → open (another card is left), needs_person (the bank wants the card holder) or closing: a definite decline
 * is on record. Where the processor wants fewer tries, no other card is tried either.
 */
export function withDecline(purchase: PurchaseRecord, decline: Decline): PurchaseRecord {
  const attempt = pendingAttempt(purchase);
  assert(purchase.state === 'confirming' && attempt !== undefined, 'a decline answers an attempt');
  const declined = { ...attempt, outcome: 'declined' as const, ...decline };
  const attempts = [...purchase.attempts.slice(0, -1), declined];
  const next = { ...purchase, attempts, failure: { code: publicCode(decline), message: decline.message } };
  if (classifyDecline(decline) === 'limited') return { ...next, state: 'closing' };
  if (nextCard(next) !== undefined) return { ...next, state: 'open' };
  return { ...next, state: isAwaited(next) ? 'needs_person' : 'closing' };
}

/** Whether its last card was refused for want of its holder, so that only a person can go on. Not so for an invoice for usage. */
export function isAwaited(purchase: PurchaseRecord): boolean {
  const last = purchase.attempts.at(-1);
  const isRefused = last?.outcome === 'declined' && nextCard(purchase) === undefined;
  return isRefused && purchase.trigger !== 'invoice' && classifyDecline(last) === 'authentication';
}

/** needs_person → closing: once the cancel is confirmed, another purchase takes its place, on the processor's page. */
export function withSubstitute(purchase: PurchaseRecord, id: string): PurchaseRecord {
  assert(purchase.state === 'needs_person', 'what waits for a person is replaced');
  const failure = purchase.failure ?? { code: 'authentication_required', message: 'the card holder has to act' };
  return { ...purchase, state: 'closing', failure: { ...failure, replacedBy: id } };
}

/** The purchase in the place of one that a person has to pay: it exists before its page does, and charges no card on file. */
export function substituteFor(purchase: PurchaseRecord, id: string, createdAt: Instant): PurchaseRecord {
  const { credits, customer, paymentMethod, trigger } = purchase;
  const memo = purchase.memo ?? `in place of ${purchase.id}`;
  const order = { id, trigger, credits, customer, paymentMethod, cards: [], memo, createdAt };
  return { ...placePurchase(order), state: 'needs_person' };
}

/**
 * What a user's cancel does: the fence goes up where there is a payment. Where there may be one whose id is not known,
 * it is noted, and the fence goes up once it is. Undefined where it is too late.
 */
export function withCancel(purchase: PurchaseRecord): PurchaseRecord | undefined {
  if (!isUnresolved(purchase) || purchase.state === 'needs_review') return undefined;
  const failure = isAwaited(purchase) ? (purchase.failure ?? CANCELLED) : CANCELLED;
  const { code, message } = failure;
  const given = { ...purchase, failure: { code, message } };
  return { ...given, state: purchase.payment === null ? purchase.state : 'closing' };
}

/** A look at the processor's list that found no payment: the first is noted, a second an hour later is proof. */
export function withNothingFound(purchase: PurchaseRecord, now: Instant): PurchaseRecord {
  assert(purchase.payment === null, 'only a payment that is not known is looked for');
  if (purchase.lookedAt === null) return { ...purchase, lookedAt: now };
  if (now - purchase.lookedAt < SECOND_LOOK_MS) return purchase;
  const failure = { code: 'payment_failed', message: 'the payment was never created at the processor' };
  return withFailure({ ...purchase, failure }, now);
}

/**
 * → succeeded: called in the write that posts the credits, and only with a payment that proves itself. From `failed` as
 * well: behind the fence that can't be, but money that was taken is never ignored.
 */
export function withSuccess(purchase: PurchaseRecord, entry: number, now: Instant): PurchaseRecord {
  assert(purchase.state !== 'succeeded', 'a purchase is credited once');
  const attempt = purchase.attempts.at(-1);
  const attempts =
    attempt === undefined ? [] : [...purchase.attempts.slice(0, -1), { ...attempt, outcome: 'succeeded' as const }];
  return { ...purchase, state: 'succeeded', attempts, failure: null, entry, settledAt: now };
}

/** closing → failed: the cancel is confirmed, so no charge can come any more. */
export function withFailure(purchase: PurchaseRecord, now: Instant): PurchaseRecord {
  assert(isUnresolved(purchase), 'a purchase ends once');
  const failure = purchase.failure ?? CANCELLED;
  return { ...purchase, state: 'failed', failure, settledAt: now };
}

/** What the processor shows is not what was asked: nothing is credited, nothing is tried again. */
export function needsReview(purchase: PurchaseRecord, payment: Payment): PurchaseRecord {
  assert(isUnresolved(purchase), 'what has ended is not reviewed');
  return {
    ...purchase,
    state: 'needs_review',
    payment: purchase.payment ?? payment.id,
    failure: { code: 'payment_mismatch', message: `the processor's payment ${payment.id} does not match the purchase` },
  };
}

/** Whether the fetched payment is the one that was asked for: amount, currency, customer and purchase. */
function matches(purchase: PurchaseRecord, payment: Payment): boolean {
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

const CANCELLED = { code: 'cancelled', message: 'the purchase was cancelled' } as const;

function publicCode(decline: Decline): string {
  const kind = classifyDecline(decline);
  if (kind === 'limited') return 'payment_failed';
  return kind === 'authentication' ? 'authentication_required' : 'card_declined';
}
