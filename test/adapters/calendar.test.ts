import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCalendar } from '../../src/adapters/calendar';
import { addDays, formatDate, type PlainDate, parseDate } from '../../src/core/date';
import { parsePeriod, periodOf } from '../../src/core/period';
import {
  type Calendar,
  formatInstant,
  type Instant,
  instantFromMs,
  type LocalTime,
  parseInstant,
  utcCalendar,
} from '../../src/core/time';

const HOUR_MS = 3_600_000;
/** Zones chosen for what is odd about them; each has a row below or is here for its offset. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Caracas',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
] as const;
const anyZone = fc.constantFrom(...ZONES);
const calendars = new Map<string, Calendar>();

beforeAll(async () => {
  for (const zone of ZONES) calendars.set(zone, await openCalendar(zone));
});

function calendarOf(zone: string): Calendar {
  const calendar = calendars.get(zone);
  if (calendar === undefined) throw new Error(`${zone} is not opened`);
  return calendar;
}

function show({ date, hour, minute, second }: LocalTime): string {
  return `${formatDate(date)} ${[hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/** The second opinion: what the platform shows on the wall. */
function wallClock(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return (instant) => format.format(instant);
}

describe('opening', () => {
  test.each(['UTC', 'utc', 'Utc'])('%s is the calendar of arithmetic', async (zone) => {
    expect(await openCalendar(zone)).toBe(utcCalendar);
  });

  test.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['AMERICA/NEW_YORK', 'America/New_York'],
    ['asia/kolkata', 'Asia/Kolkata'],
    ['america/argentina/buenos_aires', 'America/Argentina/Buenos_Aires'],
    ['etc/gmt+3', 'Etc/GMT+3'],
  ])('%s opens %s', async (typed, zone) => {
    expect((await openCalendar(typed)).zone).toBe(zone);
  });

  test.each([
    ['Berlin', 'did you mean Europe/Berlin?'],
    ['new york', 'did you mean America/New_York?'],
    ['Europe/Belrin', 'did you mean Europe/Berlin?'],
    ['+02:00', 'write UTC, or a name such as Europe/Berlin'],
    ['', 'write UTC, or a name such as Europe/Berlin'],
    ['2026-10-31T00:00[Europe/Berlin]', 'write UTC, or a name such as Europe/Berlin'],
  ])('the zone %j is not known: %s', async (zone, hint) => {
    await expect(openCalendar(zone)).rejects.toMatchObject({
      code: 'invalid_value',
      message: `the time zone "${zone}" is not known`,
      hint,
    });
  });
});

describe('days', () => {
  test.each([
    ['Europe/Berlin', '2026-10-24', '2026-10-23T22:00:00Z', 24],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', 25],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', 23],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z', 23],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00Z', 24.5],
    ['Asia/Kathmandu', '2026-10-05', '2026-10-04T18:15:00Z', 24],
    ['Pacific/Chatham', '2026-07-01', '2026-06-30T11:15:00Z', 24],
    // midnight does not exist: the day starts at 01:00
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z', 23],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', 23],
    // clocks set back at midnight lengthen the day before
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00Z', 25],
    ['Africa/Cairo', '2026-10-29', '2026-10-28T21:00:00Z', 25],
    // clocks set back at 00:01 across midnight: the repeated hour stays with the day that had begun
    ['America/St_Johns', '2006-10-28', '2006-10-28T02:30:00Z', 24],
    ['America/St_Johns', '2006-10-29', '2006-10-29T02:30:00Z', 25],
    // Samoa went from the 29th to the 31st
    ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00:00Z', 24],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z', 0],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', 24],
  ])('in %s, %s starts at %s and has %d hours', (zone, day, start, hours) => {
    const calendar = calendarOf(zone);
    const date = parseDate(day);

    expect(formatInstant(calendar.startOfDay(date))).toBe(start);
    expect((calendar.startOfDay(addDays(date, 1)) - calendar.startOfDay(date)) / HOUR_MS).toBe(hours);
  });

  test('every instant lies in exactly one day', () => {
    const years1970To2100 = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }).map(instantFromMs);
    fc.assert(
      fc.property(anyZone, years1970To2100, (zone, instant) => {
        const calendar = calendarOf(zone);
        const date = calendar.dateOf(instant);
        expect(calendar.startOfDay(date)).toBeLessThanOrEqual(instant);
        expect(calendar.startOfDay(addDays(date, 1))).toBeGreaterThan(instant);
      }),
    );
  });

  test('the start of a day lies in that day, unless the zone skipped it', () => {
    const skipped: string[] = [];
    for (const zone of ['Pacific/Apia', 'America/Sao_Paulo', 'America/St_Johns']) {
      const calendar = calendarOf(zone);
      for (let date = parseDate('2005-01-01'); date < parseDate('2012-12-31'); date = addDays(date, 1)) {
        if (calendar.dateOf(calendar.startOfDay(date)) !== date) skipped.push(`${zone} ${formatDate(date)}`);
      }
    }

    expect(skipped).toEqual(['Pacific/Apia 2011-12-30']);
  });

  test('the order of questions does not change the answers', () => {
    const calendar = calendarOf('Europe/Berlin');
    const instants = Array.from(
      { length: 200 },
      (_, n) => (Date.UTC(2026, 9, 20) + ((n * 7919) % 200) * 2 * HOUR_MS) as Instant,
    );

    const ask = (instant: Instant) => `${formatDate(calendar.dateOf(instant))} ${show(calendar.local(instant))}`;

    const asked = instants.map(ask);
    const askedBackwards = [...instants].reverse().map(ask).reverse();

    expect(askedBackwards).toEqual(asked);
  });

  test('the first and last instants have days too', () => {
    for (const zone of ['Pacific/Kiritimati', 'America/New_York']) {
      const calendar = calendarOf(zone);
      for (const instant of [0, Date.UTC(9999, 11, 31, 23, 59, 59, 999)].map(instantFromMs)) {
        const date = calendar.dateOf(instant);
        expect(calendar.startOfDay(date) <= instant && instant < calendar.startOfDay(addDays(date, 1))).toBe(true);
        expect(calendar.local(instant).date).toBe(date);
      }
    }
  });
});

describe('wall clocks', () => {
  test.each(ZONES)('%s shows what the platform shows, hour by hour', (zone) => {
    const calendar = calendarOf(zone);
    const wall = wallClock(zone);
    const wrong: string[] = [];
    // Every hour, a minute and a second past the half: between any two changes, and seconds show.
    for (const year of [2011, 2026]) {
      for (let ms = Date.UTC(year, 0, 1) + HOUR_MS / 2 + 61_000; ms < Date.UTC(year + 1, 0, 1); ms += HOUR_MS) {
        const seen = show(calendar.local(instantFromMs(ms)));
        if (seen !== wall(ms)) wrong.push(`${new Date(ms).toISOString()}: ${seen} is not ${wall(ms)}`);
      }
    }

    expect(wrong).toEqual([]);
  });

  test('any instant from 1970 to 2100 shows what the platform shows', () => {
    const walls = new Map(ZONES.map((zone) => [zone, wallClock(zone)]));
    fc.assert(
      fc.property(anyZone, fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (zone, ms) => {
        expect(show(calendarOf(zone).local(instantFromMs(ms)))).toBe(walls.get(zone)?.(ms));
      }),
    );
  });

  test('an hour repeated across midnight shows the old date and belongs to the new day', () => {
    const calendar = calendarOf('America/St_Johns');
    const instant = parseInstant('2006-10-29T03:00:00Z');

    expect(show(calendar.local(instant))).toBe('2006-10-28 23:30:00');
    expect(formatDate(calendar.dateOf(instant))).toBe('2006-10-29');
  });
});

describe('periods in a zone', () => {
  test('the months of a year meet and sum to it, in every zone', () => {
    for (const zone of ZONES) {
      const calendar = calendarOf(zone);
      const year = periodOf('year', parseDate('2011-06-01'), calendar);
      let at = year.from;
      for (let month = 1; month <= 12; month += 1) {
        const period = parsePeriod(`2011-${String(month).padStart(2, '0')}`, calendar, 0 as Instant);
        expect(period.from).toBe(at);
        at = period.to;
      }
      expect(at).toBe(year.to);
    }
  });

  test('today is the day on the wall', () => {
    const now = parseInstant('2026-10-31T23:30:00Z');

    expect(parsePeriod('today', calendarOf('Europe/Berlin'), now).label).toBe('2026-11-01');
    expect(parsePeriod('today', calendarOf('America/New_York'), now).label).toBe('2026-10-31');
  });

  test('a day that the zone skipped is an empty period', () => {
    const { from, to } = parsePeriod('2011-12-30', calendarOf('Pacific/Apia'), 0 as Instant);

    expect(from).toBe(to);
  });
});

test('a million events of one month need no million questions to the zone library', () => {
  const calendar = calendarOf('Asia/Tehran');
  const start = calendar.startOfDay(parseDate('2026-10-01'));
  const days = new Set<PlainDate>();
  for (let n = 0; n < 1_000_000; n += 1)
    days.add(calendar.dateOf((start + ((n * 7919) % 1_000_000) * 2678) as Instant));

  // Asked each time, the library would need a minute; the time limit is the proof.
  expect(days.size).toBe(31);
}, 10_000);
