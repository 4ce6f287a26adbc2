import { assert, WalletError } from './errors';

declare const creditsBrand: unique symbol;

/**
 * An amount of credits as a whole number of micro-credits (1 credit = 1 US dollar = 1,000,000 micro-credits). Always a
 * safe integer; may be negative. Its own type, so that a count or a price in cents cannot take its place.
 */
export type Credits = number & { readonly [creditsBrand]: 'micro-credits' };

export const MICRO_PER_CREDIT = 1_000_000;
const MICRO_PER_CENT = 10_000;
const FRACTION_DIGITS = 6;
/** Longer text is refused before it is looked at: 9,007,199,254 credits and six places need 17 characters. */
const LONGEST_AMOUNT = 20;
const PLAIN_DECIMAL = /^(?:0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

export const ZERO = 0 as Credits;

/** Takes a whole number of micro-credits. Throws `invalid_amount` beyond the safe integers (±9,007,199,254 credits). */
export function fromMicro(micro: number): Credits {
  if (!Number.isSafeInteger(micro)) {
    throw new WalletError('invalid_amount', 'the amount is beyond what the ledger can hold exactly', {
      why: 'amounts are exact up to 9,007,199,254 credits',
    });
  }
  // Negative zero would print as "-0"; there is one zero.
  return (micro === 0 ? 0 : micro) as Credits;
}

/** Exact sum. Throws `invalid_amount` on overflow. */
export function add(a: Credits, b: Credits): Credits {
  return fromMicro(a + b);
}

/** Exact difference. Throws `invalid_amount` on overflow. */
export function subtract(a: Credits, b: Credits): Credits {
  return fromMicro(a - b);
}

/** The same amount with the other sign. */
export function negate(a: Credits): Credits {
  return fromMicro(-a);
}

/** Price per unit times a whole quantity: exact, nothing is rounded. Throws `invalid_amount` on overflow. */
export function times(price: Credits, quantity: number): Credits {
  assert(Number.isSafeInteger(quantity), 'a quantity is a whole number');
  return fromMicro(price * quantity);
}

/** The smaller of two amounts. */
export function least(a: Credits, b: Credits): Credits {
  return a < b ? a : b;
}

/**
 * Reads an amount as people type it: a plain decimal with at most six places (`100`, `100.5`, `0.01`). No sign,
 * exponent, separator or currency mark, and never zero: an amount is refused, not rounded. Throws `invalid_amount`.
 */
export function parseCredits(text: string, what = 'amount'): Credits {
  const micro = parseDecimal(text, what);
  if (micro === 0) throw refuse(text, what, 'it must be more than zero');
  return micro;
}

/** As `parseCredits`, but zero is an answer (a threshold, a limit). */
export function parseCreditsOrZero(text: string, what = 'amount'): Credits {
  return parseDecimal(text, what);
}

function parseDecimal(text: string, what: string): Credits {
  const match = text.length <= LONGEST_AMOUNT ? PLAIN_DECIMAL.exec(text) : null;
  if (match === null) throw refuse(text, what, 'it must be a plain decimal, such as 100, 100.5 or 0.01');
  const fraction = match[1] ?? '';
  if (fraction.length > FRACTION_DIGITS) throw refuse(text, what, 'it can have at most six decimals');
  const whole = text.slice(0, text.length - (match[1] === undefined ? 0 : fraction.length + 1));
  // Two integers, never a float: "0.1" is 100000 micro-credits by its digits.
  const micro = Number(whole) * MICRO_PER_CREDIT + Number(fraction.padEnd(FRACTION_DIGITS, '0'));
  if (!Number.isSafeInteger(micro)) throw refuse(text, what, 'it is beyond 9,007,199,254 credits');
  return micro as Credits;
}

function refuse(text: string, what: string, why: string): WalletError {
  return new WalletError('invalid_amount', `the ${what} ${quote(text)} is not valid`, {
    why,
    hint: 'write digits with a point and up to six decimals: no sign, exponent, separator or currency mark',
  });
}

/** Shows refused input safely: shortened, and JSON-quoted so that control characters cannot reach a terminal. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** Reads back what `formatCredits` wrote, sign included. For stored and received values, never for what people type. */
export function readCredits(text: string): Credits {
  return text.startsWith('-') ? negate(parseDecimal(text.slice(1), 'amount')) : parseDecimal(text, 'amount');
}

/** Writes at least two and at most six decimals, trailing zeros past the second cut: `100.00`, `-1.975`, `0.0079`. */
export function formatCredits(amount: Credits): string {
  if (amount === 0) return '0.00';
  const size = Math.abs(amount);
  const whole = Math.floor(size / MICRO_PER_CREDIT);
  // A one before them keeps the zeros that they begin with.
  const digits = String((size - whole * MICRO_PER_CREDIT + MICRO_PER_CREDIT) | 0);
  let end = FRACTION_DIGITS + 1;
  while (end > 3 && digits[end - 1] === '0') end -= 1;
  return `${amount < 0 ? '-' : ''}${whole}.${digits.slice(1, end)}`;
}

/** Whether the amount is a whole number of cents, as a card can be charged. */
export function isWholeCents(amount: Credits): boolean {
  return amount % MICRO_PER_CENT === 0;
}

/** The amount in cents, as processors count. The amount must be whole cents. */
export function toCents(amount: Credits): number {
  assert(isWholeCents(amount), 'a charge is a whole number of cents');
  return amount / MICRO_PER_CENT;
}

/** A whole number of cents, as processors count, in credits. */
export function fromCents(cents: number): Credits {
  return fromMicro(cents * MICRO_PER_CENT);
}
