import { formatDate } from '../core/date';
import { type Calendar, type Instant, parseInstant } from '../core/time';

/** `2026-10-31 14:05:00`, as the calendar's clock shows it. */
export function localTime(instant: Instant, calendar: Calendar): string {
  const { date, hour, minute, second } = calendar.local(instant);
  const clock = [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
  return `${formatDate(date)} ${clock}`;
}

/** Reads RFC 3339 and writes what the calendar's clock shows then. */
export function createClock(calendar: Calendar): (time: string) => string {
  return (time) => localTime(parseInstant(time), calendar);
}
