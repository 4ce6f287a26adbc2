import { addDays, type PlainDate } from '../core/date';
import { type DayTotal, TotalsCounter } from '../core/ledger/totals';
import type { Instant } from '../core/time';
import type { DayTotalsQuery, EntryQuery } from '../ports/entry-query';
import type { LedgerView } from '../ports/ledger-view';
import type { Session } from './session';

/** Rows of the log in memory at once. */
const PAGE = 5_000;

/** Which fields of a daily total the caller looks at; the others may come back empty. */
export type MovementFields = DayTotalsQuery['by'];

/**
 * What moved, as daily totals: whole days from the totals that every write keeps, the broken days at either end from the
 * log. A filter that the totals do not know (text, sizes) is answered from the log alone, a page in memory at a time.
 */
export async function* movementsOf(
  view: LedgerView,
  session: Session,
  query: EntryQuery,
  by: MovementFields,
): AsyncGenerator<readonly DayTotal[]> {
  const { search, min, max, upTo, from, to, ...filter } = query;
  if ([search, min, max, upTo].some((each) => each !== undefined)) return yield* fromLog(view, session, query);
  const span = wholeDays(session, from, to);
  if (span === undefined) return yield* fromLog(view, session, query);
  if (span.head !== undefined) yield* fromLog(view, session, { ...query, to: span.head });
  yield await view.dayTotals({
    ...filter,
    by,
    ...(span.first === undefined ? {} : { first: span.first }),
    ...(span.last === undefined ? {} : { last: span.last }),
  });
  if (span.tail !== undefined) yield* fromLog(view, session, { ...query, from: span.tail });
}

interface WholeDays {
  readonly first?: PlainDate;
  /** Included. */
  readonly last?: PlainDate;
  /** Where the broken first day ends, and where the broken last day starts. */
  readonly head?: Instant;
  readonly tail?: Instant;
}

/** The whole days of a span; undefined where it holds none. */
function wholeDays({ calendar }: Session, from?: Instant, to?: Instant): WholeDays | undefined {
  let days: WholeDays = {};
  if (from !== undefined) {
    const day = calendar.dateOf(from);
    const next = addDays(day, 1);
    days = calendar.startOfDay(day) === from ? { first: day } : { first: next, head: calendar.startOfDay(next) };
  }
  if (to !== undefined) {
    const day = calendar.dateOf(to);
    const start = calendar.startOfDay(day);
    days = { ...days, last: addDays(day, -1), ...(start === to ? {} : { tail: start }) };
  }
  const { first, last } = days;
  return first !== undefined && last !== undefined && last < first ? undefined : days;
}

async function* fromLog(view: LedgerView, session: Session, query: EntryQuery): AsyncGenerator<readonly DayTotal[]> {
  for (let after: { occurredAt: Instant; seq: number } | undefined; ; ) {
    const page = { ...query, order: 'asc' as const, limit: PAGE };
    const entries = await view.page(after === undefined ? page : { ...page, after });
    const counter = new TotalsCounter(session.calendar);
    for (const entry of entries) counter.take(entry);
    yield [...counter.days.values()];
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return;
    after = { occurredAt: last.occurredAt, seq: last.seq };
  }
}
