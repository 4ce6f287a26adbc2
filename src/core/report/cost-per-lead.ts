import { add, type Credits, fromMicro, quote, subtract, ZERO } from '../credits';
import { monthOf, type PlainDate } from '../date';
import { WalletError } from '../errors';
import { nearest } from '../text';
import type { Instant } from '../time';

/** What deliveries can be grouped by. */
export const LEAD_GROUPS = ['service', 'campaign', 'app', 'month'] as const;

export type LeadGroup = (typeof LEAD_GROUPS)[number];

/** What came of a campaign on one channel: how many were delivered, and how many leads they brought. */
export interface LeadRecord {
  readonly id: string;
  readonly app: string;
  readonly service: string;
  readonly campaign: string;
  readonly delivered: number;
  readonly leads: number;
  readonly occurredAt: Instant;
  readonly createdAt: Instant;
  readonly version: number;
}

/** Where a cost or a delivery belongs. */
export interface LeadPlace {
  readonly day: PlainDate;
  readonly service: string;
  readonly app: string;
  readonly campaign: string;
}

export interface LeadRow {
  readonly groups: readonly (string | null)[];
  readonly cost: Credits;
  readonly delivered: number;
  readonly leads: number;
}

/** Reads what `--by` says. Throws `invalid_value` for a word that is no grouping. */
export function parseLeadGroups(words: readonly string[]): readonly LeadGroup[] {
  const groups = words.map((word) => {
    const found = LEAD_GROUPS.find((group) => group === word);
    if (found !== undefined) return found;
    const near = nearest(word, LEAD_GROUPS);
    throw new WalletError('invalid_value', `leads can not be grouped by ${quote(word)}`, {
      why: `the groupings are ${LEAD_GROUPS.join(', ')}`,
      hint: near === undefined ? 'wallet help report cost-per-lead' : `did you mean ${near}?`,
    });
  });
  return [...new Set(groups)];
}

/** Adds up costs and deliveries by groups. */
export class LeadFold {
  readonly #groups: readonly LeadGroup[];
  readonly #rows = new Map<string, LeadRow>();

  constructor(groups: readonly LeadGroup[]) {
    this.#groups = groups;
  }

  takeCost(place: LeadPlace, sums: { amount: Credits; invoiced: Credits }): void {
    this.#add(place, { cost: subtract(sums.invoiced, sums.amount), delivered: 0, leads: 0 });
  }

  takeLeads(place: LeadPlace, counts: { delivered: number; leads: number }): void {
    this.#add(place, { cost: ZERO, ...counts });
  }

  result(): { rows: readonly LeadRow[]; total: LeadRow } {
    const rows = [...this.#rows.values()].sort((a, b) => compare(a.groups, b.groups));
    return { rows, total: rows.reduce(sum, { groups: [], cost: ZERO, delivered: 0, leads: 0 }) };
  }

  #add(place: LeadPlace, counts: Omit<LeadRow, 'groups'>): void {
    const groups = this.#groups.map((group) => (group === 'month' ? monthOf(place.day) : place[group] || null));
    const key = JSON.stringify(groups);
    const row = { groups, ...counts };
    const before = this.#rows.get(key);
    this.#rows.set(key, before === undefined ? row : sum(before, row));
  }
}

/** The cost of one of `count`, rounded half away from zero to the micro-credit; null where there are none to share it. */
export function costOfOne(cost: Credits, count: number): Credits | null {
  if (count === 0) return null;
  const doubled = BigInt(Math.abs(cost)) * 2n + BigInt(count);
  const size = Number(doubled / (BigInt(count) * 2n));
  return fromMicro(cost < 0 ? -size : size);
}

function sum(a: LeadRow, b: LeadRow): LeadRow {
  return {
    groups: a.groups,
    cost: add(a.cost, b.cost),
    delivered: a.delivered + b.delivered,
    leads: a.leads + b.leads,
  };
}

function compare(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}
