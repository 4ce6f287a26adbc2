import { add, type Credits, formatCredits, parseCredits, ZERO } from '../core/credits';
import { LIMITED_BACKOFF_MS } from '../core/decline-ladder';
import { WalletError } from '../core/errors';
import { classifyDecline } from '../core/payment/decline';
import { DEFAULT_CONFIRM_ABOVE } from '../core/payment/limits';
import { addMs, formatInstant, type Instant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import type { OrganisationRecord } from '../ports/record-types';
import type { Session } from './session';

/** Purchases read at once when a day is added up. */
const PAGE = 200;
/** Purchases in which a wish for fewer tries is looked for. */
const LATEST = 10;

/**
 * What stands against a purchase beside its card, read in the write that records it, so that it holds for every process:
 * a freeze after a dispute, a processor that wants fewer tries, the organisation's limit for a day, and in live mode the
 * amount said twice. Throws `invalid_state`, `payment_failed`, `limit_exceeded` or `live_guard`.
 */
export async function requireGuards(
  view: LedgerView,
  session: Session,
  order: { readonly credits: Credits; readonly confirmAmount: string | undefined; readonly isPlan: boolean },
): Promise<void> {
  const org = (await view.records.organisations.find(session.org.id)) ?? session.org;
  if (org.frozenAt !== null) throw await frozen(view);
  await requirePatience(view, session);
  const left = await leftToday(view, session, org);
  if (left !== null && order.credits > left) throw beyondDay(org, order.credits, left);
  if (!order.isPlan) requireSaidTwice(session, org, order.credits, order.confirmAmount);
}

/** Too many declines bring whoever goes on into worse trouble: for a day nothing is tried. */
async function requirePatience(view: LedgerView, session: Session): Promise<void> {
  const latest = await view.records.purchases.list({}, { newestFirst: true, limit: LATEST });
  const limited = latest
    .flatMap(({ attempts }) => attempts)
    .find((attempt) => attempt.outcome === 'declined' && classifyDecline(attempt) === 'limited');
  const until = addMs(limited?.sentAt ?? (0 as Instant), LIMITED_BACKOFF_MS);
  if (limited === undefined || session.now() >= until) return;
  throw new WalletError('payment_failed', 'nothing is charged today: too many payments were declined', {
    why: 'the card processor asked for a pause; nothing was charged',
    hint: `try again after ${formatInstant(until)}`,
    details: { until: formatInstant(until) },
  });
}

/** What may still be bought today; null where there is no limit. What failed does not count; invoices for usage neither. */
export async function leftToday(
  view: LedgerView,
  session: Session,
  { dailyLimit }: OrganisationRecord,
): Promise<Credits | null> {
  if (dailyLimit === null) return null;
  const today = session.calendar.dateOf(session.now());
  let sum = ZERO;
  for (let after: string | undefined; ; ) {
    const more = after === undefined ? {} : { after };
    const page = await view.records.purchases.list({}, { newestFirst: true, limit: PAGE, ...more });
    const current = page.filter(({ createdAt }) => session.calendar.dateOf(createdAt) === today);
    for (const { state, trigger, credits } of current)
      if (state !== 'failed' && trigger !== 'invoice') sum = add(sum, credits);
    after = page.at(-1)?.id;
    if (after === undefined || current.length < page.length || page.length < PAGE) break;
  }
  return (dailyLimit > sum ? dailyLimit - sum : 0) as Credits;
}

function requireSaidTwice(
  session: Session,
  org: OrganisationRecord,
  credits: Credits,
  confirmAmount: string | undefined,
): void {
  const above = org.confirmAbove ?? DEFAULT_CONFIRM_ABOVE;
  if (session.info.mode !== 'live' || credits <= above) return;
  if (confirmAmount !== undefined && parseCredits(confirmAmount, 'confirmed amount') === credits) return;
  const amount = formatCredits(credits);
  throw new WalletError('live_guard', `buying ${amount} credits of real money has to be confirmed by its amount`, {
    why: `live purchases above ${formatCredits(above)} are said twice; nothing was charged`,
    hint: `add --confirm-amount ${amount}`,
    details: { credits: amount, confirmAbove: formatCredits(above) },
  });
}

async function frozen(view: LedgerView): Promise<WalletError> {
  const disputes = await view.records.refunds.list({ kind: 'dispute' }, { newestFirst: true, limit: 1 });
  const purchase = disputes[0]?.purchase ?? 'PURCHASE';
  return new WalletError('invalid_state', 'purchases are frozen: the bank disputes a payment', {
    why: `${purchase} was disputed, and until a person has looked at it nothing is charged`,
    hint: `look at the dispute at the processor, then: wallet purchase resolve ${purchase}`,
    details: { purchase },
  });
}

function beyondDay({ dailyLimit }: OrganisationRecord, credits: Credits, left: Credits): WalletError {
  const facts = { limit: formatCredits(dailyLimit ?? ZERO), left: formatCredits(left) };
  return new WalletError('limit_exceeded', `${formatCredits(credits)} is more than may still be bought today`, {
    why: `the organisation's limit is ${facts.limit} a day, and ${facts.left} is left; nothing was charged`,
    hint: 'wait until tomorrow, or raise it: wallet init --daily-limit AMOUNT',
    details: facts,
  });
}
