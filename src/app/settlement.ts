import { assertNever } from '../core/errors';
import { makeId } from '../core/ids';
import { ACCOUNTS } from '../core/ledger/chart';
import {
  cancelKey,
  confirmKey,
  createKey,
  type Decline,
  isUnresolved,
  needsReview,
  type Payment,
  type PurchaseRecord,
  pendingAttempt,
  provesSuccess,
  RESEND_WINDOW_MS,
  withAttempt,
  withDecline,
  withFailure,
  withPayment,
  withSuccess,
} from '../core/payment/purchase';
import type { PaymentAnswer, PaymentGateway } from '../ports/payment-gateway';
import type { LedgerUnit } from '../ports/store';
import { openJournal } from './ledger';
import type { Session } from './session';

/** A purchase takes at most eight steps with two cards; more than this is a processor that contradicts itself. */
const MOST_STEPS = 24;
/** No command waits for a processor longer than this in all. */
const TIME_BUDGET_MS = 45_000;

/**
 * Drives a purchase as far as it goes now: to its end, or to where only time or a person can help. Every call to the
 * processor stands between two writes; every write is a compare-and-set, so any number of processes may drive the same
 * purchase. Answers the purchase as it then stands.
 */
export async function drive(session: Session, id: string): Promise<PurchaseRecord> {
  const gateway = await session.deps.gateway();
  const deadline = Date.now() + TIME_BUDGET_MS;
  /** The attempt this process has just put on record: nobody can have sent its confirm yet. */
  let mine: number | undefined;
  let purchase = await read(session, id);
  for (let step = 0; step < MOST_STEPS && isUnresolved(purchase) && Date.now() < deadline; step += 1) {
    const before = purchase;
    const next = await advance(session, gateway, before, mine);
    if (next === undefined) return before;
    purchase = next;
    mine = before.state === 'open' && next.version === before.version + 1 ? next.attempts.length : mine;
  }
  return purchase;
}

function read(session: Session, id: string): Promise<PurchaseRecord> {
  return session.store.read(session.org.number, async (view) => {
    const purchase = await view.records.purchases.find(id);
    if (purchase === undefined) throw new Error(`purchase ${id} is gone`);
    return purchase;
  });
}

/** One step. Undefined where nothing can be done now. */
async function advance(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord, mine: number | undefined) {
  switch (purchase.state) {
    case 'intent':
      return create(session, gateway, purchase);
    case 'open':
      return move(session, purchase, 'purchase.attempt', (p) => withAttempt(p, session.now()));
    case 'confirming':
      return confirm(session, gateway, purchase, mine);
    case 'processing':
      return believe(session, purchase, await lookUp(gateway, purchase));
    case 'closing':
      return close(session, gateway, purchase);
    case 'needs_review':
    case 'succeeded':
    case 'failed':
      return undefined;
    default:
      return assertNever(purchase.state);
  }
}

async function create(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord) {
  const answer = await askForPayment(session, gateway, purchase);
  if (answer === undefined || answer.kind === 'unknown' || answer.kind === 'declined') return undefined;
  if (answer.kind === 'payment')
    return move(session, purchase, 'purchase.create', (p) => withPayment(p, answer.payment));
  // A definite refusal to create: there is no payment, so nothing can be charged.
  const failure = { code: 'payment_failed', message: answer.message };
  return move(session, purchase, 'purchase.refuse', (p) => withFailure({ ...p, failure }, session.now()));
}

/** The same key is sent again while the processor remembers it; afterwards only reading is safe. */
async function askForPayment(
  session: Session,
  gateway: PaymentGateway,
  purchase: PurchaseRecord,
): Promise<PaymentAnswer | undefined> {
  if (session.now() - purchase.createdAt < RESEND_WINDOW_MS) {
    const { id, customer, credits } = purchase;
    const description = `${session.org.name}: prepaid credits`;
    return gateway.createPayment(
      { purchase: id, org: session.org.id, customer, credits, description },
      createKey(purchase),
    );
  }
  const [found] = await gateway.findPayments(purchase.customer, purchase.id);
  return found === undefined ? undefined : { kind: 'payment', payment: found };
}

async function confirm(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord, mine: number | undefined) {
  const attempt = pendingAttempt(purchase);
  if (attempt === undefined || purchase.payment === null) return undefined;
  if (attempt.number !== mine) {
    // Somebody may have sent this confirm before: look first, and send again only what was not charged.
    const seen = await lookUp(gateway, purchase);
    if (seen.kind !== 'payment') return undefined;
    const unconfirmed = seen.payment.status.startsWith('requires_');
    if (!unconfirmed) return believe(session, purchase, seen);
    if (session.now() - attempt.sentAt >= RESEND_WINDOW_MS)
      return move(session, purchase, 'purchase.close', (p) => ({ ...p, state: 'closing' }));
  }
  const answer = await gateway.confirmPayment(purchase.payment, attempt.paymentMethod, confirmKey(purchase, attempt));
  if (answer.kind === 'declined') return decline(session, purchase, answer.decline);
  if (answer.kind === 'refused') return refusedConfirm(session, gateway, purchase, answer);
  return believe(session, purchase, answer);
}

function decline(session: Session, purchase: PurchaseRecord, said: Decline) {
  return move(session, purchase, 'purchase.decline', (p) => withDecline(p, said));
}

/** A confirm the processor would not take: its own view of the payment decides what that means. */
async function refusedConfirm(
  session: Session,
  gateway: PaymentGateway,
  purchase: PurchaseRecord,
  refusal: { code: string; message: string },
) {
  const seen = await lookUp(gateway, purchase);
  if (seen.kind !== 'payment') return undefined;
  if (!seen.payment.status.startsWith('requires_')) return believe(session, purchase, seen);
  return decline(session, purchase, { code: refusal.code, declineCode: null, message: refusal.message });
}

async function close(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord) {
  if (purchase.payment === null) return undefined;
  const answer = await gateway.cancelPayment(purchase.payment, cancelKey(purchase));
  return believe(session, purchase, answer.kind === 'refused' ? await lookUp(gateway, purchase) : answer);
}

async function lookUp(gateway: PaymentGateway, purchase: PurchaseRecord): Promise<PaymentAnswer> {
  return purchase.payment === null
    ? { kind: 'unknown', reason: 'no payment' }
    : gateway.retrievePayment(purchase.payment);
}

/** What a fetched payment means. Only what proves itself is credited; only a confirmed cancel fails a purchase. */
async function believe(session: Session, purchase: PurchaseRecord, answer: PaymentAnswer) {
  if (answer.kind !== 'payment') return undefined;
  const { payment } = answer;
  if (payment.status === 'succeeded')
    return provesSuccess(purchase, payment) ? settle(session, purchase) : review(session, purchase, payment);
  if (payment.status === 'canceled')
    return move(session, purchase, 'purchase.fail', (p) => withFailure(p, session.now()));
  if (payment.status === 'processing' && purchase.state !== 'processing') {
    return move(session, purchase, 'purchase.processing', (p) => ({ ...p, state: 'processing' }));
  }
  return undefined;
}

function review(session: Session, purchase: PurchaseRecord, payment: Payment) {
  return move(session, purchase, 'purchase.review', (p) => needsReview(p, payment));
}

/** The credits and the final state, in one write. */
function settle(session: Session, purchase: PurchaseRecord): Promise<PurchaseRecord> {
  return transition(session, purchase, 'purchase.settle', async (unit, current) => {
    const { journal, finish } = await openJournal(unit, session);
    const entry = journal.bringIn(
      {
        type: current.trigger === 'recharge' ? 'recharge' : 'purchase',
        occurredAt: journal.at,
        credit: ACCOUNTS.processor,
        amount: current.credits,
        memo: current.memo,
        reference: current.id,
      },
      { id: makeId('grant', journal.at, session.deps.system.random()), kind: 'purchased', source: current.id },
    );
    await finish();
    return withSuccess(current, entry.seq, entry.recordedAt);
  });
}

function move(
  session: Session,
  purchase: PurchaseRecord,
  action: string,
  step: (current: PurchaseRecord) => PurchaseRecord,
) {
  return transition(session, purchase, action, async (_unit, current) => step(current));
}

/** One change of state. If somebody else moved the purchase meanwhile, nothing is done and theirs is answered. */
function transition(
  session: Session,
  purchase: PurchaseRecord,
  action: string,
  step: (unit: LedgerUnit, current: PurchaseRecord) => Promise<PurchaseRecord>,
): Promise<PurchaseRecord> {
  const facts = { actor: session.actor.name, action, subject: purchase.id, reason: null, at: session.now() };
  return session.store.write(session.org.number, facts, async (unit) => {
    const current = await unit.records.purchases.find(purchase.id);
    if (current === undefined) throw new Error(`purchase ${purchase.id} is gone`);
    if (current.version !== purchase.version) return current;
    return unit.records.purchases.update(await step(unit, current));
  });
}
