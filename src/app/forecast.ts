import type { Forecast } from '../contract/outlook';
import { type Credits, formatCredits, negate, subtract, ZERO } from '../core/credits';
import { addDays, type PlainDate } from '../core/date';
import { type Burn, type DayOfUse, measureBurn, perDay, runsDryAt, type Supply, suggestRule } from '../core/forecast';
import { locateTransaction } from '../core/ids';
import { ACCOUNTS } from '../core/ledger/chart';
import type { WalletState } from '../core/ledger/wallet-state';
import type { Instant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { timeOrNull } from './present';
import { readLedger, type Session } from './session';
import { resolveFilter } from './transaction-filter';

const FORECAST_PERIOD = 'last-30d';
/** Reversals read at once. */
const PAGE = 1_000;

/** The burn of a period, and what it means for the credits there are now. */
export async function reportForecast(deps: Dependencies, request: { period?: string }): Promise<Forecast> {
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const { query, range } = resolveFilter(session, { period: request.period ?? FORECAST_PERIOD });
    const seen = await readBurn(view, session, query.from, query.to);
    const { wallet, supplies } = await readSupplies(view, session);
    const burn = seen.burn;
    const dry = burn === undefined ? null : dryRange(burn, supplies, wallet.held, session.now());
    const suggested = burn === undefined ? null : suggestRule(burn, session.deps.maxPurchase);
    return {
      burnPerDay: burn === undefined ? null : formatCredits(perDay(burn.average)),
      runsDryAt: timeOrNull(dry?.average ?? null),
      runsDry: dry === null ? null : { earliest: timeOrNull(dry.earliest), latest: timeOrNull(dry.latest) },
      suggested:
        suggested === null ? null : { below: formatCredits(suggested.below), amount: formatCredits(suggested.amount) },
      reason: burn === undefined ? 'too little history' : burn.average.micro === 0 ? 'nothing is used' : null,
      available: formatCredits(subtract(wallet.posted, wallet.held)),
      days: burn?.days ?? seen.days,
      range,
      rounding: 'credits a day, rounded half up to six places',
    };
  });
}

interface DrySpan {
  readonly average: Instant | null;
  readonly earliest: Instant | null;
  readonly latest: Instant | null;
}

/** When the wallet runs dry: at the average, the busiest and the quietest rate. */
export function dryRange(burn: Burn, supplies: readonly Supply[], held: Credits, now: Instant): DrySpan {
  const at = (rate: Burn['average']) => runsDryAt(supplies, held, rate, now);
  return { average: at(burn.average), earliest: at(burn.fastest), latest: at(burn.slowest) };
}

/** What usage burnt on the whole days of a period, today left out: it is not over. */
export async function readBurn(view: LedgerView, session: Session, from?: Instant, to?: Instant) {
  const { calendar } = session;
  const yesterday = addDays(calendar.dateOf(session.now()), -1);
  const end = to === undefined ? yesterday : calendar.dateOf((to - 1) as Instant);
  const last = Math.min(end, yesterday) as PlainDate;
  const totals = await view.dayTotals({ types: ['usage'], last, by: ['day'] });
  const used = totals.map((total) => ({ day: total.day, used: negate(total.amount) })).filter((each) => each.used > 0);
  const firstUse = used.reduce((first, each) => Math.min(first, each.day), Number.POSITIVE_INFINITY);
  const first = Math.max(firstUse, from === undefined ? firstUse : calendar.dateOf(from)) as PlainDate;
  if (first > last) return { burn: undefined, days: 0 };
  const reversed = await reversedByDay(view, session, calendar.startOfDay(first));
  const net = used.map(({ day, used }): DayOfUse => ({ day, used: subtract(used, reversed.get(day) ?? ZERO) }));
  return { burn: measureBurn(net, first, last), days: last - first + 1 };
}

/** Reversals, under the day of the usage they undid: undoing last month's mistake makes this month no cheaper. */
async function reversedByDay(view: LedgerView, session: Session, from: Instant): Promise<Map<PlainDate, Credits>> {
  const byDay = new Map<PlainDate, Credits>();
  const query = { types: ['reversal'] as const, from, order: 'asc' as const, limit: PAGE };
  for (let after: { occurredAt: Instant; seq: number } | undefined; ; ) {
    const page = await view.page(after === undefined ? query : { ...query, after });
    const places = page.map(({ reference }) => locateTransaction(reference ?? '', session.org.tag)?.seq ?? 0);
    const originals = new Map((await view.entries([...new Set(places)])).map((entry) => [entry.seq, entry]));
    page.forEach((entry, at) => {
      const original = originals.get(places[at] ?? 0);
      // What was invoiced never was credits, and its reversal is none.
      if (original === undefined || entry.debit !== ACCOUNTS.credits) return;
      const day = session.calendar.dateOf(original.occurredAt);
      byDay.set(day, (entry.amount + (byDay.get(day) ?? ZERO)) as Credits);
    });
    const final = page.at(-1);
    if (final === undefined || page.length < PAGE) return byDay;
    after = { occurredAt: final.occurredAt, seq: final.seq };
  }
}

/** The credits there are and when they lapse, with what is due settled. */
export async function readSupplies(
  view: LedgerView,
  session: Session,
): Promise<{ wallet: WalletState; supplies: readonly Supply[] }> {
  const { journal } = await settledJournal(view, session);
  const grants = journal.grants.grants.filter((grant) => grant.remaining > 0);
  const supplies = grants.map(({ remaining, expiresAt }) => ({ remaining, expiresAt }));
  const overdrawn: readonly Supply[] =
    journal.wallet.overdrawn === 0 ? [] : [{ remaining: negate(journal.wallet.overdrawn), expiresAt: null }];
  return { wallet: journal.wallet, supplies: [...supplies, ...overdrawn] };
}
