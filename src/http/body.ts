import { isUtf8 } from 'node:buffer';
import { WalletError } from '../core/errors';

const DEEPEST = 20;
/** What a later merge could take for an object's ancestry. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];

/** Reads a JSON object from bytes. Throws `invalid_input` for anything that two readers could read in two ways. */
export function parseBody(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  const text = decode(bytes);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused('it is not a JSON object');
  const keys = countKeys(value, 0);
  if (keys !== keysWritten(text)) throw refused('a key is there twice');
  return value as Record<string, unknown>;
}

function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw refused('it is not UTF-8');
  const text = bytes.toString();
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

/** Every string of the text, which is valid JSON, in its order: one that a colon follows is a key, and nothing else is. */
function keysWritten(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = afterString(text, at);
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) === COLON) count += 1;
  }
  return count;
}

/** The place after the string that begins there. */
function afterString(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) at += code === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function refused(why: string): WalletError {
  return new WalletError('invalid_input', 'the body of the request was not understood', {
    why,
    hint: 'send one JSON object in UTF-8; /docs says which fields it has',
  });
}
