import { takeOut } from '../core/credit/refund';
import { add, fromCents } from '../core/credits';
import { makeId } from '../core/ids';
import type { PurchaseRecord } from '../core/payment/purchase';
import { type Dispute, holdsMoney, type Refund, type RefundRecord, withEnd } from '../core/payment/refund';
import type { LedgerUnit } from '../ports/ledger-unit';
import { openJournal } from './ledger';
import { requireOwner, reverse, transition } from './refund-settlement';
import type { Session } from './session';

/** Books money that left without us: refunded by hand at the processor, or taken by the bank. Once per object. */
export async function takeForeign(
  session: Session,
  purchase: PurchaseRecord,
  object: Refund | Dispute,
): Promise<RefundRecord | undefined> {
  const kind = 'refundable' in object ? 'dispute' : 'elsewhere';
  const facts = {
    actor: session.actor.name,
    action: `refund.${kind}`,
    subject: `${object.id} of ${purchase.id}`,
    reason: null,
    at: session.now(),
  };
  return session.store.write(session.org.number, facts, async (unit) => {
    const [known] = await unit.records.refunds.list({ reference: object.id });
    // It may have been asked for here after the list of ours was read: then it is ours to settle, not foreign.
    const ours = 'refund' in object && object.refund !== null && (await unit.records.refunds.find(object.refund));
    if (known !== undefined || ours) return undefined;
    const current = await unit.records.purchases.find(purchase.id);
    if (current === undefined || current.entry === null) return undefined;
    const record = foreignRecord(session, current, object, kind);
    const { journal, finish } = await openJournal(unit, session, { grants: [current.entry] });
    const type = kind === 'dispute' ? 'chargeback' : 'refund';
    const draws = takeOut(journal, type, current.entry, record.credits, { reference: record.id, memo: object.id });
    await finish();
    const change = kind === 'dispute' ? { disputed: true } : { refunded: add(current.refunded, record.credits) };
    await unit.records.purchases.update({ ...current, ...change });
    if (kind === 'dispute') await freeze(unit, session);
    const taken = { ...record, draws };
    await unit.records.refunds.insert(taken);
    return taken;
  });
}

/** Nothing more is charged until a person has looked at the dispute. */
async function freeze(unit: LedgerUnit, session: Session): Promise<void> {
  const org = await unit.records.organisations.find(session.org.id);
  if (org?.frozenAt === null) await unit.records.organisations.update({ ...org, frozenAt: session.now() });
}

function foreignRecord(
  session: Session,
  purchase: PurchaseRecord,
  object: Refund | Dispute,
  kind: 'dispute' | 'elsewhere',
): RefundRecord {
  const now = session.now();
  return {
    id: makeId('rfd', now, session.deps.system.random()),
    purchase: purchase.id,
    payment: object.payment,
    kind,
    state: 'succeeded',
    credits: fromCents(object.amountCents),
    reference: object.id,
    draws: [],
    failure: null,
    sentAt: null,
    createdAt: now,
    settledAt: now,
    version: 1,
  };
}

/**
 * A dispute as fetched: won ones give back exactly what was taken, once; one that is lost after all takes it again. The
 * record was read before the dispute was fetched, so a state that differs from it came later.
 */
export async function takeDispute(
  session: Session,
  purchase: PurchaseRecord,
  known: RefundRecord | undefined,
  dispute: Dispute,
) {
  if (known === undefined) return holdsMoney(dispute) ? takeForeign(session, purchase, dispute) : undefined;
  if (holdsMoney(dispute) && known.state === 'reversed') return retake(session, known, dispute);
  return !holdsMoney(dispute) && known.state === 'succeeded' ? reverse(session, known) : undefined;
}

/** The bank has the money again: the credits leave as they did at first, and a person has to look once more. */
function retake(session: Session, refund: RefundRecord, dispute: Dispute) {
  return transition(session, refund, 'refund.dispute', async (unit, current) => {
    const purchase = await requireOwner(unit, current);
    const credits = fromCents(dispute.amountCents);
    const { journal, finish } = await openJournal(unit, session, { grants: [purchase.entry ?? 0] });
    const facts = { reference: current.id, memo: dispute.id };
    const draws = takeOut(journal, 'chargeback', purchase.entry ?? 0, credits, facts);
    await finish();
    await unit.records.purchases.update({ ...purchase, disputed: true });
    await freeze(unit, session);
    return withEnd(current, { state: 'succeeded', credits, draws }, session.now());
  });
}
