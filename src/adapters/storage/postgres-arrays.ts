import type { SqlValue } from './sql-driver';

/** What is bound to a placeholder: a value, or an array as PostgreSQL has it in memory. */
export type Bound = SqlValue | Buffer;

export type ElementType = 'bigint' | 'text';

/** The numbers that PostgreSQL gives the types. */
const NUMBERS: Readonly<Record<ElementType, number>> = { bigint: 20, text: 25 };
const HEADER = 20;
const LENGTH = 4;
const NULL = -1;
/** Bytes of an integer, and at most of each sixteen bits of a text. */
const WHOLE = 8;
const LARGEST_LETTER = 3;
/** Letters of a text that is written one by one: to hand a longer one over takes less. */
const SHORT = 50;
const UPPER = 2 ** 32;

/** Where an array is written before anybody knows how long it gets. */
let desk = Buffer.allocUnsafe(65_536);

/**
 * One column of the rows as an array, in the binary form: nothing has to be escaped here, nor read letter by letter on
 * the other side. Before each element stands its length.
 */
export function toArray(rows: readonly (readonly SqlValue[])[], at: number, type: ElementType): Buffer {
  let place = HEADER;
  let hasNull = 0;
  for (const row of rows) {
    const value = row[at] ?? null;
    if (value === null) {
      hasNull = 1;
      makeRoom(place + LENGTH);
      writeInt(place, NULL);
      place += LENGTH;
    } else place = type === 'bigint' ? writeInteger(value, place) : writeText(String(value), place);
  }
  writeHeader(hasNull, NUMBERS[type], rows.length);
  return Buffer.from(desk.subarray(0, place));
}

function makeRoom(needed: number): void {
  if (needed <= desk.length) return;
  const larger = Buffer.allocUnsafe(2 * needed);
  desk.copy(larger);
  desk = larger;
}

/** Dimensions, whether there is a NULL, type, elements, and the number of the first one. */
function writeHeader(hasNull: number, type: number, elements: number): void {
  writeInt(0, 1);
  writeInt(4, hasNull);
  writeInt(8, type);
  writeInt(12, elements);
  writeInt(16, 1);
}

function writeInt(place: number, value: number): void {
  desk[place] = value >>> 24;
  desk[place + 1] = value >>> 16;
  desk[place + 2] = value >>> 8;
  desk[place + 3] = value;
}

/** Answers where it ends. */
function writeInteger(value: string | number, place: number): number {
  makeRoom(place + LENGTH + WHOLE);
  const whole = Number(value);
  const upper = Math.floor(whole / UPPER);
  writeInt(place, WHOLE);
  writeInt(place + LENGTH, upper);
  writeInt(place + 2 * LENGTH, whole - upper * UPPER);
  return place + LENGTH + WHOLE;
}

/** Answers where it ends. */
function writeText(text: string, place: number): number {
  makeRoom(place + LENGTH + LARGEST_LETTER * text.length);
  const start = place + LENGTH;
  const length = text.length < SHORT && writeLetters(text, start) ? text.length : desk.write(text, start);
  writeInt(place, length);
  return start + length;
}

/** Answers whether there were none beyond ASCII. */
function writeLetters(text: string, start: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    desk[start + i] = code;
  }
  return true;
}
