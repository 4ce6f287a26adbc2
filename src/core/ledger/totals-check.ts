import { formatCredits, ZERO } from '../credits';
import { formatDate } from '../date';
import type { DayTotal, MonthTotal } from './totals';

/** Compares stored day totals with what the log says; each finding names the day and what it is a total of. */
export function checkDayTotals(stored: readonly DayTotal[], counted: readonly DayTotal[]): readonly string[] {
  return compare(stored, counted, {
    keyOf: ({ day, type, service, app, user, campaign }) => join(day, type, service, app, user, campaign),
    nameOf: nameOfDay,
    isSame: (a, b) =>
      a.transactions === b.transactions &&
      a.quantity === b.quantity &&
      a.freeQuantity === b.freeQuantity &&
      a.amount === b.amount &&
      a.invoiced === b.invoiced,
    tell: (name, kept, should) =>
      `${name}: ${formatCredits(kept.amount)} kept and ${formatCredits(should?.amount ?? ZERO)} in the log`,
  });
}

/** Compares stored month totals with what the log says; each finding names the month and what it is a total of. */
export function checkMonthTotals(stored: readonly MonthTotal[], counted: readonly MonthTotal[]): readonly string[] {
  return compare(stored, counted, {
    keyOf: ({ kind, name, month }) => join(kind, month, name),
    nameOf: nameOfMonth,
    isSame: (a, b) => a.quantity === b.quantity && a.freeQuantity === b.freeQuantity && a.spent === b.spent,
    tell: (name) => `${name} is not what the log says`,
  });
}

interface Comparison<T> {
  /** What it is a total of: those of one key are to be the same. */
  readonly keyOf: (total: T) => string;
  readonly nameOf: (total: T) => string;
  readonly isSame: (kept: T, should: T) => boolean;
  readonly tell: (name: string, kept: T, should: T | undefined) => string;
}

function compare<T>(
  stored: readonly T[],
  counted: readonly T[],
  { keyOf, nameOf, isSame, tell }: Comparison<T>,
): string[] {
  const missing = new Map(counted.map((total) => [keyOf(total), total]));
  const findings: string[] = [];
  for (const kept of stored) {
    const should = missing.get(keyOf(kept));
    missing.delete(keyOf(kept));
    if (should === undefined || !isSame(kept, should)) findings.push(tell(nameOf(kept), kept, should));
  }
  return [...findings, ...[...missing.values()].map((total) => `${nameOf(total)} is missing`)];
}

function nameOfMonth({ kind, name, month }: MonthTotal): string {
  return `the total of ${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')} of ${kind} ${name}`;
}

function nameOfDay({ day, type, service, app, user, campaign }: DayTotal): string {
  const parts = [service, app, user, campaign].filter((part) => part !== '');
  return `the total of ${formatDate(day)} (${[type, ...parts].join(', ')})`;
}

/** By a character that no name may have. */
function join(...parts: readonly (string | number)[]): string {
  return parts.join('\u001f');
}
