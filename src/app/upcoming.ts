import type { Upcoming, UpcomingItem } from '../contract/outlook';
import { formatCredits } from '../core/credits';
import { addMonths, dateFromParts } from '../core/date';
import { parseDuration } from '../core/duration';
import { BILLING_ACCOUNT } from '../core/payment/purchase';
import { addMs, type Calendar, DAY_MS, formatInstant, type Instant, nearestInstant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { dryRange, readBurn, readSupplies } from './forecast';
import { settledJournal } from './ledger';
import { timeOrNull } from './present';
import { readLedger, type Session } from './session';
import { resolveFilter } from './transaction-filter';

const WITHIN = '30d';

/** What lapses or falls due from now on, soonest first. What is overdue stands first of all. */
export async function listUpcoming(deps: Dependencies, request: { within?: string }): Promise<Upcoming> {
  const within = request.within ?? WITHIN;
  const lengthMs = parseDuration(within, 'time to look ahead');
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const until = addMs(session.now(), lengthMs);
    const dry = await readDry(view, session);
    const found = [
      ...(await lapsingGrants(view, session)),
      ...(await lapsingHolds(view, session)),
      ...(await lapsingCards(view, session)),
      ...(await dueInvoices(view)),
      ...(dry === undefined || dry.earliest === null ? [] : [dryItem(session, dry.earliest, dry.latest)]),
    ];
    const upcoming = found
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at || (a.subject < b.subject ? -1 : 1))
      .map(({ at, ...item }) => ({ at: formatInstant(at), ...item }));
    const range = dry && { earliest: timeOrNull(dry.earliest), latest: timeOrNull(dry.latest) };
    const runsDry = range ?? ('too little history' as const);
    return { upcoming, next: null, within, until: formatInstant(until), runsDry };
  });
}

type Item = Omit<UpcomingItem, 'at'> & { readonly at: Instant };

async function readDry(view: LedgerView, session: Session) {
  const { query } = resolveFilter(session, { period: 'last-30d' });
  const { burn } = await readBurn(view, session, query.from, query.to);
  const { wallet, supplies } = await readSupplies(view, session);
  return burn === undefined ? undefined : dryRange(burn, supplies, wallet.held, session.now());
}

function dryItem({ org }: Session, earliest: Instant, latest: Instant | null): Item {
  const end = latest === null ? 'with no end in sight on quiet days' : `at the latest ${formatInstant(latest)}`;
  const detail = `the wallet runs dry, at the earliest ${formatInstant(earliest)}, ${end}`;
  return { at: earliest, kind: 'runs_dry', subject: org.name, credits: null, detail };
}

async function lapsingGrants(view: LedgerView, session: Session): Promise<readonly Item[]> {
  const { journal } = await settledJournal(view, session);
  return journal.grants.grants.flatMap((grant) => {
    if (grant.expiresAt === null || grant.expiresAt <= session.now() || grant.remaining <= 0) return [];
    const credits = formatCredits(grant.remaining);
    const detail = `${credits} ${grant.kind} credits lapse unless they are used (${grant.source})`;
    return [{ at: grant.expiresAt, kind: 'grant_expires', subject: grant.id, credits, detail }];
  });
}

async function lapsingHolds(view: LedgerView, session: Session): Promise<readonly Item[]> {
  const open = await view.records.holds.list({ state: 'open' });
  return open.flatMap((hold) => {
    if (hold.expiresAt <= session.now()) return [];
    const credits = formatCredits(hold.credits);
    const detail = `${credits} held by ${hold.app} for ${hold.service} are released`;
    return [{ at: hold.expiresAt, kind: 'hold_expires', subject: hold.id, credits, detail }];
  });
}

/** Cards that are relied on. One that has expired already is due now, until it is seen to. */
async function lapsingCards(view: LedgerView, { calendar }: Session): Promise<readonly Item[]> {
  const cards = await view.records.cards.list({ removedAt: null });
  return cards
    .filter((card) => card.role !== 'none')
    .map((card) => ({
      at: endOfMonth(card.expYear, card.expMonth, calendar),
      kind: 'card_expires',
      subject: card.id,
      credits: null,
      detail: `the ${card.role} card, ${card.brand} ending ${card.last4}, expires: wallet card edit ${card.id} --exp MM/YYYY`,
    }));
}

/** A card is good through the last day of its month. */
function endOfMonth(year: number, month: number, calendar: Calendar): Instant {
  return nearestInstant(calendar.startOfDay(addMonths(dateFromParts(year, month, 1), 1)));
}

async function dueInvoices(view: LedgerView): Promise<readonly Item[]> {
  const open = await view.records.invoices.list({ state: 'open' });
  const owed = open.map((invoice) => {
    const credits = formatCredits(invoice.total);
    const detail = `the invoice for ${invoice.period} is open: wallet invoice pay ${invoice.id}`;
    return { at: invoice.dueAt, kind: 'invoice_due' as const, subject: invoice.id, credits, detail };
  });
  return [...owed, ...(await dueOrders(view))];
}

/** Orders on account, as far as nobody has paid them. */
async function dueOrders(view: LedgerView): Promise<readonly Item[]> {
  const [terms] = await view.records.billing.list();
  if (terms === undefined) return [];
  const open = (await view.unresolvedPurchases()).filter((purchase) => purchase.paymentMethod === BILLING_ACCOUNT);
  return open.map((purchase) => {
    const credits = formatCredits(purchase.credits);
    const detail = `the invoice for ${credits} credits on account is open; they come once it is paid`;
    const at = addMs(purchase.createdAt, terms.netDays * DAY_MS);
    return { at, kind: 'invoice_due', subject: purchase.id, credits, detail };
  });
}
