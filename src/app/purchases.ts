import type { Changed, ChangeOptions, PageRequest } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { BuyRequest, Purchase, ReconcileResult } from '../contract/purchases';
import { add, formatCredits, ZERO } from '../core/credits';
import { makeId } from '../core/ids';
import { chargeOrder, isUsable } from '../core/payment/card';
import {
  BILLING_ACCOUNT,
  isInDoubt,
  isUnresolved,
  type PurchaseRecord,
  parsePurchaseAmount,
  placePurchase,
} from '../core/payment/purchase';
import { isOpenRefund } from '../core/payment/refund';
import { parseKey, parseText } from '../core/text';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { Abandon } from '../ports/store';
import { billingTerms } from './billing';
import { requireCard } from './cards';
import { fingerprintOf, requireSameParameters } from './command';
import type { Dependencies } from './dependencies';
import { keyed } from './keyed';
import { settledJournal } from './ledger';
import { afterId, pageLimit } from './paging';
import { presentPurchase, presentRefund } from './present';
import { presentBalance } from './present-balance';
import { reconcilePayments } from './processor-books';
import { requireGuards } from './purchase-guards';
import { noBillingAccount, noCard, requirePurchase, requireSuccess, unresolved, unusable } from './purchase-records';
import { driveOpenRefunds, lookBack, reconcileReturns } from './refunds';
import { openSession, readLedger, type Session } from './session';
import { drive } from './settlement';
import { asUnknown } from './settlement-calls';
import { asPending } from './unwritten';

interface Placed {
  readonly purchase: PurchaseRecord;
  readonly replayed: boolean;
}

type Bought = Changed & { purchase: Purchase; balance: Balance; settled?: readonly Purchase[] };

const ACTION = 'purchase.buy';
const DAY_MS = 86_400_000;

/**
 * Buys credits with a card: charged once and credited once, or not at all, whatever crashes or times out. Throws
 * `card_declined`, `authentication_required`, `payment_failed` or `no_payment_method` where nothing was taken, and
 * `payment_pending` where the outcome is not known yet. The same key answers the same purchase again, a failed one too.
 */
export async function buy(deps: Dependencies, request: BuyRequest): Promise<Bought> {
  const session = await openSession(deps, 'purchase.buy');
  const order = {
    credits: parsePurchaseAmount(request.credits, deps.maxPurchase),
    memo: request.memo === undefined ? null : parseText(request.memo, 'memo'),
  };
  await session.gateway(); // a key that is missing or another ledger's is told before anything is on record
  const driven = request.dryRun === true ? [] : await driveUnresolved(session);
  const placed = await placeOrder(session, request, order);
  if (request.dryRun === true) return { ...(await foresee(session, placed)), dryRun: true };
  session.deps.system.reached('intent.after_commit');
  deps.onRecord?.(placed.purchase.id);
  const { id } = placed.purchase;
  const purchase = await drive(session, id).catch(asPending('purchase', id));
  const settled = driven.filter((each) => !isUnresolved(each) && each.id !== purchase.id);
  if (!isInvoiced(purchase)) requireSuccess(purchase, placed.replayed, (await session.gateway()).doubt);
  return {
    ...(await answer(session, purchase)),
    ...(settled.length === 0 ? {} : { settled: settled.map((each) => presentPurchase(session, each)) }),
    ...(placed.replayed ? { replayed: true as const } : {}),
  };
}

/** What it would come to: credits on account are there once the invoice is paid, and what was bought before is there. */
async function foresee(session: Session, { purchase, replayed }: Placed): Promise<Omit<Bought, keyof Changed>> {
  const { journal } = await session.store.read(session.org.number, (view) => settledJournal(view, session));
  const bought = replayed || purchase.paymentMethod === BILLING_ACCOUNT ? ZERO : purchase.credits;
  const wallet = { ...journal.wallet, posted: add(journal.wallet.posted, bought) };
  return { purchase: presentPurchase(session, purchase), balance: presentBalance(session, wallet) };
}

/** Write 1: the intent and its key are durable before the processor hears of anything. */
function placeOrder(session: Session, request: BuyRequest, order: Pick<PurchaseRecord, 'credits' | 'memo'>) {
  const key = request.idempotencyKey === undefined ? undefined : parseKey(request.idempotencyKey, 'idempotency key');
  const facts = {
    actor: session.actor.name,
    action: ACTION,
    subject: `${formatCredits(order.credits)} credits`,
    reason: order.memo,
    at: session.now(),
  };
  return session.store.write<Placed>(session.org.number, facts, async (unit) => {
    const { confirmAmount: _, ...asked } = request;
    const fingerprint = fingerprintOf(session, ACTION, asked);
    const known = key === undefined ? undefined : await unit.findKey(key);
    if (known !== undefined) {
      requireSameParameters(known, fingerprint);
      return { purchase: await requirePurchase(unit, known.result), replayed: true };
    }
    const purchase = await newPurchase(unit, session, request, order);
    if (request.dryRun === true) throw new Abandon({ purchase, replayed: false });
    await unit.records.purchases.insert(purchase);
    unit.describe({ subject: `${purchase.id} ${formatCredits(purchase.credits)} credits` });
    if (key !== undefined)
      await unit.saveKey({ key, operation: ACTION, fingerprint, result: purchase.id, recordedAt: facts.at });
    session.deps.system.reached('intent.before_commit');
    return { purchase, replayed: false };
  });
}

async function newPurchase(
  unit: LedgerUnit,
  session: Session,
  request: BuyRequest,
  order: Pick<PurchaseRecord, 'credits' | 'memo'>,
): Promise<PurchaseRecord> {
  const onAccount = request.billingAccount === true;
  const open = (await unit.unresolvedPurchases()).find(isInDoubt);
  if (open !== undefined && request.again !== true && !onAccount) throw unresolved(open);
  const { confirmAmount, dryRun } = request;
  await requireGuards(unit, session, { credits: order.credits, confirmAmount, isPlan: dryRun === true });
  const cards = onAccount ? [] : await cardsToTry(unit, session, request.card);
  const paymentMethod = onAccount ? BILLING_ACCOUNT : cards[0]?.card;
  const { customer } = (await unit.records.organisations.find(session.org.id)) ?? session.org;
  if (onAccount && (await billingTerms(unit)) === undefined) throw noBillingAccount();
  if (paymentMethod === undefined || customer === null) throw onAccount ? noBillingAccount() : noCard();
  const createdAt = session.now();
  const id = makeId('pur', createdAt, session.deps.system.random());
  return placePurchase({ id, trigger: 'manual', ...order, paymentMethod, cards, customer, createdAt });
}

/** The named card alone; otherwise the primary, and the backup after it. */
async function cardsToTry(view: LedgerView, session: Session, named: string | undefined) {
  const today = session.calendar.dateOf(session.now());
  const pick = async () => {
    if (named === undefined) return chargeOrder(await view.records.cards.list({ removedAt: null }), today);
    const card = await requireCard(view, named);
    if (!isUsable(card, today)) throw unusable(card.id);
    return [card];
  };
  return (await pick()).map((card) => ({ card: card.id, paymentMethod: card.paymentMethod }));
}

export async function listPurchases(
  deps: Dependencies,
  request: PageRequest,
): Promise<{ purchases: readonly Purchase[]; next: string | null }> {
  const limit = pageLimit(request.limit);
  return readLedger(deps, 'purchase.read', async (view, session) => {
    const after = afterId('pur', request.cursor);
    const found = await view.records.purchases.list({}, { newestFirst: true, limit: limit + 1, ...after });
    const page = found.slice(0, limit);
    return {
      purchases: page.map((purchase) => presentPurchase(session, purchase)),
      next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  });
}

export async function showPurchase(deps: Dependencies, request: { id: string }): Promise<{ purchase: Purchase }> {
  return readLedger(deps, 'purchase.read', async (view, session) => ({
    purchase: presentPurchase(session, await requirePurchase(view, request.id)),
  }));
}

/** Settles every purchase that the processor can say something about by now. */
export async function reconcile(deps: Dependencies, request: ChangeOptions = {}): Promise<Changed & ReconcileResult> {
  if (request.dryRun === true) return (await import('./foreseen-settlement')).foreseeReconciliation(deps);
  const facts = { operation: 'purchase.settle', action: 'purchase.reconcile', subject: 'purchases' } as const;
  return keyed(
    deps,
    facts,
    request,
    () => reconcileAll(deps),
    ({ pending }) => pending.length === 0,
  );
}

async function reconcileAll(deps: Dependencies): Promise<ReconcileResult> {
  const session = await openSession(deps, 'purchase.settle');
  const driven = await driveUnresolved(session);
  const returned = await driveOpenRefunds(session);
  // A processor that can't be read leaves open what is open; where nothing is, that it can't be read is the answer.
  const isOpen = driven.some(isInDoubt) || returned.some(isOpenRefund);
  const orUnread = isOpen ? asUnknown : undefined;
  const found = await reconcileReturns(session).catch(orUnread);
  const refunds = [...returned, ...(found ?? [])];
  const present = (purchases: readonly PurchaseRecord[]) =>
    purchases.map((purchase) => presentPurchase(session, purchase));
  const compared = await reconcilePayments(session, lookBack(session)).catch(orUnread);
  const { late, mismatches } = compared ?? { late: [], mismatches: [] };
  if (compared !== undefined && !driven.some(isInDoubt)) await rememberReconciliation(session);
  const review = driven.filter((purchase) => purchase.state === 'needs_review');
  return {
    settled: present([...driven.filter((purchase) => !isUnresolved(purchase)), ...late]),
    pending: present(driven.filter((purchase) => isUnresolved(purchase))),
    refunds: refunds.map((refund) => presentRefund(refund)),
    mismatches: [
      ...review.map(({ id, failure }) => ({ purchase: id, detail: failure?.message ?? 'to be reviewed' })),
      ...mismatches,
    ],
  };
}

/** Once a day, and after a restore: that the processor was asked goes into the audit trail, and credits may move again. */
async function rememberReconciliation(session: Session): Promise<void> {
  const { org, store } = session;
  const at = session.now();
  const isRecent = org.reconciledAt !== null && at >= org.reconciledAt && at - org.reconciledAt < DAY_MS;
  if (isRecent && org.restoredAt === null) return;
  const facts = { actor: session.actor.name, action: 'ledger.reconcile', subject: org.name, reason: null, at };
  await store.write(org.number, facts, async (unit) => {
    const current = await unit.records.organisations.find(org.id);
    if (current === undefined) return;
    await unit.records.organisations.update({ ...current, restoredAt: null, reconciledAt: at });
  });
}

/** An invoice that was sent is as good as an order can be: the credits come when it is paid. */
function isInvoiced(purchase: PurchaseRecord): boolean {
  return purchase.paymentMethod === BILLING_ACCOUNT && purchase.state === 'processing';
}

/** Drives what earlier commands left open. Every command that moves money does this first. */
export async function driveUnresolved(session: Session): Promise<readonly PurchaseRecord[]> {
  const open = await session.store.read(session.org.number, (view) => view.unresolvedPurchases());
  const driven: PurchaseRecord[] = [];
  for (const purchase of open) driven.push(await drive(session, purchase.id));
  return driven;
}

export async function answer(
  session: Session,
  purchase: PurchaseRecord,
): Promise<{ purchase: Purchase; balance: Balance }> {
  const { journal } = await session.store.read(session.org.number, (view) => settledJournal(view, session));
  return { purchase: presentPurchase(session, purchase), balance: presentBalance(session, journal.wallet) };
}
