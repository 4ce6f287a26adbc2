import { add, type Credits, fromCents, least, negate, subtract, toCents, ZERO } from '../credits';
import { assert } from '../errors';
import { ACCOUNTS } from '../ledger/chart';
import { type Draw, type Entry, OVERDRAFT } from '../ledger/entry';
import type { Journal } from '../ledger/journal';
import { freePart, type Grant } from './grant';

/** What a movement of a refund says of itself. */
export interface RefundFacts {
  readonly reference: string;
  readonly memo: string | null;
}

/** What of a purchase's grant is neither used nor held, in whole cents: the most that can go back to the card. */
export function refundable(grant: Pick<Grant, 'remaining' | 'held'> | undefined): Credits {
  if (grant === undefined) return ZERO;
  const free = freePart(grant);
  return fromCents(toCents(subtract(free, (free % 10_000) as Credits)));
}

/** Sets the credits aside, from that purchase's own grant. The caller saw to it that it has them. */
export function holdForRefund(journal: Journal, grant: number, amount: Credits, facts: RefundFacts): readonly Draw[] {
  const draws = [{ grant, amount }];
  journal.grants.applyHeld(draws);
  enterHold(journal, 'hold', amount, draws, facts);
  return draws;
}

/** The money is back on the card: the hold ends, and the credits leave. */
export function settleRefund(journal: Journal, draws: readonly Draw[], amount: Credits, facts: RefundFacts): Entry {
  releaseRefund(journal, draws, amount, facts);
  const taken = draws.map((draw) => ({ grant: draw.grant, amount: negate(draw.amount) }));
  journal.grants.apply(taken);
  return enterOut(journal, 'refund', amount, taken, facts);
}

/** The money stays: the credits can be used again. */
export function releaseRefund(journal: Journal, draws: readonly Draw[], amount: Credits, facts: RefundFacts): void {
  const back = draws.map((draw) => ({ grant: draw.grant, amount: negate(draw.amount) }));
  journal.grants.applyHeld(back);
  enterHold(journal, 'release', amount, back, facts);
}

/**
 * Takes credits out for money that is gone already: from the purchase's own grant first, then from the others in
 * burn-down order; what is spent already stays as a recorded shortfall that the next purchase pays. Answers what was
 * taken from where, as positive draws.
 */
export function takeOut(
  journal: Journal,
  type: 'refund' | 'chargeback',
  grant: number,
  amount: Credits,
  facts: RefundFacts,
): readonly Draw[] {
  const own = journal.grants.find(grant);
  const part = own === undefined ? ZERO : least(freePart(own), amount);
  const first = part > 0 ? [{ grant, amount: negate(part) }] : [];
  journal.grants.apply(first);
  const rest = subtract(amount, part);
  const taken = [...first, ...(rest > 0 ? journal.grants.draw(rest) : [])];
  enterOut(journal, type, amount, taken, facts);
  return taken.map((draw) => ({ grant: draw.grant, amount: negate(draw.amount) }));
}

/**
 * The exact reverse of what went out: a refund that failed later, a dispute that was won. Each grant gets back what was
 * taken from it; of a shortfall, what is still open is paid, and the rest goes to the purchase's own grant.
 */
export function putBack(
  journal: Journal,
  type: 'refund' | 'chargeback',
  grant: number,
  draws: readonly Draw[],
  facts: RefundFacts,
): void {
  const back: Draw[] = [];
  let total: Credits = ZERO;
  for (const draw of draws) {
    total = add(total, draw.amount);
    const repaid = draw.grant === OVERDRAFT ? least(journal.wallet.overdrawn, draw.amount) : ZERO;
    if (repaid > 0) back.push({ grant: OVERDRAFT, amount: repaid });
    const rest = subtract(draw.amount, repaid);
    if (rest > 0) addTo(back, draw.grant === OVERDRAFT ? grant : draw.grant, rest);
  }
  journal.grants.apply(back);
  journal.enter({
    type,
    occurredAt: journal.at,
    debit: ACCOUNTS.credits,
    credit: ACCOUNTS.processor,
    amount: total,
    draws: back,
    ...facts,
  });
}

function addTo(draws: Draw[], grant: number, amount: Credits): void {
  const at = draws.findIndex((draw) => draw.grant === grant);
  const known = draws[at];
  if (known === undefined) draws.push({ grant, amount });
  else draws[at] = { grant, amount: add(known.amount, amount) };
}

function enterOut(
  journal: Journal,
  type: 'refund' | 'chargeback',
  amount: Credits,
  draws: readonly Draw[],
  facts: RefundFacts,
): Entry {
  assert(amount > 0, 'what goes back is something');
  return journal.enter({
    type,
    occurredAt: journal.at,
    debit: ACCOUNTS.processor,
    credit: ACCOUNTS.credits,
    amount,
    draws,
    ...facts,
  });
}

function enterHold(
  journal: Journal,
  type: 'hold' | 'release',
  amount: Credits,
  draws: readonly Draw[],
  facts: RefundFacts,
): void {
  const reserves = type === 'hold';
  journal.enter({
    type,
    occurredAt: journal.at,
    debit: reserves ? ACCOUNTS.held : ACCOUNTS.credits,
    credit: reserves ? ACCOUNTS.credits : ACCOUNTS.held,
    amount,
    draws,
    ...facts,
  });
}
