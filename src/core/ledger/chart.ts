import { assert } from '../errors';

/**
 * The chart of accounts of one organisation, from the account holder's side of the books. Accounts are numbered; the
 * log stores the numbers. Usage of each service has an account of its own, numbered from 100 by the service's number.
 */
export const ACCOUNTS = {
  /** Credits that can be spent: posted - held. */
  credits: 1,
  /** Credits reserved by open holds. */
  held: 2,
  /** What was paid through the card processor. */
  processor: 3,
  /** What postpaid services are owed. */
  postpaid: 4,
  /** Credits that lapsed. */
  expired: 5,
  /** Credits given for nothing. */
  promotions: 6,
  /** Corrections by an administrator. */
  adjustments: 7,
} as const;

export type Account = number;

const FIRST_USAGE_ACCOUNT = 100;

const NAMES: Readonly<Record<number, string>> = {
  1: 'assets:credits',
  2: 'assets:held',
  3: 'liabilities:processor',
  4: 'liabilities:postpaid',
  5: 'expenses:expired',
  6: 'income:promotions',
  7: 'equity:adjustments',
};

/** The expense account of a service. `serviceNumber` counts the organisation's services from 1. */
export function usageAccount(serviceNumber: number): Account {
  assert(Number.isInteger(serviceNumber) && serviceNumber >= 1, 'services are numbered from 1');
  return FIRST_USAGE_ACCOUNT + serviceNumber;
}

function isUsageAccount(account: Account): boolean {
  return account > FIRST_USAGE_ACCOUNT;
}

/** The account's name in reports and exports. */
export function accountName(account: Account, service: string | null): string {
  return isUsageAccount(account)
    ? `expenses:usage:${service ?? account - FIRST_USAGE_ACCOUNT}`
    : (NAMES[account] ?? `account:${account}`);
}

/**
 * What an entry of the log can be. `hold` and `release` move credits inside the wallet, `payment` and `rounding` settle a
 * postpaid invoice: none of them are transactions, which are what happened to the credits.
 */
export type EntryType =
  | 'purchase'
  | 'recharge'
  | 'grant'
  | 'usage'
  | 'reversal'
  | 'refund'
  | 'expiry'
  | 'adjustment'
  | 'chargeback'
  | 'hold'
  | 'release'
  | 'payment'
  | 'rounding';

type Side = 'credits' | 'held' | 'processor' | 'postpaid' | 'expired' | 'promotions' | 'adjustments' | 'usage';

/** Which accounts may face each other for which event, as debit > credit. Anything else is a bug. */
const PERMITTED: Readonly<Record<EntryType, readonly `${Side}>${Side}`[]>> = {
  purchase: ['credits>processor'],
  recharge: ['credits>processor'],
  grant: ['credits>promotions'],
  usage: ['usage>credits', 'usage>postpaid'],
  reversal: ['credits>usage', 'postpaid>usage'],
  // A refund that the processor fails later comes back by the same pair the other way round.
  refund: ['processor>credits', 'credits>processor'],
  expiry: ['expired>credits'],
  adjustment: ['credits>adjustments', 'adjustments>credits'],
  // A dispute that is won puts the credits back.
  chargeback: ['processor>credits', 'credits>processor'],
  hold: ['held>credits'],
  release: ['credits>held'],
  payment: ['postpaid>processor'],
  rounding: ['adjustments>postpaid', 'postpaid>adjustments'],
};

const PAIRS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(PERMITTED));
/** The same pairs as numbers, `debit side * 16 + credit side`: the log asks for every entry. Made for each type when it does. */
const permittedCodes = new Map<EntryType, ReadonlySet<number>>();

/** Whether the chart lets this event debit the one account and credit the other. */
export function mayFace(type: EntryType, debit: Account, credit: Account): boolean {
  let codes = permittedCodes.get(type);
  if (codes === undefined) {
    const pairs = PAIRS.get(type);
    if (pairs === undefined) return false; // it was put in by hand
    codes = new Set(pairs.map(codeOfPair));
    permittedCodes.set(type, codes);
  }
  return codes.has(sideOf(debit) * 16 + sideOf(credit));
}

/** All usage accounts are one side; every other account is a side of its own. */
function sideOf(account: Account): number {
  return isUsageAccount(account) ? 0 : account;
}

function codeOfPair(pair: string): number {
  const [debit, credit] = pair
    .split('>')
    .map((side) => (side === 'usage' ? 0 : ACCOUNTS[side as keyof typeof ACCOUNTS]));
  assert(debit !== undefined && credit !== undefined, 'a pair names two sides');
  return debit * 16 + credit;
}
