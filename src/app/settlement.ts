import { assertNever } from '../core/errors';
import {
  BILLING_ACCOUNT,
  confirmKey,
  type Decline,
  isUnresolved,
  mayResend,
  type PurchaseRecord,
  pendingAttempt,
} from '../core/payment/purchase';
import { withAttempt, withDecline, withFailure, withNothingFound, withPayment } from '../core/payment/purchase-steps';
import type { PaymentAnswer, PaymentGateway } from '../ports/payment-gateway';
import type { Session } from './session';
import { asUnknown, type Calls, callsFor } from './settlement-calls';
import { driveHosted, openPaymentPage, replaceByPage } from './settlement-hosted';
import { believe, fits, move, review } from './settlement-moves';

/** A purchase takes at most eight steps with two cards; more than this is a processor that contradicts itself. */
const MOST_STEPS = 24;
/** No command waits for a processor longer than this in all. */
const TIME_BUDGET_MS = 45_000;

/** Refusals that are about the request or the payment, not about the card: they say nothing of the card. */
const NOT_THE_CARD: readonly string[] = ['idempotency_error', 'payment_intent_unexpected_state', 'lock_timeout'];

/**
 * Drives a purchase as far as it goes now: to its end, or to where only time or a person can help. Every call to the
 * processor stands between two writes; every write is a compare-and-set, so any number of processes may drive the same
 * purchase. Answers the purchase as it then stands.
 */
export async function drive(session: Session, id: string): Promise<PurchaseRecord> {
  const gateway = await session.gateway();
  const deadline = performance.now() + TIME_BUDGET_MS;
  /** The attempt this process has just put on record: nobody can have sent its confirm yet. */
  let mine: number | undefined;
  let purchase = await read(session, id);
  for (let step = 0; step < MOST_STEPS && isUnresolved(purchase) && performance.now() < deadline; step += 1) {
    const before = purchase;
    const next = await advance(session, gateway, before, mine).catch(asUnknown);
    if (next === undefined || next.version === before.version) return next ?? before;
    purchase = next;
    mine = before.state === 'open' && next.version === before.version + 1 ? next.attempts.length : mine;
  }
  const successor = purchase.state === 'failed' ? purchase.failure?.replacedBy : undefined;
  if (successor !== undefined) await drive(session, successor);
  return purchase;
}

function read(session: Session, id: string): Promise<PurchaseRecord> {
  return session.store.read(session.org.number, async (view) => {
    const purchase = await view.records.purchases.find(id);
    if (purchase === undefined) throw new Error(`purchase ${id} is gone`);
    return purchase;
  });
}

/** One step. Undefined, or the purchase unchanged, where nothing can be done now. */
async function advance(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord, mine: number | undefined) {
  const calls = await callsFor(session, gateway, purchase);
  if (purchase.hosted !== null && purchase.state !== 'closing')
    return driveHosted(session, gateway, purchase, purchase.hosted);
  switch (purchase.state) {
    case 'intent':
      return create(session, calls, purchase);
    case 'open':
      if (purchase.paymentMethod === BILLING_ACCOUNT) return sendInvoice(session, gateway, purchase);
      return move(session, purchase, 'purchase.attempt', (p) => withAttempt(p, session.now()));
    case 'confirming':
      return confirm(session, gateway, purchase, mine);
    case 'processing':
      return believe(session, purchase, await lookUp(calls, purchase));
    case 'needs_person':
      return purchase.payment === null
        ? openPaymentPage(session, gateway, purchase)
        : waitForPerson(session, gateway, calls, purchase);
    case 'closing':
      return close(session, calls, purchase);
    case 'needs_review':
    case 'succeeded':
    case 'failed':
      return undefined;
    default:
      return assertNever(purchase.state);
  }
}

async function create(session: Session, calls: Calls, purchase: PurchaseRecord) {
  const { reached } = session.deps.system;
  reached('create.before_send');
  const answer = mayResend(purchase.createdAt, session.now()) ? await calls.create() : undefined;
  reached('create.after_recv');
  if (answer === undefined || (answer.kind === 'refused' && answer.code === 'idempotency_error'))
    return look(session, calls, purchase);
  if (answer.kind === 'unknown' || answer.kind === 'declined') return undefined;
  if (answer.kind === 'payment') return store(session, purchase, answer);
  // A definite refusal to create: there is no payment, so nothing can be charged.
  const failure = { code: 'payment_failed', message: answer.message };
  return move(session, purchase, 'purchase.refuse', (p) => withFailure({ ...p, failure }, session.now()));
}

async function store(session: Session, purchase: PurchaseRecord, { payment }: PaymentAnswer & { kind: 'payment' }) {
  if (!fits(session, payment)) return review(session, purchase, payment);
  const stored = await move(session, purchase, 'purchase.create', (p) => withPayment(p, payment));
  session.deps.system.reached('pi.after_commit');
  return stored;
}

/** The key is too old to be sent: only the processor's list can tell whether there is a payment. */
async function look(session: Session, calls: Calls, purchase: PurchaseRecord) {
  const found = await calls.find();
  if (found?.kind === 'payment') {
    const stored = await store(session, purchase, found);
    // It was never confirmed, and too much time has gone by to confirm it now.
    if (stored.state !== 'open' || mayResend(purchase.createdAt, session.now())) return stored;
    return move(session, stored, 'purchase.close', (p) => ({ ...p, state: 'closing' }));
  }
  if (session.now() < purchase.createdAt) return undefined;
  return move(session, purchase, 'purchase.look', (p) => withNothingFound(p, session.now()));
}

async function confirm(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord, mine: number | undefined) {
  const attempt = pendingAttempt(purchase);
  if (attempt === undefined || purchase.payment === null) return undefined;
  const calls = await callsFor(session, gateway, purchase);
  if (attempt.number !== mine) {
    // Somebody may have sent this confirm before: look first, and send again only what was not charged.
    const seen = await lookUp(calls, purchase);
    if (seen.kind !== 'payment') return undefined;
    if (!seen.payment.status.startsWith('requires_')) return believe(session, purchase, seen);
    if (session.now() < attempt.sentAt) return undefined;
    if (!mayResend(attempt.sentAt, session.now()))
      return move(session, purchase, 'purchase.close', (p) => ({ ...p, state: 'closing' }));
  }
  session.deps.system.reached('confirm.before_send');
  const charge = {
    payment: purchase.payment,
    paymentMethod: attempt.paymentMethod,
    attended: purchase.trigger === 'manual',
  };
  const answer = await gateway.confirmPayment(charge, confirmKey(purchase, attempt));
  session.deps.system.reached('confirm.after_send');
  if (answer.kind === 'declined') return decline(session, calls, purchase, answer.decline);
  if (answer.kind === 'refused') return refusedConfirm(session, calls, purchase, answer);
  return believe(session, purchase, answer);
}

/** A decline moves on to the next card, unless it may mean that the payment was made already. */
async function decline(session: Session, calls: Calls, purchase: PurchaseRecord, said: Decline) {
  if (said.declineCode === 'duplicate_transaction') {
    const seen = await lookUp(calls, purchase);
    if (seen.kind !== 'payment') return undefined;
    if (!seen.payment.status.startsWith('requires_')) return believe(session, purchase, seen);
  }
  return move(session, purchase, 'purchase.decline', (p) => withDecline(p, said));
}

/** A confirm the processor would not take: its own view of the payment decides what that means. */
async function refusedConfirm(
  session: Session,
  calls: Calls,
  purchase: PurchaseRecord,
  refusal: { code: string; message: string },
) {
  const seen = await lookUp(calls, purchase);
  if (seen.kind !== 'payment') return undefined;
  if (!seen.payment.status.startsWith('requires_')) return believe(session, purchase, seen);
  if (NOT_THE_CARD.includes(refusal.code)) return undefined;
  const said = { code: refusal.code, declineCode: null, message: refusal.message };
  return move(session, purchase, 'purchase.decline', (p) => withDecline(p, said));
}

/**
 * Nothing is tried while a person is asked for; what they have not done within a day is given up. Nobody sits behind a
 * top-up, so it is cancelled and replaced by one with a page, where the processor has pages.
 */
async function waitForPerson(session: Session, gateway: PaymentGateway, calls: Calls, purchase: PurchaseRecord) {
  const seen = await lookUp(calls, purchase);
  if (seen.kind !== 'payment') return undefined;
  if (!seen.payment.status.startsWith('requires_')) return believe(session, purchase, seen);
  if (purchase.trigger === 'recharge' && gateway.hosted !== null) return replaceByPage(session, purchase);
  if (session.now() < purchase.createdAt || mayResend(purchase.createdAt, session.now())) return undefined;
  return move(session, purchase, 'purchase.close', (p) => ({ ...p, state: 'closing' }));
}

async function sendInvoice(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord) {
  if (purchase.payment === null) return undefined;
  if (!mayResend(purchase.createdAt, session.now()))
    return move(session, purchase, 'purchase.close', (p) => ({ ...p, state: 'closing' }));
  session.deps.system.reached('confirm.before_send');
  const answer = await gateway.sendInvoice(purchase.payment, `${purchase.id}:send`);
  session.deps.system.reached('confirm.after_send');
  return believe(session, purchase, answer);
}

/** The fence: `failed` is believed only of a cancel that was answered, or of a payment that is read as cancelled. */
async function close(session: Session, calls: Calls, purchase: PurchaseRecord) {
  if (purchase.payment === null) return undefined;
  session.deps.system.reached('cancel.before_send');
  const answer = await calls.cancel(purchase.payment);
  session.deps.system.reached('cancel.after_send');
  return believe(session, purchase, answer.kind === 'refused' ? await lookUp(calls, purchase) : answer);
}

async function lookUp(calls: Calls, purchase: PurchaseRecord): Promise<PaymentAnswer> {
  return purchase.payment === null ? { kind: 'unknown', reason: 'no payment' } : calls.retrieve(purchase.payment);
}
