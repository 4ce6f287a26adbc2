import { hasExpired } from '../credit/grant';
import { add, type Credits, least, negate, subtract, times, ZERO } from '../credits';
import { assert, WalletError } from '../errors';
import { type MonthUsage, type PriceVersion, priceInForce, rate } from '../pricing/rating';
import { ownTime } from '../report/closing';
import { ACCOUNTS } from './chart';
import { type Draw, type Entry, OVERDRAFT } from './entry';
import type { Journal } from './journal';

/** What of an event was reversed before. */
export interface ReversedSoFar {
  readonly quantity: number;
  readonly amount: Credits;
  readonly freeQuantity: number;
}

/** How an event whose units had different prices was priced; needed only to reverse a part of it. */
export interface OriginalTerms {
  readonly terms: PriceVersion;
  readonly before: MonthUsage;
}

/**
 * Undoes the last `quantity` units of an event that are still standing, at what those units cost then. Paid units come
 * back before free ones, for free ones were used first. Credits return to the grants they were drawn from, last drawn
 * first; what came from a grant that has lapsed since returns as a new promotional grant without expiry.
 * Throws `invalid_state` for anything but usage, and beyond what is left.
 */
export function reverseUsage(
  journal: Journal,
  original: Entry,
  so: ReversedSoFar,
  ask: { quantity: number; grantId: string; memo: string | null; reference: string; terms?: OriginalTerms },
): Entry {
  const standing = (original.quantity ?? 0) - so.quantity;
  if (original.type !== 'usage') throw refuse('only usage can be reversed', ask.reference);
  if (ask.quantity > standing)
    throw refuse(`${standing} units are left to reverse, not ${ask.quantity}`, ask.reference);
  const left = standing - ask.quantity;
  const amount = subtract(costOfFirst(original, standing, ask.terms), costOfFirst(original, left, ask.terms));
  const free = freeOfFirst(original, standing) - freeOfFirst(original, left);
  // Nothing was changed above; nothing can be refused below.
  const postpaid = original.credit === ACCOUNTS.postpaid;
  const draft = {
    type: 'reversal' as const,
    occurredAt: journal.at,
    amount,
    service: original.service,
    app: original.app,
    user: original.user,
    campaign: original.campaign,
    quantity: ask.quantity,
    freeQuantity: free,
    unitPrice: original.unitPrice,
    memo: ask.memo,
    reference: ask.reference,
  };
  if (amount === 0) return journal.enter({ ...draft, debit: null, credit: null, draws: [] });
  const accounts = { debit: postpaid ? ACCOUNTS.postpaid : ACCOUNTS.credits, credit: original.debit };
  if (postpaid) return journal.enter({ ...draft, ...accounts, draws: [] });
  const returned = giveBack(journal, tail(original.draws, so.amount, amount));
  const entry = journal.enter({ ...draft, ...accounts, draws: returned.draws });
  if (returned.homeless > 0) openReturned(journal, entry, returned.homeless, ask);
  return entry;
}

/**
 * The terms an event was priced by: those in force at its time, as far as they were made when it was posted. A version
 * made since may reach back before it and had no part in it. Undefined where none of them gives the price it had.
 */
export function findOriginalTerms(
  versions: readonly PriceVersion[],
  original: Entry,
  before: MonthUsage,
): PriceVersion | undefined {
  const known = versions.filter((version) => version.createdAt <= original.recordedAt).length;
  // Of versions made at the very moment of posting, the price tells which were before it. And a clock that was set
  // back between the two makes a version look younger than what it priced.
  const older = Array.from({ length: known }, (_, i) => known - i);
  const younger = Array.from({ length: versions.length - known }, (_, i) => known + i + 1);
  for (const count of [...older, ...younger]) {
    const terms = priceInForce(versions.slice(0, count), ownTime(original));
    if (terms === undefined) continue;
    const { cost, freeQuantity } = rate(terms, original.quantity ?? 0, before);
    if (cost === original.amount && freeQuantity === original.freeQuantity) return terms;
  }
  return undefined;
}

function costOfFirst(original: Entry, units: number, priced: OriginalTerms | undefined): Credits {
  if (units === (original.quantity ?? 0)) return original.amount;
  const paid = Math.max(0, units - (original.freeQuantity ?? 0));
  if (paid === 0 || original.amount === 0) return ZERO;
  if (original.unitPrice !== null) return times(original.unitPrice, paid);
  assert(priced !== undefined, 'the terms of a mixed event were read');
  return rate(priced.terms, units, priced.before).cost;
}

function freeOfFirst(original: Entry, units: number): number {
  return Math.min(units, original.freeQuantity ?? 0);
}

/** The last `amount` of what was drawn, after `skip` of it has already been given back, as positive draws. */
function tail(draws: readonly Draw[], skip: Credits, amount: Credits): Draw[] {
  const back: Draw[] = [];
  let toSkip = skip;
  let missing = amount;
  for (const draw of [...draws].reverse()) {
    const size = negate(draw.amount);
    const skipped = least(size, toSkip);
    toSkip = subtract(toSkip, skipped);
    const part = least(subtract(size, skipped), missing);
    missing = subtract(missing, part);
    if (part > 0) back.push({ grant: draw.grant, amount: part });
  }
  assert(missing === 0, 'what is reversed was drawn');
  return back;
}

/** Puts credits back where they came from. `homeless` is what has no grant to return to any more. */
function giveBack(journal: Journal, back: readonly Draw[]): { draws: Draw[]; homeless: Credits } {
  const draws: Draw[] = [];
  let homeless = ZERO;
  for (const draw of back) {
    const grant = journal.grants.find(draw.grant);
    if (draw.grant === OVERDRAFT) {
      const repaid = least(journal.wallet.overdrawn, draw.amount);
      if (repaid > 0) draws.push({ grant: OVERDRAFT, amount: repaid });
      homeless = add(homeless, subtract(draw.amount, repaid));
    } else if (grant === undefined || hasExpired(grant, journal.at)) {
      homeless = add(homeless, draw.amount);
    } else {
      draws.push(draw);
    }
  }
  journal.grants.apply(draws);
  if (homeless > 0) draws.push({ grant: journal.wallet.seq + 1, amount: homeless });
  return { draws, homeless };
}

function openReturned(
  journal: Journal,
  entry: Entry,
  amount: Credits,
  ask: { grantId: string; reference: string },
): void {
  journal.grants.open({
    id: ask.grantId,
    seq: entry.seq,
    kind: 'promotional',
    credits: amount,
    priority: 100,
    expiresAt: null,
    source: `reversal of ${ask.reference}`,
    createdAt: journal.at,
    remaining: amount,
    held: ZERO,
  });
}

function refuse(why: string, id: string): WalletError {
  return new WalletError('invalid_state', `transaction ${id} can not be reversed that far`, {
    why,
    hint: `wallet explain ${id}`,
    details: { transaction: id },
  });
}
