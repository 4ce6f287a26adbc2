import type { SqlValue } from './sql-driver';

// How SQLite writes the values of a row (fileformat2, section 2.1).
const NULL = 0;
const EIGHT_BYTES = 6;
const IS_ZERO = 8;
const TEXT = 13;
const TWO_32 = 0x1_0000_0000;
const ASCII = 0x7f;

/** The type that a record states of a value; -1 for a number that is no safe integer. */
export function typeOf(value: SqlValue): number {
  if (value === null) return NULL;
  if (typeof value === 'string') return TEXT + 2 * lengthOfText(value);
  if (value === 0) return IS_ZERO;
  if (value !== (value | 0)) return Number.isSafeInteger(value) ? EIGHT_BYTES : -1;
  if (value >= -0x80 && value < 0x80) return 1;
  return value >= -0x8000 && value < 0x8000 ? 2 : 4;
}

/** How many bytes a value of the type takes. */
export function lengthOfType(type: number): number {
  if (type >= TEXT) return (type - TEXT) / 2;
  if (type === EIGHT_BYTES) return 8;
  return type === IS_ZERO ? 0 : type;
}

/** Writes a value of the type. Answers where it ends. */
export function writeValue(bytes: Uint8Array, at: number, value: SqlValue, type: number): number {
  if (typeof value === 'string') return writeText(bytes, at, value, (type - TEXT) / 2);
  if (value === null || type === IS_ZERO) return at;
  if (type !== EIGHT_BYTES) return writeInteger(bytes, at, value, type);
  const high = Math.floor(value / TWO_32);
  return writeInteger(bytes, writeInteger(bytes, at, high, 4), value - high * TWO_32, 4);
}

/** As many bytes of an integer as are asked for, the highest first. */
function writeInteger(bytes: Uint8Array, start: number, value: number, length: number): number {
  let at = start;
  for (let shift = 8 * (length - 1); shift >= 0; shift -= 8) bytes[at++] = value >> shift;
  return at;
}

function writeText(bytes: Uint8Array, start: number, text: string, length: number): number {
  const end = start + length;
  if (length > text.length) new TextEncoder().encodeInto(text, bytes.subarray(start, end));
  else for (let i = 0; i < length; i += 1) bytes[start + i] = text.charCodeAt(i);
  return end;
}

/** In UTF-8. */
function lengthOfText(text: string): number {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > ASCII) return Buffer.byteLength(text);
  return text.length;
}

/** A whole number below 2^28 in groups of seven bits. */
export function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  for (let shift = 7 * (lengthOfVarint(value) - 1); shift > 0; shift -= 7) bytes[at++] = (value >>> shift) | 0x80;
  bytes[at] = value & ASCII;
  return at + 1;
}

export function lengthOfVarint(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}
