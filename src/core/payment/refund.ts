import type { Credits } from '../credits';
import { assert } from '../errors';
import type { Draw } from '../ledger/entry';
import type { Instant } from '../time';

/** Where money that goes back stands. A refund can't be taken back once it is sent. */
type RefundState =
  /** The credits are on hold; the processor has not been asked. */
  | 'requested'
  /** The request may have gone out. */
  | 'sending'
  /** The processor has it and is not done. */
  | 'pending'
  | 'succeeded'
  | 'failed'
  /** It had succeeded and came back later: the only way out of a final state. */
  | 'reversed'
  /** Too old to be sent again, and not to be found. For people to resolve; the credits stay on hold. */
  | 'needs_review';

/** Money that went back for a purchase: asked for here, made at the processor by hand, or taken by the bank. */
export interface RefundRecord {
  readonly id: string;
  readonly purchase: string;
  /** The processor's payment that the money goes back from. */
  readonly payment: string;
  readonly kind: 'refund' | 'elsewhere' | 'dispute';
  readonly state: RefundState;
  readonly credits: Credits;
  /** The processor's id of it (`re_…`, `dp_…`): one object, one settlement. */
  readonly reference: string | null;
  /** What was taken from which grant, as positive amounts: what a return puts back. */
  readonly draws: readonly Draw[];
  readonly failure: string | null;
  readonly sentAt: Instant | null;
  readonly createdAt: Instant;
  readonly settledAt: Instant | null;
  readonly version: number;
}

/** A refund as fetched from the processor. */
export interface Refund {
  readonly id: string;
  readonly payment: string;
  readonly amountCents: number;
  readonly status: string;
  /** Our own id of it, from its metadata; null for one that was made elsewhere. */
  readonly refund: string | null;
  readonly failure: string | null;
}

/** A dispute as fetched: whether the bank has the money, and whether a refund is still possible. */
export interface Dispute {
  readonly id: string;
  readonly payment: string;
  readonly amountCents: number;
  readonly status: string;
  readonly refundable: boolean;
}

const FAILED: readonly string[] = ['failed', 'canceled'];

/** What the fetched status means; undefined for one we don't know, which changes nothing. */
export function refundOutcome(refund: Refund): 'succeeded' | 'failed' | 'pending' | undefined {
  if (refund.status === 'succeeded') return 'succeeded';
  if (FAILED.includes(refund.status)) return 'failed';
  return refund.status === 'pending' || refund.status === 'requires_action' ? 'pending' : undefined;
}

/** Whether the bank keeps the money while the dispute stands as it does: not in an inquiry, nor once it was won. */
export function holdsMoney(dispute: Dispute): boolean {
  return !/^(won|prevented|warning_)/.test(dispute.status);
}

export function isOpenRefund(refund: Pick<RefundRecord, 'state'>): boolean {
  return ['requested', 'sending', 'pending', 'needs_review'].includes(refund.state);
}

export function refundKey(refund: RefundRecord): string {
  return `${refund.id}:refund`;
}

/** requested → sending: on record before the request goes out. */
export function withSending(refund: RefundRecord, now: Instant): RefundRecord {
  assert(refund.state === 'requested', 'a refund is sent once it was asked for');
  return { ...refund, state: 'sending', sentAt: now };
}

export function withEnd(refund: RefundRecord, end: Partial<RefundRecord>, now: Instant): RefundRecord {
  return { ...refund, ...end, settledAt: now };
}
