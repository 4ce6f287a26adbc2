import type { Instant } from './time';

/** Every kind of thing that has an id. Transactions are not here: their id is made from their place in the log. */
export type IdPrefix =
  | 'pur'
  | 'card'
  | 'hold'
  | 'grant'
  | 'app'
  | 'org'
  | 'inv'
  | 'alert'
  | 'tok'
  | 'lead'
  | 'rfd'
  | 'setup'
  | 'bill'
  | 'notice'
  | 'msg'
  | 'eval';

const TIME_DIGITS = 12;
const SEQUENCE_DIGITS = 10;
const TAG_DIGITS = 6;
const TRANSACTION = new RegExp(
  `^txn_([0-9a-f]{${TIME_DIGITS}})([0-9a-f]{${SEQUENCE_DIGITS}})([0-9a-f]{${TAG_DIGITS}})$`,
);

/** An id that sorts by time: prefix, milliseconds in hexadecimal, 14 hexadecimal digits of the caller's randomness. */
export function makeId(prefix: IdPrefix, at: Instant, random: string): string {
  return `${prefix}_${hex(at, TIME_DIGITS)}${random}`;
}

/**
 * A transaction's id says where it stands: when it was written, its number in the organisation's log, and a tag of the
 * organisation. So it needs no index of its own, and a million of them cost nothing to store.
 */
export function transactionId(recordedAt: Instant, seq: number, tag: string): string {
  return `txn_${hex(recordedAt, TIME_DIGITS)}${hex(seq, SEQUENCE_DIGITS)}${tag}`;
}

/** Where the id says the transaction stands, or undefined if it is no transaction id of the organisation. */
export function locateTransaction(id: string, tag: string): { recordedAt: Instant; seq: number } | undefined {
  const match = TRANSACTION.exec(id);
  if (match === null || match[3] !== tag) return undefined;
  return { recordedAt: Number.parseInt(match[1] ?? '', 16) as Instant, seq: Number.parseInt(match[2] ?? '', 16) };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
