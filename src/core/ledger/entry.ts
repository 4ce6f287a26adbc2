import { type Credits, negate, ZERO } from '../credits';
import type { Instant } from '../time';
import { ACCOUNTS, type Account, type EntryType } from './chart';

/**
 * What an entry did to one grant, signed: to its remainder, or, for holds and releases, to the part of it that is held.
 * `grant` is the number of the entry that opened the grant; 0 stands for the overdraft (negative: drawn beyond all
 * grants; positive: paid back).
 */
export interface Draw {
  readonly grant: number;
  readonly amount: Credits;
}

export const OVERDRAFT = 0;

/**
 * One row of the log: one business event and its one transfer. Every event the product knows moves one positive amount
 * between two accounts, or (usage inside the free quota) nothing; so the books balance by construction.
 */
export interface Entry {
  /** Counts the organisation's entries from 1, without gaps. */
  readonly seq: number;
  readonly type: EntryType;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly service: string | null;
  readonly app: string | null;
  readonly user: string | null;
  readonly campaign: string | null;
  readonly quantity: number | null;
  readonly freeQuantity: number | null;
  readonly unitPrice: Credits | null;
  /** Null, with `credit`, where nothing moved. */
  readonly debit: Account | null;
  readonly credit: Account | null;
  /** Micro-credits moved; never negative, zero only where nothing moved. */
  readonly amount: Credits;
  /** Posted credits after it, in posting order. */
  readonly balance: Credits;
  readonly memo: string | null;
  readonly reference: string | null;
  readonly externalId: string | null;
  readonly actor: string;
  readonly draws: readonly Draw[];
}

type Transfer = Pick<Entry, 'debit' | 'credit' | 'amount'>;

/** What the entry did to the credits in the wallet (posted): signed; zero for holds, releases and postpaid usage. */
export function effectOnPosted(transfer: Transfer): Credits {
  const { debit, credit, amount } = transfer;
  if (debit === ACCOUNTS.credits && credit !== ACCOUNTS.held) return amount;
  if (credit === ACCOUNTS.credits && debit !== ACCOUNTS.held) return negate(amount);
  return ZERO;
}

/** What the entry did to the held credits: signed. */
export function effectOnHeld(transfer: Transfer): Credits {
  if (transfer.debit === ACCOUNTS.held) return transfer.amount;
  return transfer.credit === ACCOUNTS.held ? negate(transfer.amount) : ZERO;
}

/** What the entry added to the postpaid invoice: signed. */
export function effectOnPostpaid(transfer: Transfer): Credits {
  if (transfer.credit === ACCOUNTS.postpaid) return transfer.amount;
  return transfer.debit === ACCOUNTS.postpaid ? negate(transfer.amount) : ZERO;
}

const INTERNAL: readonly EntryType[] = ['hold', 'release', 'payment', 'rounding'];

/** Whether the entry is a transaction: something a list of transactions shows. Holds only move credits inside. */
export function isTransaction(type: EntryType): boolean {
  return !INTERNAL.includes(type);
}
