import { add, type Credits, times, ZERO } from '../credits';
import { assert } from '../errors';
import type { Instant } from '../time';

export type Billing = 'prepaid' | 'postpaid';

/** The price of the month's units from the `from`-th on, counted from 0, up to the next tier. */
export interface Tier {
  readonly from: number;
  readonly price: Credits;
}

/** The terms of a service from an instant on. A version is never rewritten: new terms are a new version. */
export interface PriceVersion {
  readonly service: string;
  /** Counts the service's versions from 1. */
  readonly version: number;
  readonly effectiveFrom: Instant;
  /** Micro-credits for one unit where there are no tiers; otherwise the first tier's price. */
  readonly price: Credits;
  /** In order, the first from 0; empty for one price. */
  readonly tiers: readonly Tier[];
  /** Free units per calendar month of the organisation's time zone. */
  readonly freeQuota: number;
  readonly billing: Billing;
  /** True for the starter prices, which are examples until somebody sets them. */
  readonly example: boolean;
  readonly createdAt: Instant;
}

/** What a quantity of units costs, and how it came to that. */
export interface Rating {
  readonly freeQuantity: number;
  readonly cost: Credits;
  /** The price of each paid unit; null where several tiers took part, and where all units were free. */
  readonly unitPrice: Credits | null;
}

/** What the service had used in the event's month before it. */
export interface MonthUsage {
  readonly quantity: number;
  readonly freeQuantity: number;
}

/**
 * The version in force at an instant: the latest to take effect by then; of those that took effect together, the
 * newest. Undefined before the first.
 */
export function priceInForce(versions: readonly PriceVersion[], at: Instant): PriceVersion | undefined {
  let best: PriceVersion | undefined;
  for (const version of versions) {
    if (version.effectiveFrom > at) continue;
    const later = best === undefined || version.effectiveFrom > best.effectiveFrom;
    const newer = version.effectiveFrom === best?.effectiveFrom && version.version > best.version;
    if (later || newer) best = version;
  }
  return best;
}

/** Whether what a unit costs depends on how many the month had before it. */
export function dependsOnMonth({ freeQuota, tiers }: Pick<PriceVersion, 'freeQuota' | 'tiers'>): boolean {
  return freeQuota > 0 || tiers.length > 0;
}

/**
 * Prices a whole quantity: what is left of the month's free quota first, then the tiers by the month's cumulative
 * quantity, each unit at the tier it falls into. Exact: nothing is rounded.
 */
export function rate(terms: PriceVersion, quantity: number, before: MonthUsage): Rating {
  const quotaLeft = Math.max(0, terms.freeQuota - before.freeQuantity);
  const freeQuantity = Math.min(quantity, quotaLeft);
  const paid = quantity - freeQuantity;
  if (paid === 0) return { freeQuantity, cost: ZERO, unitPrice: null };
  if (terms.tiers.length === 0) return { freeQuantity, cost: times(terms.price, paid), unitPrice: terms.price };
  return { freeQuantity, ...rateTiers(terms.tiers, before.quantity + freeQuantity, paid) };
}

function rateTiers(tiers: readonly Tier[], start: number, paid: number): { cost: Credits; unitPrice: Credits | null } {
  const end = start + paid;
  let cost = ZERO;
  const prices = new Set<Credits>();
  for (const [index, tier] of tiers.entries()) {
    const upTo = tiers[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    // A month that saw more reversed than used stands below zero, where units cost what the first ones do.
    const from = index === 0 ? Number.NEGATIVE_INFINITY : tier.from;
    const units = Math.min(end, upTo) - Math.max(start, from);
    if (units <= 0) continue;
    cost = add(cost, times(tier.price, units));
    prices.add(tier.price);
  }
  const [only] = prices;
  assert(only !== undefined, 'the tiers cover every unit from 0 on');
  return { cost, unitPrice: prices.size === 1 ? only : null };
}
