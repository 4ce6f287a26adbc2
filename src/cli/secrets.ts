import { WalletError } from '../core/errors';
import { isCardNumber } from '../core/text';

const KEY = /(?<![A-Za-z0-9])(?:sk|rk|whsec|wlt)_[A-Za-z0-9][A-Za-z0-9_]{2,}/g;
/** How each of those begins. */
const KEY_STARTS = ['sk_', 'rk_', 'whsec_', 'wlt_'];
const BEARER = /\bBearer\s+[A-Za-z0-9._~+/=-]{6,}/gi;
/** Begins where a word begins: else a long word would be read anew from each of its letters. */
const URL_PASSWORD = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/gi;
/** Digits in the groups that cards are printed in, or in one run, and not part of a longer word. */
const CARD =
  /(?<![A-Za-z0-9_.])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})(?![A-Za-z0-9_])/g;
const LEAST_DIGITS = 13;
const DIGITS_ONLY = /^\d[\d -]*\d$/;

/**
 * Refuses a command line that holds a card number or a secret key, before anything else looks at it. What is on a
 * command line stands in the shell's history and in the process list; the value is never repeated.
 */
export function refuseSecretArguments(argv: readonly string[]): void {
  for (const argument of argv) {
    // Without these letters no pattern fits, and to make one ready takes longer than to look for them.
    if (holdsCardNumber(argument)) throw cardRefused();
    if (argument.includes('_') && argument.search(KEY) !== -1) throw keyRefused();
    if (argument.includes('@') && argument.search(URL_PASSWORD) !== -1)
      throw passwordRefused(/^[^:]*postgres/i.test(argument));
  }
}

/** Text for people with every secret in it blotted out, by shape. For errors and notices, never for data. */
export function redact(text: string): string {
  // Each line of a busy server's log comes by, and hardly one could hold a secret: to see that takes less than to search.
  let shown = text;
  if (KEY_STARTS.some((start) => shown.includes(start)))
    shown = shown.replace(KEY, (key) => `${key.slice(0, key.indexOf('_'))}_[hidden]`);
  shown = shown.replace(BEARER, 'Bearer [hidden]');
  if (shown.includes('://')) shown = shown.replace(URL_PASSWORD, '$1[hidden]@');
  if (!hasCardDigits(shown)) return shown;
  return shown.replace(CARD, (digits) => (isCardNumber(digits) ? '[card number hidden]' : digits));
}

/** Whether there are as many digits as a card has at least, with nothing but single spaces or dashes between them. */
function hasCardDigits(text: string): boolean {
  let run = 0;
  let wasDigit = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isDigit = code >= 48 && code <= 57;
    if (isDigit) run += 1;
    else if (!wasDigit || (code !== 32 && code !== 45)) run = 0;
    if (run === LEAST_DIGITS) return true;
    wasDigit = isDigit;
  }
  return false;
}

function holdsCardNumber(text: string): boolean {
  if (!hasDigits(text, LEAST_DIGITS)) return false;
  if (DIGITS_ONLY.test(text) && isCardNumber(text)) return true;
  return (text.match(CARD) ?? []).some(isCardNumber);
}

function hasDigits(text: string, least: number): boolean {
  let left = text.length < least ? Number.NaN : least;
  for (let i = 0; i < text.length && left > 0; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) left -= 1;
  }
  return left === 0;
}

function cardRefused(): WalletError {
  return new WalletError('secret_refused', 'an argument looks like a card number and was not used', {
    why: 'card numbers never enter this program: the card processor collects them on its own page',
    hint: 'wallet card add',
  });
}

function keyRefused(): WalletError {
  return new WalletError('secret_refused', 'an argument looks like a secret key and was not used', {
    why: 'arguments can be read in the process list and stay in the shell history',
    hint: 'revoke the key if it is real, and set the new one as STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET or WALLET_API_TOKEN',
  });
}

function passwordRefused(isPostgres: boolean): WalletError {
  return new WalletError('secret_refused', 'an argument is a URL with a password in it and was not used', {
    why: 'arguments can be read in the process list and stay in the shell history',
    hint: isPostgres
      ? 'leave the password out and set PGPASSWORD, or set the whole URL as WALLET_LEDGER or WALLET_MIGRATE_TO'
      : 'leave the password out of the URL',
  });
}
