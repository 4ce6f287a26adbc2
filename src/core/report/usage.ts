import { add, type Credits, quote, subtract, ZERO } from '../credits';
import { formatDate, monthOf, startOfWeek } from '../date';
import { WalletError } from '../errors';
import type { DayTotal } from '../ledger/totals';
import { nearest } from '../text';

/** What usage can be grouped by. `day`, `week` and `month` are those of the organisation's zone; weeks start on Monday. */
export const USAGE_GROUPS = ['service', 'app', 'user', 'campaign', 'day', 'week', 'month'] as const;

export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** Sums of transactions. Every one but `reversedQuantity` and `cost` is the plain sum of a column of the transactions. */
export interface UsageSums {
  readonly transactions: number;
  readonly quantity: number;
  readonly freeQuantity: number;
  /** The part of `quantity` that reversals gave back. */
  readonly reversedQuantity: number;
  /** What it did to the credits in the wallet: signed. */
  readonly amount: Credits;
  readonly invoiced: Credits;
  /** Credits used plus invoiced, less what was reversed. */
  readonly cost: Credits;
}

export interface UsageRow extends UsageSums {
  /** One value for each group, in their order; null where transactions name none. */
  readonly groups: readonly (string | null)[];
}

const NO_USAGE: UsageSums = {
  transactions: 0,
  quantity: 0,
  freeQuantity: 0,
  reversedQuantity: 0,
  amount: ZERO,
  invoiced: ZERO,
  cost: ZERO,
};

/** Reads what `--by` says. Throws `invalid_value` for a word that is no grouping. */
export function parseGroups(words: readonly string[]): readonly UsageGroup[] {
  const groups = words.map((word) => {
    const found = USAGE_GROUPS.find((group) => group === word);
    if (found !== undefined) return found;
    const near = nearest(word, USAGE_GROUPS);
    throw new WalletError('invalid_value', `usage can not be grouped by ${quote(word)}`, {
      why: `the groupings are ${USAGE_GROUPS.join(', ')}`,
      hint: near === undefined ? 'wallet help report usage' : `did you mean ${near}?`,
    });
  });
  return [...new Set(groups)];
}

/** Adds up daily totals by groups. Takes them in any order and any number of runs. */
export class UsageFold {
  readonly #groups: readonly UsageGroup[];
  readonly #rows = new Map<string, UsageRow>();
  #total: UsageSums = NO_USAGE;

  constructor(groups: readonly UsageGroup[]) {
    this.#groups = groups;
  }

  take(total: DayTotal): void {
    const groups = this.#groups.map((group) => nameIn(group, total));
    const key = JSON.stringify(groups);
    const sums = sumsOf(total);
    this.#rows.set(key, { groups, ...addSums(this.#rows.get(key) ?? NO_USAGE, sums) });
    this.#total = addSums(this.#total, sums);
  }

  /** Rows in the order of their groups, those without a name first. */
  result(): { rows: readonly UsageRow[]; total: UsageSums } {
    return { rows: [...this.#rows.values()].sort((a, b) => compareGroups(a.groups, b.groups)), total: this.#total };
  }
}

/** Sums of each run of rows that share their first `depth` groups, in the order of the rows. */
export function subtotals(rows: readonly UsageRow[], depth: number): readonly UsageRow[] {
  const found: UsageRow[] = [];
  for (const row of rows) {
    const groups = row.groups.slice(0, depth);
    const last = found.at(-1);
    if (last !== undefined && compareGroups(last.groups, groups) === 0)
      found[found.length - 1] = { ...addSums(last, row), groups };
    else found.push({ ...row, groups });
  }
  return found;
}

function addSums(a: UsageSums, b: UsageSums): UsageSums {
  return {
    transactions: a.transactions + b.transactions,
    quantity: a.quantity + b.quantity,
    freeQuantity: a.freeQuantity + b.freeQuantity,
    reversedQuantity: a.reversedQuantity + b.reversedQuantity,
    amount: add(a.amount, b.amount),
    invoiced: add(a.invoiced, b.invoiced),
    cost: add(a.cost, b.cost),
  };
}

/** `part` of `whole` in percent with two places, half up; null where the whole is nothing. Integers all the way. */
export function shareOf(part: Credits, whole: Credits): string | null {
  if (whole === 0) return null;
  const scaled = (BigInt(part) * 100_000n) / BigInt(whole);
  const rounded = scaled < 0n ? -((-scaled + 5n) / 10n) : (scaled + 5n) / 10n;
  const digits = String(rounded < 0n ? -rounded : rounded).padStart(3, '0');
  return `${rounded < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function sumsOf(total: DayTotal): UsageSums {
  const isUsage = total.type === 'usage' || total.type === 'reversal';
  return {
    transactions: total.transactions,
    quantity: total.quantity,
    freeQuantity: total.freeQuantity,
    reversedQuantity: total.type === 'reversal' ? total.quantity : 0,
    amount: total.amount,
    invoiced: total.invoiced,
    cost: isUsage ? subtract(total.invoiced, total.amount) : ZERO,
  };
}

function nameIn(group: UsageGroup, total: DayTotal): string | null {
  if (group === 'day') return formatDate(total.day);
  if (group === 'week') return formatDate(startOfWeek(total.day));
  if (group === 'month') return monthOf(total.day);
  return total[group] === '' ? null : total[group];
}

function compareGroups(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (let i = 0; i < a.length; i += 1) {
    const [left, right] = [a[i] ?? '', b[i] ?? ''];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
