import { type Credits, formatCredits } from '../core/credits';
import { dateFromParts, daysInMonth, formatDate, type PlainDate } from '../core/date';
import type { Journal } from '../core/ledger/journal';
import type { CardRecord } from '../core/payment/card';
import type { PurchaseRecord } from '../core/payment/purchase';
import { addMs, DAY_MS, formatInstant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import { raise } from './notices';
import type { Session } from './session';
import { budgetDraft, monthAt } from './watches';

const CARD_DAYS = 30;
const GRANT_DAYS = 7;
const OPEN_TOO_LONG_MS = 3_600_000;

/** Tells what comes about as time goes by, without a write that would see it: each thing once. */
export async function raiseStanding(unit: LedgerUnit, session: Session, journal: Journal): Promise<void> {
  await tellCards(unit, session, session.calendar.dateOf(journal.at));
  await tellGrants(unit, session, journal);
  await tellBudgets(unit, session, journal);
  for (const purchase of await unit.unresolvedPurchases()) await tellPurchase(unit, session, journal, purchase);
}

async function tellCards(unit: LedgerUnit, session: Session, today: PlainDate): Promise<void> {
  for (const card of await unit.records.cards.list({ removedAt: null })) {
    const last = lastDayOf(card);
    if (last - today > CARD_DAYS) continue;
    const name = `${card.brand} ending ${card.last4}`;
    const isOver = last < today;
    await raise(unit, session, {
      kind: 'card-expiring',
      subject: `card-expiring:${card.id}:${formatDate(last)}`,
      title: `The card ${name} ${isOver ? 'expired on' : 'expires after'} ${formatDate(last)}`,
      lines: [
        card.role === 'none' ? 'It is neither the primary card nor the backup.' : `It is the ${card.role} card.`,
        `If the bank sent a new date: wallet card edit ${card.id} --exp MM/YYYY`,
        'For another card: wallet card add',
      ],
    });
  }
}

/** A card is good through the last day of the month printed on it. */
function lastDayOf({ expYear, expMonth }: CardRecord): PlainDate {
  return dateFromParts(expYear, expMonth, daysInMonth(expYear, expMonth));
}

async function tellGrants(unit: LedgerUnit, session: Session, { at, grants }: Journal): Promise<void> {
  for (const { id, expiresAt, remaining } of grants.grants) {
    if (expiresAt === null || expiresAt <= at || remaining <= 0 || expiresAt > addMs(at, GRANT_DAYS * DAY_MS)) continue;
    await raise(unit, session, {
      kind: 'grant-expiring',
      subject: `grant-expiring:${id}`,
      value: formatCredits(remaining),
      title: `${formatCredits(remaining)} credits are about to expire`,
      lines: [`What is left of ${id} expires at ${formatInstant(expiresAt)}.`, 'All grants: wallet grant list'],
    });
  }
}

async function tellBudgets(unit: LedgerUnit, session: Session, { at }: Journal): Promise<void> {
  const month = monthAt(session, at);
  for (const { app, limitMonthly, onLimit } of await unit.records.apps.list({ archivedAt: null })) {
    if (limitMonthly === null) continue;
    const [total] = await unit.monthTotals([{ kind: 'app', name: app, month }]);
    const spent = ((total?.spent ?? 0) + (await unit.heldByApp(app, at))) as Credits;
    // A limit that blocks is never passed: there it is news that it has been reached.
    if (onLimit === 'block' ? spent >= limitMonthly : spent > limitMonthly)
      await raise(unit, session, budgetDraft(app, month, limitMonthly, spent));
  }
}

async function tellPurchase(unit: LedgerUnit, session: Session, { at }: Journal, purchase: PurchaseRecord) {
  const needsReview = purchase.state === 'needs_review';
  const isInvoice = purchase.paymentMethod === 'billing_account';
  if (!needsReview && (isInvoice || at < addMs(purchase.createdAt, OPEN_TOO_LONG_MS))) return;
  const credits = formatCredits(purchase.credits);
  await raise(unit, session, {
    kind: 'purchase-unresolved',
    subject: `purchase-unresolved:${purchase.id}${needsReview ? ':review' : ''}`,
    value: credits,
    title: needsReview
      ? `The purchase of ${credits} credits needs to be looked at`
      : `The outcome of the purchase of ${credits} credits is still open`,
    lines: [
      needsReview
        ? `What the processor says of ${purchase.id} does not match what was asked for; no credits were added.`
        : `${purchase.id} was begun at ${formatInstant(purchase.createdAt)}.`,
      `Settle it with: wallet reconcile, or wallet purchase resolve ${purchase.id}`,
    ],
  });
}
