import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, parseDate } from '../../src/core/date';
import { parseDuration } from '../../src/core/duration';
import { WalletError } from '../../src/core/errors';
import {
  addMs,
  DAY_MS,
  formatInstant,
  instantFromMs,
  nearestInstant,
  parseInstant,
  utcCalendar,
} from '../../src/core/time';

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const anyInstant = fc.integer({ min: 0, max: LAST_MS }).map(instantFromMs);

function failure(action: () => unknown): WalletError {
  try {
    action();
  } catch (error) {
    if (error instanceof WalletError) return error;
  }
  throw new Error('expected a WalletError');
}

describe('instants', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:00:00-02:00', 3_600_000],
    ['2026-10-31T12:00:00Z', Date.UTC(2026, 9, 31, 12)],
    ['2026-10-31t12:00:00z', Date.UTC(2026, 9, 31, 12)],
    ['2026-10-31T12:00:00+02:00', Date.UTC(2026, 9, 31, 10)],
    ['2026-10-31T12:00:00-00:00', Date.UTC(2026, 9, 31, 12)],
    ['2026-10-31T12:00:00+05:45', Date.UTC(2026, 9, 31, 6, 15)],
    ['2026-12-31T23:30:00-09:30', Date.UTC(2027, 0, 1, 9)],
    ['2026-10-31T12:00:00.5Z', Date.UTC(2026, 9, 31, 12, 0, 0, 500)],
    ['2026-10-31T12:00:00.07Z', Date.UTC(2026, 9, 31, 12, 0, 0, 70)],
    ['2026-10-31T12:00:00.1239999Z', Date.UTC(2026, 9, 31, 12, 0, 0, 123)],
    ['2026-10-31T12:00:00.999999999+01:00', Date.UTC(2026, 9, 31, 11, 0, 0, 999)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['9999-12-31T23:59:59.999Z', LAST_MS],
  ])('%s is %d ms after the epoch', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  test.each([
    '',
    'now',
    '2026-10-31',
    '2026-10-31T12:00Z',
    '2026-10-31T12:00:00',
    '2026-10-31 12:00:00Z',
    '2026-10-31T24:00:00Z',
    '2026-10-31T23:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-10-31T12:00:00.Z',
    '2026-10-31T12:00:00,5Z',
    '2026-10-31T12:00:00+0200',
    '2026-10-31T12:00:00+02',
    '2026-10-31T12:00:00+24:00',
    '2026-10-31T12:00:00+02:60',
    '2026-10-31T12:00:00ZZ',
    '2026-10-31T12:00:00Z\n',
    ' 2026-10-31T12:00:00Z',
    '+002026-10-31T12:00:00Z',
    '٢٠٢٦-10-31T12:00:00Z',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    `2026-10-31T12:00:00.${'0'.repeat(50)}Z`,
  ])('%j is not a time', (text) => {
    expect(failure(() => parseInstant(text)).code).toBe('invalid_time');
  });

  test('a refused time is told with its reason and what would be right', () => {
    const error = failure(() => parseInstant('2026-10-31T12:00:00'));

    expect(error.message).toBe('the time "2026-10-31T12:00:00" is not valid');
    expect(error.why).toBe('a time of day has a T before it and a zone behind it: Z, or an offset as +02:00');
    expect(error.hint).toBe('write a date such as 2026-10-31, or an RFC 3339 time such as 2026-10-31T12:00:00Z');
    expect(failure(() => parseInstant('2026-02-30T12:00:00Z')).why).toBe('2026-02 has the days 01 to 28');
    expect(failure(() => parseInstant('2026-10-31T25:00:00Z')).why).toBe(
      'a time is written as date, T, hours to seconds and zone',
    );
    expect(failure(() => parseInstant('\u001b[2J')).message).toBe('the time "\\u001b[2J" is not valid');
  });

  test.each([
    [0, '1970-01-01T00:00:00Z'],
    [Date.UTC(2026, 9, 31, 12), '2026-10-31T12:00:00Z'],
    [Date.UTC(2026, 0, 2, 3, 4, 5, 6), '2026-01-02T03:04:05.006Z'],
    [LAST_MS, '9999-12-31T23:59:59.999Z'],
  ])('%d is written %s', (ms, text) => {
    expect(formatInstant(instantFromMs(ms))).toBe(text);
  });

  test('what is written reads back as the same instant', () => {
    fc.assert(fc.property(anyInstant, (instant) => parseInstant(formatInstant(instant)) === instant));
  });

  test('every instant is written as the platform writes it', () => {
    fc.assert(
      fc.property(anyInstant, (instant) => {
        expect(formatInstant(instant)).toBe(new Date(instant).toISOString().replace('.000Z', 'Z'));
      }),
    );
  });

  test('every zoned time reads as the platform reads it', () => {
    const inner = fc.integer({ min: DAY_MS, max: LAST_MS - DAY_MS });
    fc.assert(
      fc.property(inner, fc.integer({ min: -1439, max: 1439 }), (ms, minutes) => {
        const size = Math.abs(minutes);
        const offset = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
        const text = new Date(ms).toISOString().replace('Z', offset);
        expect(parseInstant(text)).toBe(Date.parse(text));
      }),
    );
  });

  test('arbitrary text is either refused as a time or is one', () => {
    const pieces = fc.constantFrom('2026', '-', '10', '31', 'T', ':', '00', '.', 'Z', '+', '99', ' ', 'é');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 16 }), (parts) => {
        const text = parts.join('');
        try {
          return parseInstant(text) === Date.parse(text.toUpperCase());
        } catch (error) {
          return error instanceof WalletError && error.code === 'invalid_time';
        }
      }),
    );
  });

  test('no instant lies outside the years 1970 to 9999', () => {
    const last = instantFromMs(LAST_MS);

    for (const ms of [-1, LAST_MS + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(failure(() => instantFromMs(ms)).code).toBe('invalid_time');
    }
    expect(failure(() => addMs(last, 1)).code).toBe('invalid_time');
    expect(addMs(last, -LAST_MS)).toBe(0);
    expect(nearestInstant(-5)).toBe(0);
    expect(nearestInstant(LAST_MS + 5)).toBe(last);
    expect(nearestInstant(5)).toBe(5);
  });
});

describe('the UTC calendar', () => {
  test('every instant lies in exactly one day', () => {
    fc.assert(
      fc.property(anyInstant, (instant) => {
        const date = utcCalendar.dateOf(instant);
        expect(utcCalendar.startOfDay(date)).toBeLessThanOrEqual(instant);
        expect(utcCalendar.startOfDay(addDays(date, 1))).toBeGreaterThan(instant);
        expect(utcCalendar.dateOf(utcCalendar.startOfDay(date))).toBe(date);
      }),
    );
  });

  test('the wall shows UTC', () => {
    expect(utcCalendar.local(parseInstant('2026-10-31T14:05:09.999Z'))).toEqual({
      date: parseDate('2026-10-31'),
      hour: 14,
      minute: 5,
      second: 9,
    });
  });
});

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['24h', DAY_MS],
    ['30d', 30 * DAY_MS],
    ['2w', 14 * DAY_MS],
    ['3660d', 3660 * DAY_MS],
    ['87840h', 3660 * DAY_MS],
  ])('%s lasts %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '0s', '10', 'm', '-5m', '1.5h', '01h', '1 h', '10M', '1y', '1h30m', '3661d', '9999999999w', '10m\n'])(
    '%j is not a duration',
    (text) => {
      const error = failure(() => parseDuration(text, 'cooldown'));

      expect(error.code).toBe('invalid_time');
      expect(error.message).toContain('the cooldown');
      expect(error.hint).toBe('write a whole number and a unit: 30s, 10m, 24h, 30d or 2w');
    },
  );
});

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
