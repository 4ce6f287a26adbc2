import type { Changed, ChangeOptions } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { Purchase } from '../contract/purchases';
import { holdForRefund, refundable } from '../core/credit/refund';
import { add, type Credits, formatCredits, isWholeCents, least, parseCredits, subtract } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { BILLING_ACCOUNT, type PurchaseRecord } from '../core/payment/purchase';
import { type RefundRecord, refundOutcome } from '../core/payment/refund';
import { parseKey } from '../core/text';
import type { Instant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import { Abandon } from '../ports/store';
import { fingerprintOf, requireSameParameters } from './command';
import type { Dependencies } from './dependencies';
import { takeDispute, takeForeign } from './foreign-returns';
import { openJournal, settledJournal } from './ledger';
import { presentPurchase } from './present';
import { presentBalance } from './present-balance';
import { readReturns } from './processor-books';
import { requirePurchase } from './purchase-records';
import { driveRefund, takeFetched } from './refund-settlement';
import { openSession, type Session } from './session';
import { asPending } from './unwritten';

export interface RefundAsk extends ChangeOptions {
  readonly id: string;
  readonly amount?: string;
}

const ACTION = 'purchase.refund';
/** Disputes go on for months; what is older than this has come to its end. */
const LOOK_BACK_MS = 180 * 86_400_000;

/**
 * Gives money back for the unused part of a purchase, to the card that paid it. Throws `invalid_state` beyond what is
 * left, `payment_failed` where the processor refused (the credits are free again) and `payment_pending` while it has not
 * said. The same key answers the same refund again.
 */
export async function refundPurchase(
  deps: Dependencies,
  request: RefundAsk,
): Promise<Changed & { purchase: Purchase; balance: Balance }> {
  const session = await openSession(deps, ACTION);
  await session.gateway();
  if (request.dryRun !== true) await driveOpenRefunds(session);
  const asked = await askForRefund(session, request);
  if (request.dryRun === true) return { ...(await foresee(session, asked.refund)), dryRun: true };
  deps.onRecord?.(asked.refund.purchase);
  const refund = await driveRefund(session, asked.refund.id).catch(asPending('refund', asked.refund.purchase));
  requireDone(refund, (await session.gateway()).doubt);
  return { ...(await answer(session, refund.purchase)), ...(asked.replayed ? { replayed: true as const } : {}) };
}

/** Write 1: the credits go on hold with the request, before the processor hears of it. */
function askForRefund(session: Session, request: RefundAsk): Promise<{ refund: RefundRecord; replayed: boolean }> {
  const key = request.idempotencyKey === undefined ? undefined : parseKey(request.idempotencyKey, 'idempotency key');
  const amount = request.amount === undefined ? undefined : parseRefundAmount(request.amount);
  const facts = { actor: session.actor.name, action: ACTION, subject: request.id, reason: null, at: session.now() };
  return session.store.write<{ refund: RefundRecord; replayed: boolean }>(session.org.number, facts, async (unit) => {
    const fingerprint = fingerprintOf(session, ACTION, request);
    const known = key === undefined ? undefined : await unit.findKey(key);
    if (known !== undefined) {
      requireSameParameters(known, fingerprint);
      return { refund: await requireRefund(unit, known.result), replayed: true };
    }
    const refund = await newRefund(unit, session, request.id, amount);
    if (request.dryRun === true) throw new Abandon({ refund, replayed: false });
    await unit.records.refunds.insert(refund);
    unit.describe({ subject: `${refund.id} ${formatCredits(refund.credits)} of ${refund.purchase}` });
    if (key !== undefined)
      await unit.saveKey({ key, operation: ACTION, fingerprint, result: refund.id, recordedAt: facts.at });
    session.deps.system.reached('refund.before_commit');
    return { refund, replayed: false };
  });
}

async function newRefund(unit: LedgerUnit, session: Session, id: string, asked: Credits | undefined) {
  const purchase = await requirePurchase(unit, id);
  requireRefundable(purchase);
  const open = (await unit.openRefunds()).find((each) => each.purchase === purchase.id);
  if (open !== undefined) throw refuse(purchase, `refund ${open.id} of it is not at its end`, 'wallet reconcile');
  const entry = purchase.entry ?? 0;
  const { journal, finish } = await openJournal(unit, session, { grants: [entry] });
  const left = least(refundable(journal.grants.find(entry)), subtract(purchase.credits, purchase.refunded));
  const credits = asked ?? left;
  if (credits <= 0 || credits > left) throw beyond(purchase, credits, left);
  const now = session.now();
  const refundId = makeId('rfd', now, session.deps.system.random());
  const draws = holdForRefund(journal, entry, credits, { reference: refundId, memo: null });
  await finish();
  return {
    id: refundId,
    purchase: purchase.id,
    payment: purchase.payment ?? '',
    kind: 'refund' as const,
    state: 'requested' as const,
    credits,
    reference: null,
    draws,
    failure: null,
    sentAt: null,
    createdAt: now,
    settledAt: null,
    version: 1,
  };
}

function requireRefundable(purchase: PurchaseRecord): void {
  if (purchase.state !== 'succeeded')
    throw refuse(purchase, `it is ${purchase.state}: nothing was paid`, `wallet purchase show ${purchase.id}`);
  if (purchase.disputed) throw refuse(purchase, 'the bank disputes the payment', 'answer the dispute at the processor');
  if (purchase.paymentMethod === BILLING_ACCOUNT)
    throw refuse(purchase, 'it was paid by invoice', 'write a credit note at the processor');
}

/** Drives refunds that earlier commands left open. */
export async function driveOpenRefunds(session: Session): Promise<readonly RefundRecord[]> {
  const open = await session.store.read(session.org.number, (view) => view.openRefunds());
  const driven: RefundRecord[] = [];
  for (const refund of open) driven.push(await driveRefund(session, refund.id));
  return driven;
}

/** Books what happened to money that had been taken: refunds made elsewhere, late failures, disputes and their ends. */
export async function reconcileReturns(session: Session): Promise<readonly RefundRecord[]> {
  const { purchases, refunds } = await session.store.read(session.org.number, async (view) => ({
    purchases: await view.records.purchases.list({ state: 'succeeded' }),
    refunds: await view.records.refunds.list(),
  }));
  const [oldest] = purchases;
  if (oldest === undefined) return [];
  const since = Math.max(oldest.createdAt, lookBack(session)) as Instant;
  const owners = new Map(purchases.map((purchase) => [purchase.payment, purchase]));
  const there = await readReturns(session, purchases, since);
  const settled: (RefundRecord | undefined)[] = [];
  for (const fetched of there.refunds) {
    const purchase = owners.get(fetched.payment);
    const known = refunds.find((each) => each.id === fetched.refund || each.reference === fetched.id);
    if (known !== undefined) settled.push(await takeFetched(session, known, fetched));
    else if (purchase !== undefined && refundOutcome(fetched) === 'succeeded')
      settled.push(await takeForeign(session, purchase, fetched));
  }
  for (const dispute of there.disputes) {
    const purchase = owners.get(dispute.payment);
    const known = refunds.find((each) => each.reference === dispute.id);
    if (purchase !== undefined) settled.push(await takeDispute(session, purchase, known, dispute));
  }
  return settled.filter((each) => each !== undefined);
}

/** Since when the processor is read again: everything older has come to its end. */
export function lookBack(session: Session): Instant {
  return Math.max(session.org.createdAt, session.now() - LOOK_BACK_MS) as Instant;
}

function parseRefundAmount(text: string): Credits {
  const credits = parseCredits(text);
  if (isWholeCents(credits)) return credits;
  throw new WalletError('invalid_amount', `the amount ${text} is not in steps of 0.01`, {
    why: 'a card gets whole cents back; amounts are refused, never rounded',
    hint: 'write at most two decimals',
  });
}

async function requireRefund(unit: LedgerUnit, id: string): Promise<RefundRecord> {
  const refund = await unit.records.refunds.find(id);
  if (refund === undefined) throw new Error(`refund ${id} is gone`);
  return refund;
}

async function answer(session: Session, id: string): Promise<{ purchase: Purchase; balance: Balance }> {
  return session.store.read(session.org.number, async (view) => {
    const { journal } = await settledJournal(view, session);
    const purchase = await requirePurchase(view, id);
    return { purchase: presentPurchase(session, purchase), balance: presentBalance(session, journal.wallet) };
  });
}

/** What a refund that succeeds comes to. */
async function foresee(session: Session, { purchase: id, credits }: RefundRecord) {
  return session.store.read(session.org.number, async (view) => {
    const { journal } = await settledJournal(view, session);
    const purchase = await requirePurchase(view, id);
    const wallet = { ...journal.wallet, posted: subtract(journal.wallet.posted, credits) };
    return {
      purchase: presentPurchase(session, { ...purchase, refunded: add(purchase.refunded, credits) }),
      balance: presentBalance(session, wallet),
    };
  });
}

function requireDone(refund: RefundRecord, doubt: string | null): void {
  if (refund.state === 'succeeded') return;
  const details = { purchase: refund.purchase, refund: refund.id, reference: refund.reference };
  if (refund.state === 'failed')
    throw new WalletError('payment_failed', 'the refund was refused, and the credits are free again', {
      why: refund.failure ?? 'the processor refused it',
      hint: `wallet purchase show ${refund.purchase}`,
      details,
    });
  throw new WalletError('payment_pending', `the refund of ${formatCredits(refund.credits)} is on its way`, {
    why: `${doubt ?? 'the processor has not said that it arrived'}; the credits stay on hold until it has`,
    hint: 'wallet reconcile',
    details,
  });
}

function beyond(purchase: PurchaseRecord, asked: Credits, left: Credits): WalletError {
  return new WalletError('invalid_state', `${formatCredits(left)} of ${purchase.id} can be refunded`, {
    why:
      left <= 0
        ? 'its credits are used, held or refunded already'
        : `${formatCredits(asked)} is more than is unused of it`,
    hint: left <= 0 ? 'wallet grant list' : `wallet purchase refund ${purchase.id} --amount ${formatCredits(left)}`,
    details: { purchase: purchase.id, refundable: formatCredits(left) },
  });
}

function refuse(purchase: PurchaseRecord, why: string, hint: string): WalletError {
  return new WalletError('invalid_state', `${purchase.id} can not be refunded`, {
    why,
    hint,
    details: { purchase: purchase.id },
  });
}
