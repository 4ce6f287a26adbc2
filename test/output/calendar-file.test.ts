import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarText } from '../../src/output/ics';

// RFC 5545: what a calendar program relies on when it reads the file.
const ABOUT = { name: 'Acme', isPlay: false };
const ITEM = { at: '2026-10-31T12:00:00.250Z', kind: 'grant_expires', subject: 'grant_1', detail: 'a grant lapses' };

/** Content lines as a reader has them: folds undone. */
const unfolded = (text: string) => text.replaceAll('\r\n ', '').split('\r\n');

function propertyOf(text: string, name: string): string | undefined {
  return unfolded(text)
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1);
}

const unescaped = (value = '') =>
  value.replace(/\\([\\;,n])/g, (_, character) => (character === 'n' ? '\n' : character));

test('every line ends in CRLF, has 75 octets at most, and breaks between characters', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(text, text, (name, detail) => {
      const lines = calendarText([{ ...ITEM, detail }], { name, isPlay: true }).split('\r\n');
      expect(lines.pop()).toBe('');
      for (const line of lines) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        // A pair that was cut in two would not survive as UTF-8.
        expect(Buffer.from(line).toString()).toBe(line);
        expect(line).not.toMatch(/[\r\n]/);
      }
    }),
    { numRuns: 200 },
  );
});

test('text comes back as it was once folds and escapes are undone, and can add no line of its own', () => {
  const detail = `back\\slash; comma, line\nanother\r\nEND:VEVENT ${'é🙂'.repeat(40)}`;
  const text = calendarText([{ ...ITEM, detail }], ABOUT);
  expect(unescaped(propertyOf(text, 'DESCRIPTION'))).toBe(detail.replace('\r\n', '\n'));
  expect(unfolded(text).filter((line) => line === 'END:VEVENT')).toHaveLength(1);
});

test('an entry keeps its UID when its time or text moves, and two things never share one', () => {
  const uid = (change: object) => propertyOf(calendarText([{ ...ITEM, ...change }], ABOUT), 'UID');
  expect(uid({ at: '2026-11-01T00:00:00Z', detail: 'other' })).toBe(uid({}));
  expect(uid({ subject: 'grant_2' })).not.toBe(uid({}));
  expect(uid({ kind: 'hold_expires' })).not.toBe(uid({}));
  expect(uid({ subject: 'Acme, Inc; "x"\n' })).toMatch(/^[\w%.!~*()-]+@wallet$/);
});

test('times are UTC in the basic form, and the same items give the same bytes', () => {
  const text = calendarText([ITEM], ABOUT);
  expect(propertyOf(text, 'DTSTART')).toBe('20261031T120000Z');
  expect(propertyOf(text, 'DTSTAMP')).toMatch(/^\d{8}T\d{6}Z$/);
  expect(calendarText([ITEM], ABOUT)).toBe(text);
  expect(unfolded(text)[0]).toBe('BEGIN:VCALENDAR');
  expect(unfolded(text).slice(-2)).toEqual(['END:VCALENDAR', '']);
});
