import { type Credits, formatCredits, fromMicro, isWholeCents, parseCredits, ZERO } from '../credits';
import { WalletError } from '../errors';
import type { Instant } from '../time';
import { DEFAULT_MAXIMUM_PURCHASE } from './limits';

/**
 * Where a purchase stands. Unknown is never failed: `failed` needs a confirmed cancel,
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
  /** The card holder has to act: authenticate, or pay on the processor's page. No charge is tried meanwhile. */
  | 'needs_person'
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
  /** What the card network advises, where it says anything. */
  readonly advice?: string | null;
  readonly message: string | null;
}

/** Why a purchase did not come about. */
interface PurchaseFailure {
  readonly code: string;
  readonly message: string;
  /** The purchase that takes its place, to be paid by a person on the processor's page. */
  readonly replacedBy?: string;
}

export interface PurchaseRecord {
  readonly id: string;
  readonly state: PurchaseState;
  readonly trigger: 'manual' | 'recharge' | 'invoice';
  readonly credits: Credits;
  readonly refunded: Credits;
  /** The bank has taken the money back, or holds it while it is disputed. */
  readonly disputed: boolean;
  /** The card that is or was charged last, or `billing_account`. */
  readonly paymentMethod: string;
  /** The cards to try, in order, as they were when it was asked for. */
  readonly cards: readonly { readonly card: string; readonly paymentMethod: string }[];
  readonly attempts: readonly Attempt[];
  readonly customer: string;
  /** The processor's id of the payment; one payment for one purchase, for ever. */
  readonly payment: string | null;
  readonly failure: PurchaseFailure | null;
  /** The number of the entry that brought the credits in. */
  readonly entry: number | null;
  readonly memo: string | null;
  /** The processor's page to pay on, where it is not a stored card that is charged. */
  readonly hosted: HostedPage | null;
  /** When the processor's list was first read in vain, for a payment whose key has become too old to send again. */
  readonly lookedAt: Instant | null;
  readonly createdAt: Instant;
  readonly settledAt: Instant | null;
  readonly version: number;
}

/** A page of the processor's that a person opens: to pay, or to store a card. */
export interface HostedPage {
  readonly session: string;
  readonly url: string;
  readonly expiresAt: Instant;
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
  readonly advice?: string | null;
  readonly message: string;
}

const MINIMUM_PURCHASE = fromMicro(1_000_000);
/** The same key is sent again for 20 hours at most: processors forget keys after 24, and clocks jump. */
const RESEND_WINDOW_MS = 20 * 3_600_000;
/** How a purchase by invoice names its means of payment. */
export const BILLING_ACCOUNT = 'billing_account';

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
        hint: `write ${formatCredits(MINIMUM_PURCHASE)} or more`,
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

/** Whether a second purchase beside it might charge twice for one thing: not an invoice, nor what waits for a person. */
export function isInDoubt(purchase: Pick<PurchaseRecord, 'state' | 'paymentMethod'>): boolean {
  return isUnresolved(purchase) && purchase.paymentMethod !== BILLING_ACCOUNT && purchase.state !== 'needs_person';
}

/** A purchase that has only just been asked for. */
export function placePurchase(
  order: Pick<
    PurchaseRecord,
    'id' | 'trigger' | 'credits' | 'memo' | 'paymentMethod' | 'cards' | 'customer' | 'createdAt'
  >,
): PurchaseRecord {
  return {
    ...order,
    state: 'intent',
    refunded: ZERO,
    disputed: false,
    attempts: [],
    payment: null,
    failure: null,
    entry: null,
    hosted: null,
    lookedAt: null,
    settledAt: null,
    version: 1,
  };
}

/** Whether a key first sent then may be sent again: not after 20 hours, and not by a clock that ran backwards. */
export function mayResend(sentAt: Instant, now: Instant): boolean {
  return now >= sentAt && now - sentAt < RESEND_WINDOW_MS;
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

/** The status that the command line shows for a state. */
export function publicStatus(purchase: PurchaseRecord) {
  if (purchase.state === 'failed') return 'failed';
  if (purchase.state === 'needs_person') return 'requires_action';
  if (purchase.state !== 'succeeded') return 'pending';
  if (purchase.disputed) return 'disputed';
  if (purchase.refunded === 0) return 'succeeded';
  return purchase.refunded === purchase.credits ? 'refunded' : 'partially_refunded';
}
