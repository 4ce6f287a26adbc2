import { quote } from './credits';
import { WalletError } from './errors';

declare const dateBrand: unique symbol;

/**
 * A calendar day, as the whole number of days since 1970-01-01 in the proleptic Gregorian calendar. It says nothing of
 * a time zone: a `Calendar` (time.ts) says when the day starts.
 */
export type PlainDate = number & { readonly [dateBrand]: 'days' };

export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** Makes the error for an input that cannot be read, given the reason. */
export type Refuse = (why: string) => WalletError;

export const FIRST_YEAR = 1970;
const DAYS_PER_WEEK = 7;
const MONTHS_PER_YEAR = 12;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME_HINT = 'write a date such as 2026-10-31, or an RFC 3339 time such as 2026-10-31T12:00:00Z';

/** 400 years repeat exactly; counting years from March puts the leap day last (Hinnant, "chrono-compatible dates"). */
const DAYS_PER_ERA = 146_097;
const DAYS_FROM_YEAR_0_TO_1970 = 719_468;

/** The day of a year, month (1 to 12) and day, which must exist; `daysInMonth` tells. */
export function dateFromParts(year: number, month: number, day: number): PlainDate {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * DAYS_PER_ERA + dayOfEra - DAYS_FROM_YEAR_0_TO_1970) as PlainDate;
}

/** Year, month and day of a date; the inverse of `dateFromParts`. */
export function partsOf(date: PlainDate): DateParts {
  const days = date + DAYS_FROM_YEAR_0_TO_1970;
  const era = Math.floor(days / DAYS_PER_ERA);
  const dayOfEra = days - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { year: era * 400 + yearOfEra + (month > 2 ? 0 : 1), month, day };
}

/** How many days a month (1 to 12) has. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day `days` later (earlier if negative). */
export function addDays(date: PlainDate, days: number): PlainDate {
  return (date + days) as PlainDate;
}

/** The Monday of the date's week. */
export function startOfWeek(date: PlainDate): PlainDate {
  // 1970-01-01 was a Thursday, three days after a Monday.
  return (Math.floor((date + 3) / DAYS_PER_WEEK) * DAYS_PER_WEEK - 3) as PlainDate;
}

/** The first day of the date's month. */
export function startOfMonth(date: PlainDate): PlainDate {
  return monthStart(monthIndexOf(date));
}

/** The first day of the date's quarter. */
export function startOfQuarter(date: PlainDate): PlainDate {
  const index = monthIndexOf(date);
  return monthStart(index - (index % 3));
}

/** 1 January of the date's year. */
export function startOfYear(date: PlainDate): PlainDate {
  return dateFromParts(partsOf(date).year, 1, 1);
}

/** The first day of the month `months` after (before if negative) the date's month. */
export function addMonths(date: PlainDate, months: number): PlainDate {
  return monthStart(monthIndexOf(date) + months);
}

/** The date's month counted from year 0 (`year * 12 + month - 1`): one integer that sorts, and differs by 1 from the next. */
export function monthIndexOf(date: PlainDate): number {
  const { year, month } = partsOf(date);
  return year * MONTHS_PER_YEAR + month - 1;
}

/** The first day of the month with this `monthIndexOf`. */
export function monthStart(monthIndex: number): PlainDate {
  return dateFromParts(Math.floor(monthIndex / MONTHS_PER_YEAR), (monthIndex % MONTHS_PER_YEAR) + 1, 1);
}

/** The date's month as `2026-10`. */
export function monthOf(date: PlainDate): string {
  return formatDate(date).slice(0, -3);
}

/** Writes `2026-10-31`. */
export function formatDate(date: PlainDate): string {
  const { year, month, day } = partsOf(date);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** Reads `2026-10-31`: a day that exists, in the years 1970 to 9999. `what` names the input in the error. Throws `invalid_time`. */
export function parseDate(text: string, what = 'date'): PlainDate {
  const refuse: Refuse = (why) => invalidTime(text, what, why);
  if (!DATE.test(text)) throw refuse('a date is written as year, month and day: 2026-10-31');
  return readDate(text, refuse);
}

/** The day that the first ten characters name, known to be shaped `0000-00-00`. Throws the refusal if there is none from 1970 on. */
export function readDate(text: string, refuse: Refuse): PlainDate {
  if (readDigits(text, 0, 4) < FIRST_YEAR) throw refuse(`times start in ${FIRST_YEAR}`);
  return readAnyDate(text, refuse);
}

/** As `readDate`, but from year 0 on: the date of a zoned time may lie before 1970 when its instant does not. */
export function readAnyDate(text: string, refuse: Refuse): PlainDate {
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 7);
  const day = readDigits(text, 8, 10);
  if (month < 1 || month > MONTHS_PER_YEAR) throw refuse('months go from 01 to 12');
  const days = daysInMonth(year, month);
  if (day < 1 || day > days) throw refuse(`${text.slice(0, 7)} has the days 01 to ${days}`);
  return dateFromParts(year, month, day);
}

/** The number that the digits from `start` up to `end` write. The caller knows that they are digits. */
export function readDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

/** A number below 100 as two digits. */
export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** The error for a time that cannot be read: what was refused, why, and what is accepted. */
export function invalidTime(text: string, what: string, why: string, hint = TIME_HINT): WalletError {
  return new WalletError('invalid_time', `the ${what} ${quote(text)} is not valid`, { why, hint });
}
