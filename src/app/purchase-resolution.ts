import type { Changed, ChangeOptions } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { Purchase } from '../contract/purchases';
import { WalletError } from '../core/errors';
import { isUnresolved, type PurchaseRecord } from '../core/payment/purchase';
import { withCancel } from '../core/payment/purchase-steps';
import type { PaymentGateway } from '../ports/payment-gateway';
import { type ChangeFacts, changeIn } from './command';
import type { Dependencies } from './dependencies';
import { keyed } from './keyed';
import { requirePurchase } from './purchase-records';
import { settleReview } from './purchase-review';
import { answer } from './purchases';
import { openSession, type Session } from './session';
import { drive } from './settlement';
import { replaceByPage } from './settlement-hosted';

type Resolved = Changed & { purchase: Purchase; balance: Balance };
type Ask = ChangeOptions & { id: string };

/**
 * Gives a purchase up: `failed` only once the processor has confirmed the cancel, or shown that it never had a payment.
 * If the money was taken meanwhile, the credits come instead. Throws `invalid_state` for one that is at its end.
 */
export async function cancelPurchase(deps: Dependencies, request: Ask): Promise<Resolved> {
  const session = await openSession(deps, 'purchase.buy');
  await session.gateway();
  const facts: ChangeFacts = { operation: 'purchase.buy', action: 'purchase.cancel', subject: request.id };
  const done = await changeIn(session, facts, request, async (unit) => {
    const purchase = await requirePurchase(unit, request.id);
    const cancelled = withCancel(purchase);
    if (cancelled === undefined) throw atItsEnd(purchase);
    await unit.records.purchases.update(cancelled);
    return { id: purchase.id };
  });
  const purchase = request.dryRun === true ? await find(session, request.id) : await drive(session, done.id);
  if (request.dryRun !== true && isUnresolved(purchase)) throw stillOpen(purchase);
  return { ...(await answer(session, purchase)), ...flags(done) };
}

/**
 * Takes an open purchase as far as it goes; one that was parked for review to the end that the processor proves. Of one
 * that was disputed it says that a person has looked at it, which lifts the freeze. One that waits for its card holder is cancelled, and only then replaced by a
 * new one that is paid on the processor's page; asking again shows the same page.
 */
export async function resolvePurchase(deps: Dependencies, request: Ask): Promise<Resolved> {
  const facts = { operation: 'purchase.buy', action: 'purchase.resolve', subject: request.id } as const;
  const isEnded = ({ purchase }: Resolved) => purchase.status !== 'pending' && purchase.status !== 'requires_action';
  return keyed(deps, facts, request, () => resolve(deps, request), isEnded);
}

async function resolve(deps: Dependencies, request: Ask): Promise<Resolved> {
  const session = await openSession(deps, 'purchase.buy');
  const gateway = await session.gateway();
  const known = await find(session, request.id);
  if (request.dryRun === true) return { ...(await answer(session, known)), dryRun: true };
  if (known.state === 'needs_review') return answer(session, await settleReview(session, gateway, known));
  if (known.state === 'succeeded') return answer(session, await liftFreeze(session, known));
  const purchase = isUnresolved(known) ? await drive(session, known.id) : known;
  const waiting = await toBePaid(session, gateway, purchase);
  if (waiting.state === 'needs_person' && waiting.hosted === null && gateway.hosted !== null) throw noPage(waiting);
  if (waiting.state === 'closing') throw stillOpen(waiting);
  return answer(session, waiting);
}

/** The purchase that a person is to pay in the place of this one; itself, where it is none that waits for a person. */
async function toBePaid(session: Session, { hosted }: PaymentGateway, purchase: PurchaseRecord) {
  const waits = purchase.state === 'needs_person' && purchase.hosted === null && purchase.payment !== null;
  const closed =
    waits && hosted !== null ? await drive(session, (await replaceByPage(session, purchase)).id) : purchase;
  const successor = closed.state === 'failed' ? closed.failure?.replacedBy : undefined;
  return successor === undefined ? closed : find(session, successor);
}

/** A person has looked at the dispute of this purchase: from now on charges are made again. */
async function liftFreeze(session: Session, purchase: PurchaseRecord): Promise<PurchaseRecord> {
  const facts: ChangeFacts = { operation: 'purchase.buy', action: 'purchase.unfreeze', subject: purchase.id };
  await changeIn(session, facts, {}, async (unit) => {
    const org = await unit.records.organisations.find(session.org.id);
    const disputes = await unit.records.refunds.list({ purchase: purchase.id, kind: 'dispute' });
    if (org !== undefined && org.frozenAt !== null && disputes.length > 0)
      await unit.records.organisations.update({ ...org, frozenAt: null });
    return {};
  });
  return purchase;
}

function find(session: Session, id: string): Promise<PurchaseRecord> {
  return session.store.read(session.org.number, (view) => requirePurchase(view, id));
}

function flags({ replayed, dryRun }: Changed): Changed {
  return { ...(replayed ? { replayed } : {}), ...(dryRun ? { dryRun } : {}) };
}

function atItsEnd(purchase: PurchaseRecord): WalletError {
  const paid = purchase.state === 'succeeded';
  return new WalletError('invalid_state', `${purchase.id} can not be cancelled any more`, {
    why: paid ? 'it is paid, and its credits are in' : `it is ${purchase.state}`,
    hint: paid ? `wallet purchase refund ${purchase.id}` : `wallet purchase show ${purchase.id}`,
    details: { purchase: purchase.id },
  });
}

function noPage(purchase: PurchaseRecord): WalletError {
  return new WalletError('provider_unavailable', `the page to pay ${purchase.id} on could not be opened`, {
    why: 'the card processor did not answer; nothing was charged',
    hint: `wallet purchase resolve ${purchase.id}`,
    details: { purchase: purchase.id },
  });
}

function stillOpen(purchase: PurchaseRecord): WalletError {
  return new WalletError('payment_pending', `the cancel of ${purchase.id} is not confirmed yet`, {
    why: 'only a confirmed cancel makes sure that nothing will be charged; it is on record and goes on',
    hint: 'wallet reconcile',
    details: { purchase: purchase.id },
  });
}
