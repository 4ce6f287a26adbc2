import { add, type Credits, formatCredits, least, negate, subtract, ZERO } from '../credits';
import { WalletError } from '../errors';
import { ACCOUNTS, usageAccount } from '../ledger/chart';
import { type Draw, type Entry, OVERDRAFT } from '../ledger/entry';
import type { Journal } from '../ledger/journal';
import type { Instant } from '../time';
import {
  checkBudget,
  insufficient,
  noCard,
  type PricedService,
  quoteUsage,
  type SpendingApp,
  type UsageParties,
} from '../usage';

type HoldState = 'open' | 'captured' | 'released' | 'expired';

/** Credits set aside for a job. It ends once: captured, released, or expired by the clock. */
export interface Hold {
  readonly id: string;
  readonly state: HoldState;
  readonly app: string;
  readonly service: string;
  /** Units it was made for; null where it was made for an amount. */
  readonly quantity: number | null;
  readonly credits: Credits;
  readonly captured: Credits;
  readonly campaign: string | null;
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  /** Which grants it reserved, and how much of each. */
  readonly draws: readonly Draw[];
  readonly version: number;
}

/**
 * Reserves the hold's credits in burn-down order; none where the free quota covers the job, or an invoice will. Throws
 * `budget_exceeded` or `insufficient_credits`.
 */
export function openHold(journal: Journal, app: SpendingApp, hold: Omit<Hold, 'draws'>): Hold {
  checkBudget(journal, app, journal.at, hold.credits);
  if (hold.credits > journal.spendable) throw insufficient(journal, hold.credits);
  const draws = journal.grants.hold(hold.credits);
  enterHold(journal, hold, 'hold', draws);
  return { ...hold, draws };
}

/** Gives back everything the hold reserved and ends it as `released` or `expired`. Throws `invalid_state`. */
export function releaseHold(journal: Journal, hold: Hold, state: 'released' | 'expired'): Hold {
  requireOpen(hold);
  giveBack(journal, hold);
  return { ...hold, state };
}

/** More units than any job has: a price that gets this many for the amount is no price. */
const MOST_UNITS = 2 ** 40;

/** The most units of a service that an amount pays for now; null where that is none, or where units cost nothing. */
export function unitsPaidBy(journal: Journal, service: PricedService, credits: Credits): number | null {
  const pays = (units: number) => quoteUsage(journal, service, units, journal.at).cost <= credits;
  let above = 1;
  while (pays(above)) {
    if (above >= MOST_UNITS) return null;
    above *= 2;
  }
  let units = Math.floor(above / 2);
  while (above - units > 1) {
    const middle = Math.floor((units + above) / 2);
    if (pays(middle)) units = middle;
    else above = middle;
  }
  return units === 0 ? null : units;
}

/**
 * Charges what was used and gives back the rest. Priced like any usage, now. What it costs beyond the hold is refused
 * with `invalid_state`, unless `overflow` takes it from the available credits (`budget_exceeded` or
 * `insufficient_credits` where it can't). A postpaid service is charged to the invoice (`no_payment_method` without a
 * card), for no more units than it was held for unless `overflow` allows more.
 */
export function captureHold(
  journal: Journal,
  hold: Hold,
  use: UsageParties & { quantity: number; overflow: boolean },
): { hold: Hold; entry: Entry } {
  requireOpen(hold);
  const quoted = quoteUsage(journal, use.service, use.quantity, journal.at);
  const postpaid = quoted.terms.billing === 'postpaid';
  const fromHold = postpaid ? ZERO : least(quoted.cost, hold.credits);
  const excess = subtract(quoted.cost, fromHold);
  if (!use.overflow) requireWithin(hold, use.quantity, { cost: quoted.cost, excess, postpaid });
  if (postpaid && !use.usableCard) throw noCard(hold.service);
  checkBudget(journal, use.app, journal.at, excess);
  if (!postpaid && excess > journal.spendable) throw insufficient(journal, excess);
  // Nothing was changed above; nothing can be refused below.
  giveBack(journal, hold);
  const reserved = takeFrom(hold.draws, fromHold);
  journal.grants.apply(reserved);
  const draws = merge([...reserved, ...(excess > 0 && !postpaid ? journal.grants.draw(excess) : [])]);
  const moves = quoted.cost > 0;
  const entry = journal.enter({
    type: 'usage',
    occurredAt: journal.at,
    debit: moves ? usageAccount(use.service.number) : null,
    credit: moves ? (postpaid ? ACCOUNTS.postpaid : ACCOUNTS.credits) : null,
    amount: quoted.cost,
    draws,
    service: hold.service,
    app: hold.app,
    campaign: hold.campaign,
    quantity: use.quantity,
    freeQuantity: quoted.freeQuantity,
    unitPrice: quoted.unitPrice,
    reference: hold.id,
  });
  return { hold: { ...hold, state: 'captured', captured: postpaid ? ZERO : quoted.cost }, entry };
}

function requireWithin(
  hold: Hold,
  quantity: number,
  quoted: { cost: Credits; excess: Credits; postpaid: boolean },
): void {
  if (!quoted.postpaid && quoted.excess > 0) throw beyondHold(hold, quoted.cost);
  if (quoted.postpaid && hold.quantity !== null && quantity > hold.quantity) throw moreUnits(hold, quantity);
}

function giveBack(journal: Journal, hold: Hold): void {
  const draws = hold.draws.map((draw) => ({ grant: draw.grant, amount: negate(draw.amount) }));
  journal.grants.applyHeld(draws);
  enterHold(journal, hold, 'release', draws);
}

function enterHold(
  journal: Journal,
  hold: Omit<Hold, 'draws'>,
  type: 'hold' | 'release',
  draws: readonly Draw[],
): void {
  if (hold.credits === 0) return; // nothing moves
  const reserves = type === 'hold';
  journal.enter({
    type,
    occurredAt: journal.at,
    debit: reserves ? ACCOUNTS.held : ACCOUNTS.credits,
    credit: reserves ? ACCOUNTS.credits : ACCOUNTS.held,
    amount: hold.credits,
    draws,
    service: hold.service,
    app: hold.app,
    campaign: hold.campaign,
    reference: hold.id,
  });
}

/** The first part of what was reserved, up to the amount, as (negative) effects on the remainders. */
function takeFrom(reserved: readonly Draw[], amount: Credits): Draw[] {
  const taken: Draw[] = [];
  let missing = amount;
  for (const draw of reserved) {
    const part = least(draw.amount, missing);
    if (part > 0) taken.push({ grant: draw.grant, amount: negate(part) });
    missing = subtract(missing, part);
  }
  return taken;
}

/** One draw for each grant, in order of first appearance. */
function merge(draws: readonly Draw[]): Draw[] {
  const sums = new Map<number, Credits>();
  for (const draw of draws) sums.set(draw.grant, add(sums.get(draw.grant) ?? ZERO, draw.amount));
  return [...sums]
    .map(([grant, amount]) => ({ grant, amount }))
    .sort((a, b) => Number(a.grant === OVERDRAFT) - Number(b.grant === OVERDRAFT));
}

function requireOpen(hold: Hold): void {
  if (hold.state === 'open') return;
  throw new WalletError('invalid_state', `hold ${hold.id} is already ${hold.state}`, {
    why: 'a hold ends once: captured, released or expired',
    hint: 'wallet hold list',
    details: { hold: hold.id, status: hold.state },
  });
}

function beyondHold(hold: Hold, cost: Credits): WalletError {
  return new WalletError(
    'invalid_state',
    `the capture costs ${formatCredits(cost)} and the hold has ${formatCredits(hold.credits)}`,
    {
      why: 'a capture takes at most what was held',
      hint: `wallet hold capture ${hold.id} --overflow`,
      details: { hold: hold.id, held: formatCredits(hold.credits), cost: formatCredits(cost) },
    },
  );
}

function moreUnits(hold: Hold, quantity: number): WalletError {
  return new WalletError('invalid_state', `${quantity} units were used and ${hold.quantity} were held`, {
    why: 'a capture takes at most what was held',
    hint: `wallet hold capture ${hold.id} --overflow`,
    details: { hold: hold.id, held: hold.quantity, quantity },
  });
}
