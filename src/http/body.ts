import { WalletError } from '../core/errors';

const DEEPEST = 20;
/** What a later merge could take for an object's ancestry. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Every string of valid JSON in its order; one that a colon follows is a key, and nothing else is. */
const STRINGS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** Reads a JSON object from bytes. Throws `invalid_input` for anything that two readers could read in two ways. */
export function parseBody(bytes: ArrayBuffer): Record<string, unknown> {
  if (bytes.byteLength === 0) return {};
  const text = decode(bytes);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused('it is not a JSON object');
  const keys = countKeys(value, 0);
  if (keys !== keysWritten(text)) throw refused('a key is there twice');
  return value as Record<string, unknown>;
}

/** Keeps nothing from one text to the next. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: ArrayBuffer): string {
  let text: string;
  try {
    text = UTF_8.decode(bytes);
  } catch {
    throw refused('it is not UTF-8');
  }
  if (text.startsWith('\ufeff')) throw refused('it begins with a byte order mark');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('it is not JSON');
  }
}

/** The keys of the value and of all within it. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === DEEPEST) throw refused(`it is nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) return value.reduce<number>((sum, inner) => sum + countKeys(inner, depth + 1), 0);
  let count = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN.has(key)) throw refused(`the key ${key} is not allowed`);
    count += 1 + countKeys(inner, depth + 1);
  }
  return count;
}

function keysWritten(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(STRINGS)) if (colon !== undefined) count += 1;
  return count;
}

function refused(why: string): WalletError {
  return new WalletError('invalid_input', 'the body of the request was not understood', {
    why,
    hint: 'send one JSON object in UTF-8; /docs says which fields it has',
  });
}
