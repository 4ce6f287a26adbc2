import { makeId } from '../core/ids';
import { ACCOUNTS } from '../core/ledger/chart';
import { isUnresolved, type Payment, type PurchaseRecord } from '../core/payment/purchase';
import {
  isAwaited,
  needsReview,
  provesSuccess,
  substituteFor,
  withFailure,
  withSuccess,
} from '../core/payment/purchase-steps';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { PaymentAnswer } from '../ports/payment-gateway';
import { openJournal } from './ledger';
import { concludeTopUp, warnRule } from './recharge-episode';
import type { Session } from './session';

/** What a fetched payment means. Only what proves itself is credited; only a confirmed cancel fails a purchase. */
export async function believe(session: Session, purchase: PurchaseRecord, answer: PaymentAnswer) {
  if (answer.kind !== 'payment') return undefined;
  const { payment } = answer;
  if (!fits(session, payment)) return review(session, purchase, payment);
  if (payment.status === 'succeeded')
    return provesSuccess(purchase, payment) ? settle(session, purchase, payment) : review(session, purchase, payment);
  if (payment.status === 'canceled') return fail(session, purchase);
  if (payment.status === 'processing' && purchase.state !== 'processing') {
    return move(session, purchase, 'purchase.processing', (p) => ({ ...p, state: 'processing' }));
  }
  if (payment.status.startsWith('requires_') && purchase.state === 'processing') {
    // It was under way and came to nothing: nothing was taken, and the fence makes sure that nothing will be.
    return move(session, purchase, 'purchase.close', (p) => ({ ...p, state: 'closing' }));
  }
  return undefined;
}

/** Live money belongs to live ledgers, and test money to the others. */
export function fits(session: Session, payment: Payment): boolean {
  return payment.live === (session.info.mode === 'live');
}

export function review(session: Session, purchase: PurchaseRecord, payment: Payment) {
  return move(session, purchase, 'purchase.review', (p) => needsReview(p, payment));
}

function fail(session: Session, purchase: PurchaseRecord): Promise<PurchaseRecord> {
  return transition(session, purchase, 'purchase.fail', async (unit, current) => {
    session.deps.system.reached('fail.before_commit');
    const successor = current.failure?.replacedBy;
    if (successor !== undefined) await unit.records.purchases.insert(substituteFor(current, successor, session.now()));
    return withFailure(current, session.now());
  });
}

/**
 * A payment that took money after its purchase had failed. What proves itself is credited; undefined for what does not,
 * which is left to people.
 */
export async function settleLate(session: Session, purchase: PurchaseRecord, payment: Payment) {
  if (!fits(session, payment) || !provesSuccess(purchase, payment)) return undefined;
  return settle(session, purchase, payment, 'purchase.late');
}

/** The credits and the final state, in one write. */
async function settle(
  session: Session,
  purchase: PurchaseRecord,
  payment: Payment,
  action = 'purchase.settle',
): Promise<PurchaseRecord> {
  const settled = await transition(session, purchase, action, async (unit, current) => {
    const { journal, finish } = await openJournal(unit, session);
    if (current.trigger === 'invoice') {
      const { payInvoiceIn } = await import('./invoice-payment');
      const paid = await payInvoiceIn(unit, journal, current);
      await finish();
      session.deps.system.reached('credit.before_commit');
      return withSuccess({ ...current, payment: payment.id }, paid.seq, paid.recordedAt);
    }
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
    session.deps.system.reached('credit.before_commit');
    return withSuccess({ ...current, payment: payment.id }, entry.seq, entry.recordedAt);
  });
  session.deps.system.reached('credit.after_commit');
  return settled;
}

export function move(
  session: Session,
  purchase: PurchaseRecord,
  action: string,
  step: (current: PurchaseRecord) => PurchaseRecord,
): Promise<PurchaseRecord> {
  return transition(session, purchase, action, async (_unit, current) => step(current));
}

/** One change of state. If somebody else moved the purchase meanwhile, nothing is done and theirs is answered. */
export function transition(
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
    const next = await step(unit, current);
    if (next === current) return current;
    const stored = await unit.records.purchases.update(next);
    if (isConclusion(current, next)) await concludeTopUp(unit, session, stored);
    else if (action === 'purchase.decline' && next.trigger !== 'recharge') await warnRule(unit, session, stored);
    return stored;
  });
}

/** Whether the rule learns something from it: once, when the last card was refused, and again if it is paid after all. */
function isConclusion(current: PurchaseRecord, next: PurchaseRecord): boolean {
  if (next.trigger !== 'recharge' || !isUnresolved(current)) return false;
  if (next.state === 'needs_person') return current.state !== 'needs_person';
  if (next.state === 'failed') return next.cards.length > 0 && !isAwaited(next);
  return next.state === 'succeeded';
}
