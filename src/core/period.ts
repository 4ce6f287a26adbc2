import {
  addDays,
  addMonths,
  formatDate,
  invalidTime,
  monthOf,
  type PlainDate,
  parseDate,
  partsOf,
  type Refuse,
  readDate,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
} from './date';
import { type Calendar, formatInstant, type Instant, nearestInstant, parseInstant } from './time';

/**
 * A stretch of time, `from` included, `to` excluded; null is open. Empty only where it is a day that the zone skipped.
 * The label is the period in absolute terms, and reads back as the same: `2026-10`, `2026-10-01..2026-10-07`.
 */
export interface Period {
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly label: string;
}

/** A stretch of the calendar that has a name. Weeks start on Monday. */
export type PeriodUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Whole days, `end` excluded. */
interface DaySpan {
  readonly start: PlainDate;
  readonly end: PlainDate;
  readonly label: string;
}

interface UnitRule {
  readonly startOf: (date: PlainDate) => PlainDate;
  /** From the start of one to the start of another, `count` later (negative: earlier). */
  readonly shift: (start: PlainDate, count: number) => PlainDate;
  readonly label: (start: PlainDate) => string;
}

const UNITS: Readonly<Record<PeriodUnit, UnitRule>> = {
  day: { startOf: (date) => date, shift: addDays, label: formatDate },
  week: {
    startOf: startOfWeek,
    shift: (start, count) => addDays(start, 7 * count),
    label: (start) => `${formatDate(start)}..${formatDate(addDays(start, 6))}`,
  },
  month: { startOf: startOfMonth, shift: addMonths, label: monthOf },
  quarter: {
    startOf: startOfQuarter,
    shift: (start, count) => addMonths(start, 3 * count),
    label: (start) => `${partsOf(start).year}-Q${Math.ceil(partsOf(start).month / 3)}`,
  },
  year: {
    startOf: startOfYear,
    shift: (start, count) => addMonths(start, 12 * count),
    label: (start) => String(partsOf(start).year),
  },
};

const RELATIVE = /^(this|last)-(week|month|quarter|year)$/;
const LAST_DAYS = /^last-([1-9][0-9]{0,9})d$/;
const MOST_DAYS = 3660;
const QUARTER = /^(\d{4})-q([1-4])$/;
const LOOKS_LIKE_TIME = /^\d{4}-\d\d-\d\d[t ]/i;
const SPAN_FORMS = '2026, 2026-Q3, 2026-10, 2026-10-05';
const PERIOD_HINT =
  `write ${SPAN_FORMS}, today, yesterday, this-week|month|quarter|year, last-week|month|quarter|year, ` +
  'last-30d, or A..B with dates or RFC 3339 times (one side may be empty)';
const EDGE_HINT = `write ${SPAN_FORMS} or an RFC 3339 time such as 2026-10-31T12:00:00Z`;

/**
 * Reads what `--period` accepts. `last-30d` is 30 whole days, today the last of them. In `A..B` either side may be a
 * date, month, quarter, year or RFC 3339 time, or empty; B includes the whole of what it names, but not an instant.
 * `now` decides what today is. Throws `invalid_time`, also if the period would end before it starts.
 */
export function parsePeriod(text: string, calendar: Calendar, now: Instant): Period {
  if (text.includes('..')) return parseRange(text, calendar);
  const refuse: Refuse = (why) => invalidTime(text, 'period', why, PERIOD_HINT);
  const span = relativeSpan(text, calendar.dateOf(now), refuse) ?? namedSpan(text, refuse);
  if (span === null) throw refuse('it is none of the forms of a period');
  return periodOfSpan(span, calendar);
}

/** The whole day, week, month, quarter or year that the date lies in. */
export function periodOf(unit: PeriodUnit, date: PlainDate, calendar: Calendar): Period {
  return periodOfSpan(unitSpan(unit, date), calendar);
}

/** The period between two instants, either of which may be open. Throws `invalid_time` unless it starts before it ends. */
export function periodBetween(from: Instant | null, to: Instant | null): Period {
  if (from === null && to === null) return { from, to, label: 'all time' };
  return inOrder({
    from,
    to,
    label: `${from === null ? '' : formatInstant(from)}..${to === null ? '' : formatInstant(to)}`,
  });
}

/** Reads `--from`: the start of a named day, month, quarter or year, or an RFC 3339 time; inclusive. Throws `invalid_time`. */
export function parseFrom(text: string, calendar: Calendar): Instant {
  return parseEdge(text, calendar, 'start');
}

/** Reads `--to`, always exclusive: the end of a named day, month, quarter or year (so that it is included), or an RFC 3339 time. Throws `invalid_time`. */
export function parseTo(text: string, calendar: Calendar): Instant {
  return parseEdge(text, calendar, 'end');
}

/** Reads `--at` and the like: the start of a date, or an RFC 3339 time. `what` names the input in the error. Throws `invalid_time`. */
export function parseWhen(text: string, calendar: Calendar, what = 'time'): Instant {
  return LOOKS_LIKE_TIME.test(text) ? parseInstant(text, what) : firstInstant(parseDate(text, what), calendar);
}

/** The span that `today`, `last-week` or `last-30d` means; null if the text is none of those. */
function relativeSpan(text: string, today: PlainDate, refuse: Refuse): DaySpan | null {
  const word = text.toLowerCase();
  if (word === 'today') return unitSpan('day', today);
  if (word === 'yesterday') return unitSpan('day', addDays(today, -1));
  const days = LAST_DAYS.exec(word)?.[1];
  if (days !== undefined) return lastDays(Number(days), today, refuse);
  const match = RELATIVE.exec(word);
  return match === null ? null : unitSpan(match[2] as PeriodUnit, today, match[1] === 'last' ? -1 : 0);
}

function lastDays(days: number, today: PlainDate, refuse: Refuse): DaySpan {
  if (days > MOST_DAYS) throw refuse(`it goes back more than ${MOST_DAYS} days`);
  const start = addDays(today, 1 - days);
  return { start, end: addDays(today, 1), label: `${formatDate(start)}..${formatDate(today)}` };
}

function unitSpan(unit: PeriodUnit, date: PlainDate, shiftedBy = 0): DaySpan {
  const { startOf, shift, label } = UNITS[unit];
  const start = shift(startOf(date), shiftedBy);
  return { start, end: shift(start, 1), label: label(start) };
}

/** The span that `2026`, `2026-Q3`, `2026-10` or `2026-10-05` names; null if the text has another shape. */
function namedSpan(text: string, refuse: Refuse): DaySpan | null {
  if (/^\d{4}$/.test(text)) return unitSpan('year', readDate(`${text}-01-01`, refuse));
  if (/^\d{4}-\d\d$/.test(text)) return unitSpan('month', readDate(`${text}-01`, refuse));
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return unitSpan('day', readDate(text, refuse));
  const quarter = QUARTER.exec(text.toLowerCase());
  if (quarter === null) return null;
  const year = readDate(`${quarter[1]}-01-01`, refuse);
  return unitSpan('quarter', addMonths(year, 3 * (Number(quarter[2]) - 1)));
}

function parseEdge(text: string, calendar: Calendar, edge: 'start' | 'end'): Instant {
  if (LOOKS_LIKE_TIME.test(text)) return parseInstant(text, edge);
  const refuse: Refuse = (why) => invalidTime(text, edge, why, EDGE_HINT);
  const span = namedSpan(text, refuse);
  if (span === null) throw refuse('it is neither a date nor a time');
  return firstInstant(edge === 'start' ? span.start : span.end, calendar);
}

function parseRange(text: string, calendar: Calendar): Period {
  const at = text.indexOf('..');
  const left = text.slice(0, at);
  const right = text.slice(at + 2);
  // An empty variable in a script must not turn into a report over everything.
  if (left === '' && right === '') {
    throw invalidTime(text, 'period', 'it names neither a start nor an end', PERIOD_HINT);
  }
  const from = left === '' ? null : parseFrom(left, calendar);
  const to = right === '' ? null : parseTo(right, calendar);
  return inOrder({ from, to, label: text });
}

function inOrder(period: Period): Period {
  const { from, to, label } = period;
  if (from !== null && to !== null && from >= to) {
    throw invalidTime(label, 'period', 'it must start before it ends', PERIOD_HINT);
  }
  return period;
}

function periodOfSpan({ start, end, label }: DaySpan, calendar: Calendar): Period {
  return { from: firstInstant(start, calendar), to: firstInstant(end, calendar), label };
}

/** 1970 starts in Berlin before it does in UTC; instants do not, so that edge (and the end of 9999) is drawn in to the first and last instant. */
function firstInstant(day: PlainDate, calendar: Calendar): Instant {
  return nearestInstant(calendar.startOfDay(day));
}
