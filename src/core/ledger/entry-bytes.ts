import { canonicalEntry, rowCheck } from './chain';
import type { Entry } from './entry';

const FIELD = 0x1f;
const ROW = 0x1e;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const COMMA = 0x2c;
const SMALL = 0x4000_0000;
const EIGHT_DIGITS = 100_000_000;
/** Room for every number of an entry and the separators between its fields. */
const NUMBERS = 320;
const DRAW = 40;

/**
 * The canonical texts of entries that follow one another, as bytes: what `canonicalEntry` says, in
 * UTF-8, with the separator of rows between them. An import seals millions of rows, and texts that are made only to be hashed take three
 * times as long as the bytes of them.
 */
export class EntryBytes {
  #bytes = new Uint8Array(1_024);
  #end = 0;

  /** Adds the next entry. Answers its row check. */
  add(entry: Entry): number {
    this.#makeRoom(entry);
    const start = this.#end === 0 ? 0 : this.#separate();
    const end = writeEntry(this.#bytes, start, entry);
    if (end < 0) return this.#addText(canonicalEntry(entry), start);
    this.#end = end;
    return checkOf(this.#bytes, start, end);
  }

  /** The bytes of the entries that were added since the last time. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#end);
    this.#end = 0;
    return taken;
  }

  #separate(): number {
    this.#bytes[this.#end] = ROW;
    return this.#end + 1;
  }

  /** An entry with letters beyond ASCII: its check is over characters, its bytes are UTF-8. */
  #addText(text: string, start: number): number {
    this.#end = writeUtf8(this.#bytes, start, text);
    return rowCheck(text);
  }

  #makeRoom(e: Entry): void {
    const texts =
      lengthOf(e.service) +
      lengthOf(e.app) +
      lengthOf(e.user) +
      lengthOf(e.campaign) +
      lengthOf(e.memo) +
      lengthOf(e.reference) +
      lengthOf(e.externalId) +
      e.type.length +
      e.actor.length;
    // A character takes three bytes at most: those that take four are two characters.
    const needed = this.#end + 1 + NUMBERS + DRAW * e.draws.length + 3 * texts;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length;
}

/** Answers where it ends; -1 where a text has letters beyond ASCII. */
function writeEntry(bytes: Uint8Array, start: number, e: Entry): number {
  let at = writeNumber(bytes, start, e.seq);
  at = writeField(bytes, at, e.type);
  at = writeNumberField(bytes, at, e.occurredAt);
  at = writeNumberField(bytes, at, e.recordedAt);
  at = writeField(bytes, at, e.service);
  at = writeField(bytes, at, e.app);
  at = writeField(bytes, at, e.user);
  at = writeField(bytes, at, e.campaign);
  at = writeNumberField(bytes, at, e.quantity);
  at = writeNumberField(bytes, at, e.freeQuantity);
  at = writeNumberField(bytes, at, e.unitPrice);
  at = writeNumberField(bytes, at, e.debit);
  at = writeNumberField(bytes, at, e.credit);
  at = writeNumberField(bytes, at, e.amount);
  at = writeNumberField(bytes, at, e.balance);
  at = writeField(bytes, at, e.memo);
  at = writeField(bytes, at, e.reference);
  at = writeField(bytes, at, e.externalId);
  at = writeField(bytes, at, e.actor);
  if (at < 0) return at;
  bytes[at++] = FIELD;
  for (const draw of e.draws) {
    at = writeNumber(bytes, at, draw.grant);
    bytes[at++] = COLON;
    at = writeNumber(bytes, at, draw.amount);
    bytes[at++] = COMMA;
  }
  return at;
}

function writeField(bytes: Uint8Array, start: number, text: string | null): number {
  if (start < 0) return start;
  let at = start;
  bytes[at++] = FIELD;
  if (text === null) return at;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return -1;
    bytes[at++] = code;
  }
  return at;
}

function writeNumberField(bytes: Uint8Array, at: number, value: number | null): number {
  if (at < 0) return at;
  bytes[at] = FIELD;
  return value === null ? at + 1 : writeNumber(bytes, at + 1, value);
}

/** A whole number as decimal digits: half of it at a time where it is beyond 30 bits, as those are quick to divide. */
function writeNumber(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  if (rest < SMALL) return writeDigits(bytes, at, rest, digitsOf(rest));
  const high = Math.floor(rest / EIGHT_DIGITS);
  at = high < SMALL ? writeDigits(bytes, at, high, digitsOf(high)) : writeNumber(bytes, at, high);
  return writeDigits(bytes, at, rest - high * EIGHT_DIGITS, 8);
}

function digitsOf(value: number): number {
  let count = 1;
  for (let power = 10; power <= value; power *= 10) count += 1;
  return count;
}

function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
  let rest = value | 0;
  for (let place = at + count - 1; place >= at; place -= 1) {
    const tenth = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + count;
}

/** As `rowCheck` gives it: in ASCII, bytes are characters. */
function checkOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

function writeUtf8(bytes: Uint8Array, start: number, text: string): number {
  return start + new TextEncoder().encodeInto(text, bytes.subarray(start)).written;
}
