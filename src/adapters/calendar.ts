import { quote } from '../core/credits';
import { addDays, type PlainDate, partsOf } from '../core/date';
import { WalletError } from '../core/errors';
import { nearest } from '../core/text';
import { type Calendar, DAY_MS, type Instant, localFrom, utcCalendar } from '../core/time';

type Temporal = typeof import('temporal-polyfill')['Temporal'];

/** Letters first: Temporal would also take an offset, and dig the zone out of a whole timestamp. */
const ZONE_NAME = /^[a-z][a-z0-9_+/-]{0,63}$/i;
const NANOSECONDS_PER_MS = 1_000_000;
/** Some 27 years of days. Past that the memory starts over rather than grow with the data. */
const MOST_DAYS_KEPT = 10_000;

/**
 * The calendar of an IANA time zone, in any case (`europe/berlin` opens `Europe/Berlin`). UTC loads nothing; any other
 * loads the zone library once. Throws `invalid_value` for a zone that does not exist.
 */
export async function openCalendar(zone: string): Promise<Calendar> {
  if (zone.toUpperCase() === 'UTC') return utcCalendar;
  if (!ZONE_NAME.test(zone)) throw unknownZone(zone);
  const { Temporal } = await import('temporal-polyfill');
  return createCalendar(Temporal, canonicalName(Temporal, zone));
}

function canonicalName(temporal: Temporal, zone: string): string {
  try {
    return temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId;
  } catch (cause) {
    if (cause instanceof RangeError) throw unknownZone(zone);
    throw cause;
  }
}

function unknownZone(zone: string): WalletError {
  const names = Intl.supportedValuesOf('timeZone');
  const city = `/${zone.toLowerCase().replaceAll(' ', '_')}`;
  const meant = names.find((name) => name.toLowerCase().endsWith(city)) ?? nearest(zone.slice(0, 64), names);
  return new WalletError('invalid_value', `the time zone ${quote(zone)} is not known`, {
    why: 'a time zone is UTC or a name from the IANA list, such as Europe/Berlin',
    hint: meant === undefined ? 'write UTC, or a name such as Europe/Berlin' : `did you mean ${meant}?`,
  });
}

/**
 * Temporal takes some 60 µs to find the start of a day, so each is looked up once and kept, and the latest day is at
 * hand: a million events of a few days cost a comparison each.
 */
function createCalendar(temporal: Temporal, zone: string): Calendar {
  const starts = new Map<PlainDate, Instant>();
  let latest = { date: 0 as PlainDate, start: 0, end: 0 };

  function startOfDay(day: PlainDate): Instant {
    const known = starts.get(day);
    if (known !== undefined) return known;
    if (starts.size >= MOST_DAYS_KEPT) starts.clear();
    const { year, month, day: dayOfMonth } = partsOf(day);
    const start = new temporal.PlainDate(year, month, dayOfMonth).toZonedDateTime(zone).epochMilliseconds as Instant;
    starts.set(day, start);
    return start;
  }

  function dayOf(instant: Instant): typeof latest {
    if (instant >= latest.start && instant < latest.end) return latest;
    // No zone is a whole day or more away from UTC, so the answer is at most one day off.
    let date = addDays(utcCalendar.dateOf(instant), 1);
    while (startOfDay(date) > instant) date = addDays(date, -1);
    latest = { date, start: startOfDay(date), end: startOfDay(addDays(date, 1)) };
    return latest;
  }

  function offsetMs(instant: Instant): number {
    const { date, start, end } = dayOf(instant);
    // A day of 24 hours began at midnight and kept its offset; only the few others ask again.
    if (end - start === DAY_MS) return date * DAY_MS - start;
    const zoned = temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
    return zoned.offsetNanoseconds / NANOSECONDS_PER_MS;
  }

  return {
    zone,
    startOfDay,
    dateOf: (instant) => dayOf(instant).date,
    local: (instant) => localFrom(instant + offsetMs(instant)),
  };
}
