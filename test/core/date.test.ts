import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  dateFromParts,
  daysInMonth,
  formatDate,
  monthIndexOf,
  monthOf,
  monthStart,
  type PlainDate,
  parseDate,
  partsOf,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
} from '../../src/core/date';
import { DAY_MS } from '../../src/core/time';

const LAST_DAY = Math.floor(Date.UTC(9999, 11, 31) / DAY_MS);
const anyDate = fc.integer({ min: 0, max: LAST_DAY }).map((days) => days as PlainDate);

test('every day of 400 years, after which the calendar repeats, has the parts that the platform gives it', () => {
  const wrong: string[] = [];
  for (let days = -1; days <= 146_097; days += 1) {
    const oracle = new Date(days * DAY_MS);
    const { year, month, day } = partsOf(days as PlainDate);
    const same = year === oracle.getUTCFullYear() && month === oracle.getUTCMonth() + 1 && day === oracle.getUTCDate();
    if (!same || dateFromParts(year, month, day) !== days) wrong.push(oracle.toISOString());
  }

  expect(wrong).toEqual([]);
});

test('any day up to 9999 has the parts that the platform gives it', () => {
  fc.assert(
    fc.property(anyDate, (date) => {
      const oracle = new Date(date * DAY_MS);
      const parts = { year: oracle.getUTCFullYear(), month: oracle.getUTCMonth() + 1, day: oracle.getUTCDate() };
      expect(partsOf(date)).toEqual(parts);
      expect(dateFromParts(parts.year, parts.month, parts.day)).toBe(date);
    }),
  );
});

test('the days of the months sum to the days of the year', () => {
  for (let year = 1970; year <= 9999; year += 1) {
    let days = 0;
    for (let month = 1; month <= 12; month += 1) days += daysInMonth(year, month);
    expect(days).toBe(dateFromParts(year + 1, 1, 1) - dateFromParts(year, 1, 1));
  }
});

test.each([
  ['2026-02-30', '2026-02 has the days 01 to 28'],
  ['2023-02-29', '2023-02 has the days 01 to 28'],
  ['2026-11-31', '2026-11 has the days 01 to 30'],
  ['2026-13-01', 'months go from 01 to 12'],
  ['1969-12-31', 'times start in 1970'],
  ['0000-01-01', 'times start in 1970'],
  ['10000-01-01', 'a date is written as year, month and day: 2026-10-31'],
  ['2026-1-1', 'a date is written as year, month and day: 2026-10-31'],
  ['31.10.2026', 'a date is written as year, month and day: 2026-10-31'],
  ['2026-10-31\n', 'a date is written as year, month and day: 2026-10-31'],
])('the date %j is refused because %s', (text, why) => {
  expect(() => parseDate(text)).toThrow(expect.objectContaining({ code: 'invalid_time', why }));
});

test('a date reads back as it was written', () => {
  fc.assert(fc.property(anyDate, (date) => parseDate(formatDate(date)) === date));
});

test.each([
  ['2026-10-31', '2026-10-26', '2026-10-01', '2026-10-01', '2026-01-01'],
  ['2026-11-02', '2026-11-02', '2026-11-01', '2026-10-01', '2026-01-01'],
  ['2026-11-01', '2026-10-26', '2026-11-01', '2026-10-01', '2026-01-01'],
  ['2024-02-29', '2024-02-26', '2024-02-01', '2024-01-01', '2024-01-01'],
  ['2027-01-01', '2026-12-28', '2027-01-01', '2027-01-01', '2027-01-01'],
  ['1970-01-01', '1969-12-29', '1970-01-01', '1970-01-01', '1970-01-01'],
])('%s lies in the week of %s, the month of %s, the quarter of %s and the year of %s', (text, ...starts) => {
  const date = parseDate(text);
  const found = [startOfWeek(date), startOfMonth(date), startOfQuarter(date), startOfYear(date)];

  expect(found.map(formatDate)).toEqual(starts);
});

test('a week starts on a Monday at most six days before', () => {
  fc.assert(
    fc.property(anyDate, (date) => {
      const monday = startOfWeek(date);
      expect(new Date(monday * DAY_MS).getUTCDay()).toBe(1);
      expect(date - monday).toBeGreaterThanOrEqual(0);
      expect(date - monday).toBeLessThan(7);
    }),
  );
});

test('months count on across years, and back', () => {
  const date = parseDate('2026-10-31');

  expect(monthOf(date)).toBe('2026-10');
  expect(monthIndexOf(date)).toBe(2026 * 12 + 9);
  expect(formatDate(monthStart(2026 * 12 + 9))).toBe('2026-10-01');
  expect(formatDate(addMonths(date, 3))).toBe('2027-01-01');
  expect(formatDate(addMonths(date, -10))).toBe('2025-12-01');
  expect(formatDate(addDays(date, 1))).toBe('2026-11-01');
});
