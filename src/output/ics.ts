/** One thing that is due, as a calendar has it. */
export interface CalendarItem {
  /** RFC 3339 in UTC. */
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
}

/** Octets a line may have before its end (RFC 5545, 3.1). */
const LONGEST_LINE = 75;

/**
 * A calendar by RFC 5545: CRLF, lines folded at 75 octets between characters, text escaped. An item keeps its UID for as
 * long as it is the same thing, so that a calendar that is read again moves it rather than shows it twice; and the same
 * items always give the same bytes.
 */
export function calendarText(items: readonly CalendarItem[], about: { name: string; isPlay: boolean }): string {
  const title = `${about.name}${about.isPlay ? ' (SANDBOX)' : ''}`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//wallet//upcoming//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escaped(title)}`,
    ...items.flatMap((item) => eventLines(item, about)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines({ at, kind, subject, detail }: CalendarItem, { name, isPlay }: { name: string; isPlay: boolean }) {
  const time = basicTime(at);
  return [
    'BEGIN:VEVENT',
    `UID:${uidPart(kind)}-${uidPart(subject)}@wallet`,
    // No clock is read: a stamp that moved would make a new file of the same facts.
    `DTSTAMP:${time}`,
    `DTSTART:${time}`,
    `SUMMARY:${escaped(`${isPlay ? 'SANDBOX ' : ''}${name}: ${kind.replaceAll('_', ' ')}`)}`,
    `DESCRIPTION:${escaped(detail)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** `2026-10-31T12:00:00Z` as `20261031T120000Z`; parts of a second have no place there. */
function basicTime(at: string): string {
  return at.replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
}

/** A name that is the same for the same text, in letters that need no escape. */
function uidPart(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27');
}

function escaped(text: string): string {
  return text
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/\p{Cc}/gu, '');
}

/** Continues a long line on the next, behind a space: never inside a character, nor between the halves of a pair. */
function folded(line: string): string {
  let text = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LONGEST_LINE) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}
