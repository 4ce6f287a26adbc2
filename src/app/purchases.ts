import type { Balance, Purchase } from '../contract/objects';
import type { BuyRequest, Changed, PageRequest, ReconcileResult } from '../contract/wallet-service';
import { formatCredits, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { chargeOrder, isUsable } from '../core/payment/card';
import { isUnresolved, type PurchaseRecord, parsePurchaseAmount } from '../core/payment/purchase';
import { parseKey, parseText, refuseSecrets } from '../core/text';
import { Abandon, type LedgerUnit, type LedgerView } from '../ports/store';
import { requireCard } from './cards';
import { fingerprintOf, requireSameParameters } from './command';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { pageLimit } from './paging';
import { presentBalance, presentPurchase } from './present';
import { openSession, readLedger, type Session } from './session';
import { drive } from './settlement';

type Bought = Changed & { purchase: Purchase; balance: Balance };

const ACTION = 'purchase.buy';

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
  if (request.billingAccount === true) throw noBillingAccount();
  if (request.dryRun !== true) await driveUnresolved(session);
  const placed = await placeOrder(session, request, order);
  if (request.dryRun === true) return { ...(await answer(session, placed.purchase)), dryRun: true };
  const purchase = await drive(session, placed.purchase.id);
  requireSuccess(purchase, placed.replayed);
  return { ...(await answer(session, purchase)), ...(placed.replayed ? { replayed: true as const } : {}) };
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
  return session.store.write<{ purchase: PurchaseRecord; replayed: boolean }>(
    session.org.number,
    facts,
    async (unit) => {
      const fingerprint = fingerprintOf(session, ACTION, request);
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
      return { purchase, replayed: false };
    },
  );
}

async function newPurchase(
  unit: LedgerUnit,
  session: Session,
  request: BuyRequest,
  order: Pick<PurchaseRecord, 'credits' | 'memo'>,
): Promise<PurchaseRecord> {
  const [open] = await unit.unresolvedPurchases();
  if (open !== undefined && request.again !== true) throw unresolved(open);
  const cards = await cardsToTry(unit, session, request.card);
  const [first] = cards;
  const { customer } = (await unit.records.organisations.find(session.org.id)) ?? session.org;
  if (first === undefined || customer === null) throw noCard();
  const now = session.now();
  return {
    id: makeId('pur', now, session.deps.system.random()),
    state: 'intent',
    trigger: 'manual',
    ...order,
    refunded: ZERO,
    paymentMethod: first.card,
    cards,
    attempts: [],
    customer,
    payment: null,
    failure: null,
    entry: null,
    createdAt: now,
    settledAt: null,
    version: 1,
  };
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
    const after = request.cursor === undefined ? {} : { after: request.cursor };
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
export async function reconcile(deps: Dependencies): Promise<ReconcileResult> {
  const session = await openSession(deps, 'purchase.settle');
  const driven = await driveUnresolved(session);
  const present = (purchases: readonly PurchaseRecord[]) =>
    purchases.map((purchase) => presentPurchase(session, purchase));
  const review = driven.filter((purchase) => purchase.state === 'needs_review');
  return {
    settled: present(driven.filter((purchase) => !isUnresolved(purchase))),
    pending: present(driven.filter((purchase) => isUnresolved(purchase))),
    mismatches: review.map((purchase) => ({
      purchase: purchase.id,
      detail: purchase.failure?.message ?? 'to be reviewed',
    })),
  };
}

/** Drives what earlier commands left open. Every command that moves money does this first. */
async function driveUnresolved(session: Session): Promise<readonly PurchaseRecord[]> {
  const open = await session.store.read(session.org.number, (view) => view.unresolvedPurchases());
  const driven: PurchaseRecord[] = [];
  for (const purchase of open) driven.push(await drive(session, purchase.id));
  return driven;
}

async function answer(session: Session, purchase: PurchaseRecord): Promise<{ purchase: Purchase; balance: Balance }> {
  const { journal } = await session.store.read(session.org.number, (view) => settledJournal(view, session));
  return { purchase: presentPurchase(session, purchase), balance: presentBalance(session, journal.wallet) };
}

async function requirePurchase(view: LedgerView, id: string): Promise<PurchaseRecord> {
  const purchase = await view.records.purchases.find(id);
  if (purchase !== undefined) return purchase;
  refuseSecrets(id, 'purchase id');
  throw new WalletError('unknown_purchase', `there is no purchase ${JSON.stringify(id.slice(0, 60))}`, {
    why: 'nothing was changed',
    hint: 'wallet purchase list',
    details: { purchase: id.slice(0, 60) },
  });
}

function requireSuccess(purchase: PurchaseRecord, replayed: boolean): void {
  if (purchase.state === 'succeeded') return;
  const details = { purchase: purchase.id, ...(replayed ? { replayed: true } : {}) };
  if (purchase.state !== 'failed') {
    throw new WalletError('payment_pending', `the outcome of purchase ${purchase.id} is not known yet`, {
      why: 'the card processor has not said whether it was paid; it is on record and is never charged twice',
      hint: 'wallet reconcile',
      details,
    });
  }
  const attempt = purchase.attempts.at(-1);
  const why = `${purchase.failure?.message ?? 'the payment failed'}; nothing was charged and no credits were added`;
  const facts = {
    why,
    details: { ...details, declineCode: attempt?.declineCode ?? null, card: attempt?.card ?? null },
  };
  if (purchase.failure?.code === 'authentication_required') {
    throw new WalletError('authentication_required', 'the bank asks the card holder to authenticate', {
      ...facts,
      hint: 'wallet buy CREDITS --card ANOTHER, or wallet card add',
    });
  }
  if (attempt !== undefined)
    throw new WalletError('card_declined', 'the card was declined', {
      ...facts,
      hint: 'wallet card list, then wallet buy CREDITS --card ANOTHER',
    });
  throw new WalletError('payment_failed', 'the payment failed', {
    ...facts,
    hint: `wallet purchase show ${purchase.id}`,
  });
}

function unresolved(purchase: PurchaseRecord): WalletError {
  return new WalletError(
    'payment_pending',
    `purchase ${purchase.id} of ${formatCredits(purchase.credits)} is not resolved yet`,
    {
      why: 'a second one might charge you twice for the same thing; nothing was charged now',
      hint: 'wallet reconcile; or, if you want both, the same command with --new',
      details: { purchase: purchase.id },
    },
  );
}

function noCard(): WalletError {
  return new WalletError('no_payment_method', 'there is no usable card on file', {
    why: 'nothing was charged',
    hint: 'wallet card add',
  });
}

function unusable(id: string): WalletError {
  return new WalletError('no_payment_method', `card ${id} can not be charged`, {
    why: 'it has expired or is not verified',
    hint: `wallet card show ${id}`,
    details: { card: id },
  });
}

function noBillingAccount(): WalletError {
  return new WalletError('no_payment_method', 'there is no billing account', {
    why: 'buying by invoice needs a billing account, which this version can not set up yet',
    hint: 'wallet buy CREDITS --card ID',
  });
}
