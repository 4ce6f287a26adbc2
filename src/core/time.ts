import {
  FIRST_YEAR,
  formatDate,
  invalidTime,
  type PlainDate,
  type Refuse,
  readAnyDate,
  readDigits,
  twoDigits,
} from './date';
import { WalletError } from './errors';

declare const instantBrand: unique symbol;

/**
 * A moment: whole milliseconds since 1970-01-01T00:00:00Z, a safe integer, in the years 1970 to 9999. Its own type, so
 * that a duration or a count cannot take its place. Instants compare with `<`, and subtract to milliseconds.
 */
export type Instant = number & { readonly [instantBrand]: 'ms since epoch' };

/** What a wall clock shows. */
export interface LocalTime {
  readonly date: PlainDate;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * Days in a time zone. Core has no zone data: `utcCalendar` is arithmetic, `adapters/calendar` opens any other zone.
 * Every implementation answers a million nearby questions cheaply and keeps three laws:
 * - starts never go back: `startOfDay(d) <= startOfDay(d + 1)`, equal only if the zone skipped day `d`;
 * - every instant lies in exactly one day: `startOfDay(dateOf(i)) <= i < startOfDay(dateOf(i) + 1)`;
 * - so `dateOf(startOfDay(d))` is `d`, unless the zone skipped `d`.
 */
export interface Calendar {
  /** The IANA name, in its own spelling: `Europe/Berlin`. */
  readonly zone: string;
  /** The first moment of the day; later than midnight where the zone has none. At the edges of 1970 and 9999 it may lie just outside. */
  startOfDay(day: PlainDate): Instant;
  /** The day that the instant belongs to. */
  dateOf(instant: Instant): PlainDate;
  /**
   * What a clock on the wall shows. Its date is `dateOf`, save for the rare hour in which clocks were set back across
   * midnight: the wall shows the old date again, the hour still belongs to the day that had begun.
   */
  local(instant: Instant): LocalTime;
}

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const LAST_MS = 253_402_300_799_999;
/** Hour 24 and second 60 are refused: no clock here shows them. Twenty places of a second are more than anybody writes. */
const RFC_3339 =
  /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,20})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/i;

function isInstant(ms: number): ms is Instant {
  return Number.isSafeInteger(ms) && ms >= 0 && ms <= LAST_MS;
}

/** Takes milliseconds since the epoch. Throws `invalid_time` if they are not whole, or outside the years 1970 to 9999. */
export function instantFromMs(ms: number): Instant {
  if (isInstant(ms)) return ms;
  throw new WalletError('invalid_time', 'the time is out of range', {
    why: `times are whole milliseconds in the years ${FIRST_YEAR} to 9999`,
  });
}

/** The instant nearest to a number of whole milliseconds: itself, or the first or last there is. */
export function nearestInstant(ms: number): Instant {
  return Math.min(Math.max(ms, 0), LAST_MS) as Instant;
}

/** The moment `ms` milliseconds later (earlier if negative). Throws `invalid_time` outside the years 1970 to 9999. */
export function addMs(instant: Instant, ms: number): Instant {
  return instantFromMs(instant + ms);
}

/**
 * Reads an RFC 3339 time (`2026-10-31T12:00:00Z`, `2026-10-31t14:00:00.5+02:00`); the zone is required. Digits past the
 * millisecond are cut off. `what` names the input in the error. Throws `invalid_time`.
 */
export function parseInstant(text: string, what = 'time'): Instant {
  const refuse: Refuse = (why) => invalidTime(text, what, why);
  if (!RFC_3339.test(text)) throw refuse(whyNotRfc3339(text));
  const ms = readAnyDate(text, refuse) * DAY_MS + readClock(text) - readOffset(text);
  if (!isInstant(ms)) throw refuse(`times go from ${FIRST_YEAR} to 9999`);
  return ms;
}

function whyNotRfc3339(text: string): string {
  if (WITHOUT_ZONE.test(text)) return 'a time of day has a T before it and a zone behind it: Z, or an offset as +02:00';
  return 'a time is written as date, T, hours to seconds and zone';
}

function readClock(text: string): number {
  return (
    readDigits(text, 11, 13) * HOUR_MS +
    readDigits(text, 14, 16) * MINUTE_MS +
    readDigits(text, 17, 19) * SECOND_MS +
    readFraction(text)
  );
}

function readFraction(text: string): number {
  if (text[19] !== '.') return 0;
  let end = 20;
  while (end < 23 && text.charCodeAt(end) <= 57 && text.charCodeAt(end) >= 48) end += 1;
  return readDigits(text, 20, end) * 10 ** (23 - end);
}

function readOffset(text: string): number {
  const at = text.length - 6;
  const sign = text[at];
  // In a time that ends in Z this character is a digit, a colon or the point.
  if (sign !== '+' && sign !== '-') return 0;
  const ms = readDigits(text, at + 1, at + 3) * HOUR_MS + readDigits(text, at + 4, at + 6) * MINUTE_MS;
  return sign === '+' ? ms : -ms;
}

/** Writes RFC 3339 in UTC: `2026-10-31T12:00:00Z`, with `.123` only where the milliseconds are not zero. */
export function formatInstant(instant: Instant): string {
  // What happens at once is written one after another: a posting says three times when it was made.
  if (instant !== latest.instant) latest = { instant, text: written(instant) };
  return latest.text;
}

let latest = { instant: Number.NaN, text: '' };

function written(instant: Instant): string {
  const { date, hour, minute, second } = localFrom(instant);
  const ms = instant - Math.floor(instant / SECOND_MS) * SECOND_MS;
  const fraction = ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`;
  return `${formatDate(date)}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}Z`;
}

/** Splits milliseconds since 1970-01-01T00:00 on some wall into what that wall shows. */
export function localFrom(wallMs: number): LocalTime {
  const date = Math.floor(wallMs / DAY_MS) as PlainDate;
  const ms = wallMs - date * DAY_MS;
  return {
    date,
    hour: Math.floor(ms / HOUR_MS),
    minute: Math.floor(ms / MINUTE_MS) % 60,
    second: Math.floor(ms / SECOND_MS) % 60,
  };
}

/** The calendar of UTC: every day has 24 hours. */
export const utcCalendar: Calendar = {
  zone: 'UTC',
  startOfDay: (day) => (day * DAY_MS) as Instant,
  dateOf: (instant) => Math.floor(instant / DAY_MS) as PlainDate,
  local: localFrom,
};
