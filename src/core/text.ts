import { quote } from './credits';
import { WalletError } from './errors';

/**
 * Characters that can move a cursor, hide text or forge a line: control characters, bidirectional overrides, zero-width
 * characters and lone surrogates. Refused wherever text is stored.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const SLUG = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const EMAIL =
  /^[^\s@<>(),;:"'\\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const SECRET = /\b(?:(?:sk|rk|pk)_(?:live|test)_|whsec_|wlt_(?:live|test)_)[A-Za-z0-9]/;
/**
 * Digits in one run or in the groups that cards are printed in, and no part of a longer word: an event id that is a UUID
 * or holds a time must not be taken for a card by chance.
 */
const CARD =
  /(?<![A-Za-z0-9])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})(?![A-Za-z0-9])/g;
/** No card that can be paid with begins with 0 or 1, or with 20: those are times and dates. */
const CARD_START = /^(?:2[2-7]|[3-9])/;
const LONGEST_NAME = 200;
const LONGEST_TEXT = 1_000;
const LONGEST_SLUG = 64;
const LONGEST_KEY = 255;

/**
 * Free text that is stored (a name, a memo, a campaign): trimmed, in normal form C, at most `longest` characters.
 * Throws `invalid_value` for what could deceive a terminal, and `secret_refused` for card numbers and keys.
 */
export function parseText(text: string, what: string, longest = LONGEST_TEXT): string {
  if (text.length > longest * 4) throw invalid(what, text, `it is longer than ${longest} characters`);
  // Most text is plain, and to make a pattern ready takes longer than to look at all of its characters.
  const isPlain = isPrintableAscii(text);
  const clean = (isPlain ? text : text.normalize('NFC')).trim();
  if (clean === '') throw invalid(what, text, 'it is empty');
  if (clean.length > longest) throw invalid(what, text, `it is longer than ${longest} characters`);
  if (!isPlain && UNSAFE.test(clean)) throw invalid(what, text, 'it has control or invisible characters');
  refuseSecrets(clean, what);
  return clean;
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** As `parseText`, for a name: at most 200 characters. */
export function parseName(text: string, what: string): string {
  return parseText(text, what, LONGEST_NAME);
}

/** A short identifier people type: letters, digits, dot, dash and underscore, at most 64. Throws `invalid_value`. */
export function parseSlug(text: string, what: string): string {
  refuseSecrets(text, what);
  if (text.length > LONGEST_SLUG || !SLUG.test(text)) {
    throw invalid(what, text, 'it must be letters, digits, dots, dashes or underscores, at most 64 of them');
  }
  return text;
}

/** One e-mail address. Throws `invalid_value` for none, two, or anything with header text in it. */
export function parseEmail(text: string): string {
  if (text.length > 254 || UNSAFE.test(text) || !EMAIL.test(text)) {
    throw invalid('e-mail address', text, 'it must be one plain address, such as ada@example.com');
  }
  return text;
}

const DASH = 45;
const POINT = 46;
const COLON = 58;
const FEWEST_CARD_DIGITS = 13;

/**
 * Whether a key is of letters, digits, dots, colons and dashes alone, and has too few digits between letters for a card:
 * then `parseKey` takes it as it is. At a tenth of the cost, which counts where ids come by the million.
 */
export function isPlainKey(text: string): boolean {
  if (text === '' || text.length > LONGEST_KEY) return false;
  let digits = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isDigit = code >= 48 && code <= 57;
    if (isDigit) digits += 1;
    else if (code !== DASH) digits = 0;
    if (digits === FEWEST_CARD_DIGITS) return false;
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (!isDigit && !isLetter && code !== DASH && code !== POINT && code !== COLON) return false;
  }
  return true;
}

/** A caller's event id or idempotency key: 1 to 255 visible characters. Throws `invalid_value`. */
export function parseKey(text: string, what: string): string {
  if (text === '' || text.length > LONGEST_KEY || UNSAFE.test(text) || text.trim() !== text) {
    throw invalid(what, text, 'it must be 1 to 255 characters without control characters or outer spaces');
  }
  refuseSecrets(text, what);
  return text;
}

/**
 * Throws `secret_refused` where text holds a card number (13 to 19 digits that a card can begin with and that pass the
 * Luhn check) or an API key. The value is never repeated: what is not echoed cannot be logged.
 */
export function refuseSecrets(text: string, what: string): void {
  if (text.includes('_') && SECRET.test(text)) {
    throw new WalletError('secret_refused', `the ${what} looks like a secret key and was not used`, {
      why: 'keys given in the open end up in histories, logs and process lists',
      hint: 'rotate the key if it was real, and pass secrets through the environment',
    });
  }
  if (text.length >= 13 && holdsCardNumber(text)) {
    throw new WalletError('secret_refused', `the ${what} looks like a card number and was not used`, {
      why: 'card numbers never enter this program; the card processor collects them on its own page',
      hint: 'wallet card add',
    });
  }
}

function holdsCardNumber(text: string): boolean {
  return (text.match(CARD) ?? []).some(isCardNumber);
}

/** Whether digits, in groups or in one run, are a number that a card may have: by length, beginning and Luhn check. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  return digits.length >= 13 && digits.length <= 19 && CARD_START.test(digits) && passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]) * (1 + (i % 2));
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

function invalid(what: string, text: string, why: string): WalletError {
  return new WalletError('invalid_value', `the ${what} ${quote(text)} is not valid`, {
    why,
    hint: `choose another ${what}`,
  });
}

/** A whole number of units, as typed: digits only, at least 1. Throws `invalid_quantity`. */
export function parseQuantity(text: string): number {
  const quantity = /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(quantity)) {
    throw new WalletError('invalid_quantity', `the quantity ${quote(text)} is not valid`, {
      why: 'it must be a whole number of units, 1 or more',
      hint: 'write digits only, such as 250',
    });
  }
  return quantity;
}

/** The candidates nearest to what was typed, for a did-you-mean; none when nothing is near. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(typed.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
