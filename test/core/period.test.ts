import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, addMonths, formatDate, type PlainDate, parseDate, startOfYear } from '../../src/core/date';
import { WalletError } from '../../src/core/errors';
import {
  type Period,
  type PeriodUnit,
  parseFrom,
  parsePeriod,
  parseTo,
  parseWhen,
  periodBetween,
  periodOf,
} from '../../src/core/period';
import { type Calendar, formatInstant, type Instant, parseInstant, utcCalendar } from '../../src/core/time';

/** Saturday. */
const NOW = parseInstant('2026-10-31T12:00:00Z');
const UNITS: readonly PeriodUnit[] = ['day', 'week', 'month', 'quarter', 'year'];
const anyDate = fc.integer({ min: 1, max: 2_932_000 }).map((days) => days as PlainDate);

function show({ from, to }: Period): string {
  return `${from === null ? '' : formatInstant(from)}/${to === null ? '' : formatInstant(to)}`.replaceAll(
    'T00:00:00Z',
    '',
  );
}

function failure(action: () => unknown): WalletError {
  try {
    action();
  } catch (error) {
    if (error instanceof WalletError) return error;
  }
  throw new Error('expected a WalletError');
}

describe('--period', () => {
  test.each([
    ['2026', '2026-01-01/2027-01-01', '2026'],
    ['2026-Q3', '2026-07-01/2026-10-01', '2026-Q3'],
    ['2026-q4', '2026-10-01/2027-01-01', '2026-Q4'],
    ['2026-10', '2026-10-01/2026-11-01', '2026-10'],
    ['2024-02', '2024-02-01/2024-03-01', '2024-02'],
    ['2026-12', '2026-12-01/2027-01-01', '2026-12'],
    ['2026-10-05', '2026-10-05/2026-10-06', '2026-10-05'],
    ['today', '2026-10-31/2026-11-01', '2026-10-31'],
    ['Today', '2026-10-31/2026-11-01', '2026-10-31'],
    ['yesterday', '2026-10-30/2026-10-31', '2026-10-30'],
    ['this-week', '2026-10-26/2026-11-02', '2026-10-26..2026-11-01'],
    ['this-month', '2026-10-01/2026-11-01', '2026-10'],
    ['this-quarter', '2026-10-01/2027-01-01', '2026-Q4'],
    ['this-year', '2026-01-01/2027-01-01', '2026'],
    ['last-week', '2026-10-19/2026-10-26', '2026-10-19..2026-10-25'],
    ['last-month', '2026-09-01/2026-10-01', '2026-09'],
    ['last-quarter', '2026-07-01/2026-10-01', '2026-Q3'],
    ['last-year', '2025-01-01/2026-01-01', '2025'],
    ['last-1d', '2026-10-31/2026-11-01', '2026-10-31..2026-10-31'],
    ['last-30d', '2026-10-02/2026-11-01', '2026-10-02..2026-10-31'],
    ['last-3660d', '2016-10-24/2026-11-01', '2016-10-24..2026-10-31'],
    ['2026-10-01..2026-10-07', '2026-10-01/2026-10-08', '2026-10-01..2026-10-07'],
    ['2026-10-05..2026-10-05', '2026-10-05/2026-10-06', '2026-10-05..2026-10-05'],
    ['2026-08..2026-09', '2026-08-01/2026-10-01', '2026-08..2026-09'],
    ['2024..2025', '2024-01-01/2026-01-01', '2024..2025'],
    ['2026-Q1..2026-Q2', '2026-01-01/2026-07-01', '2026-Q1..2026-Q2'],
    ['2026-10-05..', '2026-10-05/', '2026-10-05..'],
    ['..2026-10-05', '/2026-10-06', '..2026-10-05'],
    [
      '2026-10-05T06:00:00Z..2026-10-06T06:00:00+02:00',
      '2026-10-05T06:00:00Z/2026-10-06T04:00:00Z',
      '2026-10-05T06:00:00Z..2026-10-06T06:00:00+02:00',
    ],
    ['2026..2026-10-06T00:00:00Z', '2026-01-01/2026-10-06', '2026..2026-10-06T00:00:00Z'],
    ['9999', '9999-01-01/9999-12-31T23:59:59.999Z', '9999'],
  ])('%s is %s, labelled %s', (text, range, label) => {
    const period = parsePeriod(text, utcCalendar, NOW);

    expect([show(period), period.label]).toEqual([range, label]);
  });

  test.each([
    ['this-week', '2026-10-26T00:00:00Z', '2026-10-26/2026-11-02'],
    ['this-week', '2026-11-01T23:59:59Z', '2026-10-26/2026-11-02'],
    ['last-week', '2027-01-01T00:00:00Z', '2026-12-21/2026-12-28'],
    ['last-month', '2026-01-15T00:00:00Z', '2025-12-01/2026-01-01'],
    ['last-month', '2026-03-31T23:59:59Z', '2026-02-01/2026-03-01'],
    ['last-quarter', '2026-02-01T00:00:00Z', '2025-10-01/2026-01-01'],
    ['yesterday', '2024-03-01T00:00:00Z', '2024-02-29/2024-03-01'],
  ])('%s at %s is %s', (text, now, range) => {
    expect(show(parsePeriod(text, utcCalendar, parseInstant(now)))).toBe(range);
  });

  test.each([
    '',
    'now',
    'tomorrow',
    'this-day',
    'last-decade',
    'last-0d',
    'last-d',
    'last-3661d',
    'last-30',
    '26',
    '2026-13',
    '2026-00',
    '2026-Q5',
    '2026-Q0',
    '2026Q3',
    '2026-1',
    '2026-02-30',
    '1969',
    '1969-Q4',
    '1969-12',
    '..',
    '...',
    '2026-10-05...2026-10-06',
    '2026-10-05..today',
    '2026-10-05..2026-10-06..2026-10-07',
    '2026-10-05 .. 2026-10-06',
    '2026-10-05T12:00:00Z',
    ' today',
  ])('%j is not a period', (text) => {
    const error = failure(() => parsePeriod(text, utcCalendar, NOW));

    expect(error.code).toBe('invalid_time');
    expect(error.hint).toContain('2026-10');
  });

  test.each([
    '2026-10-06..2026-10-05',
    '2026-10..2026-09',
    '2026-10-05T12:00:00Z..2026-10-05T12:00:00Z',
    '2026-10-05T12:00:01Z..2026-10-05T12:00:00Z',
  ])('%s is refused because it does not start before it ends', (text) => {
    expect(failure(() => parsePeriod(text, utcCalendar, NOW)).why).toBe('it must start before it ends');
  });

  test.each([
    ['1969', 'the period "1969" is not valid', 'times start in 1970'],
    ['2026-13', 'the period "2026-13" is not valid', 'months go from 01 to 12'],
    ['2026-02-30', 'the period "2026-02-30" is not valid', '2026-02 has the days 01 to 28'],
    ['last-3661d', 'the period "last-3661d" is not valid', 'it goes back more than 3660 days'],
    ['2026-10..today', 'the end "today" is not valid', 'it is neither a date nor a time'],
    ['..', 'the period ".." is not valid', 'it names neither a start nor an end'],
  ])('%s is refused as typed, with its reason', (text, message, why) => {
    const error = failure(() => parsePeriod(text, utcCalendar, NOW));

    expect([error.message, error.why]).toEqual([message, why]);
  });

  test('a refused period is told with all that is accepted', () => {
    const error = failure(() => parsePeriod('octember', utcCalendar, NOW));

    expect(error.message).toBe('the period "octember" is not valid');
    expect(error.hint).toBe(
      'write 2026, 2026-Q3, 2026-10, 2026-10-05, today, yesterday, this-week|month|quarter|year, ' +
        'last-week|month|quarter|year, last-30d, or A..B with dates or RFC 3339 times (one side may be empty)',
    );
  });

  test('a label reads back as the same period', () => {
    const words = [
      'today',
      'yesterday',
      'last-7d',
      ...UNITS.slice(1).flatMap((unit) => [`this-${unit}`, `last-${unit}`]),
    ];
    fc.assert(
      fc.property(anyDate, fc.constantFrom(...words), (date, word) => {
        const now = utcCalendar.startOfDay(addDays(date, 800));
        const period = parsePeriod(word, utcCalendar, now);
        expect(parsePeriod(period.label, utcCalendar, now)).toEqual(period);
      }),
    );
  });
});

describe('named periods', () => {
  test('the day, week, month, quarter and year of a date contain it, and the next one meets them', () => {
    fc.assert(
      fc.property(anyDate, fc.constantFrom(...UNITS), (date, unit) => {
        const at = utcCalendar.startOfDay(date);
        const { from, to } = periodOf(unit, date, utcCalendar);
        if (from === null || to === null) throw new Error('a named period is closed');
        expect(from <= at && at < to).toBe(true);
        expect(periodOf(unit, utcCalendar.dateOf(to), utcCalendar).from).toBe(to);
      }),
    );
  });

  test('the months of a year cover it without gap or overlap', () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        const january = startOfYear(date);
        const year = periodOf('year', date, utcCalendar);
        const months = Array.from({ length: 12 }, (_, n) => periodOf('month', addMonths(january, n), utcCalendar));
        const lengths = months.map(({ from, to }) => Number(to) - Number(from));
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(Number(year.to) - Number(year.from));
        expect(months[0]?.from).toBe(year.from);
        expect(months[11]?.to).toBe(year.to);
      }),
    );
  });

  test('a period between two instants is labelled with them', () => {
    const later = parseInstant('2026-11-01T00:00:00Z');

    expect(periodBetween(NOW, later).label).toBe('2026-10-31T12:00:00Z..2026-11-01T00:00:00Z');
    expect(periodBetween(NOW, null).label).toBe('2026-10-31T12:00:00Z..');
    expect(periodBetween(null, later).label).toBe('..2026-11-01T00:00:00Z');
    expect(periodBetween(null, null).label).toBe('all time');
    expect(failure(() => periodBetween(later, NOW)).code).toBe('invalid_time');
    expect(failure(() => periodBetween(NOW, NOW)).code).toBe('invalid_time');
  });
});

describe('--from, --to and --at', () => {
  test.each([
    ['2026-10-05', '2026-10-05T00:00:00Z', '2026-10-06T00:00:00Z'],
    ['2026-10', '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'],
    ['2026-Q4', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2026', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2026-10-05T10:00:00+02:00', '2026-10-05T08:00:00Z', '2026-10-05T08:00:00Z'],
  ])('from %s is from %s, to it is to %s', (text, from, to) => {
    expect(formatInstant(parseFrom(text, utcCalendar))).toBe(from);
    expect(formatInstant(parseTo(text, utcCalendar))).toBe(to);
  });

  test.each([
    ['2026-10-05', '2026-10-05T00:00:00Z'],
    ['2026-10-05T10:00:00+02:00', '2026-10-05T08:00:00Z'],
  ])('at %s is %s', (text, at) => {
    expect(formatInstant(parseWhen(text, utcCalendar))).toBe(at);
  });

  test.each(['', '2026', '2026-10', '2026-Q4', 'today', '2026-02-30', '2026-10-05T10:00:00', '2026-10-05T10'])(
    'at %j is refused',
    (text) => {
      expect(failure(() => parseWhen(text, utcCalendar)).code).toBe('invalid_time');
    },
  );

  test('a refused edge is named', () => {
    expect(failure(() => parseFrom('soon', utcCalendar)).message).toBe('the start "soon" is not valid');
    expect(failure(() => parseTo('2026-10-05T10:00:00', utcCalendar)).message).toBe(
      'the end "2026-10-05T10:00:00" is not valid',
    );
    expect(failure(() => parseWhen('soon', utcCalendar, 'expiry')).message).toBe('the expiry "soon" is not valid');
  });

  test('an edge that a zone puts before 1970 or after 9999 is the first or last instant', () => {
    const east = shifted(3_600_000);
    const west = shifted(-3_600_000);

    expect(parseFrom('1970-01-01', east)).toBe(0);
    expect(parseWhen('1970-01-01', west)).toBe(3_600_000);
    expect(formatInstant(parseTo('9999-12-31', west))).toBe('9999-12-31T23:59:59.999Z');
    expect(periodOf('year', parseDate('1970-06-01'), east).from).toBe(0);
  });
});

/** A zone that is ahead of UTC by `ms`, always. */
function shifted(ms: number): Calendar {
  return {
    zone: 'Test/Shifted',
    startOfDay: (day) => (utcCalendar.startOfDay(day) - ms) as Instant,
    dateOf: (instant) => utcCalendar.dateOf((instant + ms) as Instant),
    local: (instant) => utcCalendar.local((instant + ms) as Instant),
  };
}

test('the day of the organisation, not of UTC, is today', () => {
  const evening = parseInstant('2026-10-31T23:30:00Z');

  expect(parsePeriod('today', shifted(3_600_000), evening).label).toBe(formatDate(parseDate('2026-11-01')));
  expect(show(parsePeriod('2026-11', shifted(3_600_000), evening))).toBe('2026-10-31T23:00:00Z/2026-11-30T23:00:00Z');
});
