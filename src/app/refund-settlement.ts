import { putBack, releaseRefund, settleRefund, takeOut } from '../core/credit/refund';
import { add, subtract, toCents } from '../core/credits';
import { mayResend, type PurchaseRecord } from '../core/payment/purchase';
import {
  isOpenRefund,
  type Refund,
  type RefundRecord,
  refundKey,
  refundOutcome,
  withEnd,
  withSending,
} from '../core/payment/refund';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { PaymentGateway } from '../ports/payment-gateway';
import { openJournal } from './ledger';
import type { Session } from './session';
import { asUnknown } from './settlement-calls';

/** requested → sending → end, or a look at a list: more steps than this contradict each other. */
const MOST_STEPS = 8;

/**
 * Drives a refund as far as it goes now. The credits are on hold from the start and are let go only on evidence: gone
 * when the processor's refund is fetched as succeeded, free again when it is fetched as failed or is proven not to be.
 */
export async function driveRefund(session: Session, id: string): Promise<RefundRecord> {
  const gateway = await session.gateway();
  let refund = await read(session, id);
  for (let step = 0; step < MOST_STEPS && isOpenRefund(refund); step += 1) {
    const next = await advance(session, gateway, refund).catch(asUnknown);
    if (next === undefined || next.version === refund.version) break;
    const isOnItsWay = refund.state === 'sending' && next.state === 'pending';
    refund = next;
    if (isOnItsWay) break; // to ask again at once would tell nothing new
  }
  return refund;
}

function read(session: Session, id: string): Promise<RefundRecord> {
  return session.store.read(session.org.number, async (view) => {
    const refund = await view.records.refunds.find(id);
    if (refund === undefined) throw new Error(`refund ${id} is gone`);
    return refund;
  });
}

async function advance(session: Session, gateway: PaymentGateway, refund: RefundRecord) {
  if (refund.state === 'requested')
    return transition(session, refund, 'refund.send', async (_unit, current) => withSending(current, session.now()));
  if (refund.state === 'sending' && refund.sentAt !== null && mayResend(refund.sentAt, session.now()))
    return send(session, gateway, refund);
  const found = await findOurs(gateway, refund);
  if (found !== undefined) return takeFetched(session, refund, found);
  if (refund.state !== 'sending' || session.now() < (refund.sentAt ?? 0)) return undefined;
  // Too old to be sent again and not in the list: nobody can prove that it will not show up, so the hold stays.
  return transition(session, refund, 'refund.review', async (_unit, current) => ({
    ...current,
    state: 'needs_review',
  }));
}

async function send(session: Session, gateway: PaymentGateway, refund: RefundRecord) {
  const { reached } = session.deps.system;
  reached('refund.before_send');
  const request = { refund: refund.id, payment: refund.payment, credits: refund.credits };
  const answer = await gateway.createRefund(request, refundKey(refund));
  reached('refund.after_send');
  if (answer.kind === 'unknown') return undefined;
  if (answer.kind === 'refund') return takeFetched(session, refund, answer.refund);
  const found = await findOurs(gateway, refund);
  if (found !== undefined) return takeFetched(session, refund, found);
  return answer.code === 'idempotency_error' ? undefined : release(session, refund, answer.message, null);
}

async function findOurs(gateway: PaymentGateway, refund: RefundRecord): Promise<Refund | undefined> {
  return (await gateway.findRefunds({ payment: refund.payment })).find((each) => each.refund === refund.id);
}

/** What a fetched refund means for the one on record, whatever state that is in. */
export async function takeFetched(
  session: Session,
  refund: RefundRecord,
  fetched: Refund,
): Promise<RefundRecord | undefined> {
  if (fetched.payment !== refund.payment || fetched.amountCents !== toCents(refund.credits)) return undefined;
  const outcome = refundOutcome(fetched);
  if (outcome === 'succeeded' && refund.state !== 'succeeded') return settle(session, refund, fetched.id);
  if (outcome === 'failed' && refund.state === 'succeeded') return reverse(session, refund);
  if (outcome === 'failed' && isOpenRefund(refund))
    return release(session, refund, fetched.failure ?? 'the refund failed', fetched.id);
  if (outcome !== 'pending' || refund.state !== 'sending') return undefined;
  return transition(session, refund, 'refund.pending', async (_unit, current) => ({
    ...current,
    state: 'pending',
    reference: fetched.id,
  }));
}

async function settle(session: Session, refund: RefundRecord, reference: string) {
  const settled = await transition(session, refund, 'refund.settle', async (unit, current) => {
    const purchase = await requireOwner(unit, current);
    const facts = { reference: current.id, memo: null };
    const { journal, finish } = await openJournal(unit, session, { grants: [purchase.entry ?? 0] });
    const isHeld = isOpenRefund(current);
    if (isHeld) settleRefund(journal, current.draws, current.credits, facts);
    const draws = isHeld ? current.draws : takeOut(journal, 'refund', purchase.entry ?? 0, current.credits, facts);
    await finish();
    await unit.records.purchases.update({ ...purchase, refunded: add(purchase.refunded, current.credits) });
    session.deps.system.reached('refund.before_settle');
    return withEnd(current, { state: 'succeeded', reference, draws }, session.now());
  });
  session.deps.system.reached('refund.after_settle');
  return settled;
}

function release(session: Session, refund: RefundRecord, failure: string, reference: string | null) {
  return transition(session, refund, 'refund.fail', async (unit, current) => {
    const { journal, finish } = await openJournal(unit, session, { grants: current.draws.map((draw) => draw.grant) });
    releaseRefund(journal, current.draws, current.credits, { reference: current.id, memo: null });
    await finish();
    return withEnd(current, { state: 'failed', failure, reference: reference ?? current.reference }, session.now());
  });
}

/** It had succeeded and failed later: the money is back at the processor, so the credits are back here. */
export function reverse(session: Session, refund: RefundRecord) {
  return transition(session, refund, 'refund.reverse', async (unit, current) => {
    const purchase = await requireOwner(unit, current);
    await giveBack(unit, session, current, purchase);
    if (current.kind !== 'dispute')
      await unit.records.purchases.update({ ...purchase, refunded: subtract(purchase.refunded, current.credits) });
    else await unit.records.purchases.update({ ...purchase, disputed: false });
    return withEnd(current, { state: 'reversed' }, session.now());
  });
}

async function giveBack(unit: LedgerUnit, session: Session, refund: RefundRecord, purchase: PurchaseRecord) {
  const grants = [purchase.entry ?? 0, ...refund.draws.map((draw) => draw.grant)];
  const { journal, finish } = await openJournal(unit, session, { grants });
  const facts = { reference: refund.id, memo: null };
  putBack(journal, refund.kind === 'dispute' ? 'chargeback' : 'refund', purchase.entry ?? 0, refund.draws, facts);
  await finish();
}

export async function requireOwner(unit: LedgerUnit, refund: RefundRecord): Promise<PurchaseRecord> {
  const purchase = await unit.records.purchases.find(refund.purchase);
  if (purchase === undefined) throw new Error(`purchase ${refund.purchase} is gone`);
  return purchase;
}

/** One change of state, with what it does to the books. If somebody else was first, theirs is answered. */
export function transition(
  session: Session,
  refund: RefundRecord,
  action: string,
  step: (unit: LedgerUnit, current: RefundRecord) => Promise<RefundRecord>,
): Promise<RefundRecord> {
  const facts = { actor: session.actor.name, action, subject: refund.id, reason: null, at: session.now() };
  return session.store.write(session.org.number, facts, async (unit) => {
    const current = await unit.records.refunds.find(refund.id);
    if (current === undefined) throw new Error(`refund ${refund.id} is gone`);
    if (current.version !== refund.version) return current;
    return unit.records.refunds.update(await step(unit, current));
  });
}
