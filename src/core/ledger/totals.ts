import { add, type Credits, formatCredits, subtract, ZERO } from '../credits';
import { formatDate, monthIndexOf, type PlainDate } from '../date';
import type { Calendar } from '../time';
import type { EntryType } from './chart';
import { type Entry, effectOnPosted, effectOnPostpaid } from './entry';

/** Movements of one day, of one kind: what grouped reports read instead of history. Effects are signed. */
export interface DayTotal {
  readonly day: PlainDate;
  readonly type: EntryType;
  readonly service: string;
  readonly app: string;
  readonly user: string;
  readonly campaign: string;
  transactions: number;
  quantity: number;
  freeQuantity: number;
  amount: Credits;
  invoiced: Credits;
}

/** What a service (quantities) or an app (spending) has come to in a calendar month of the organisation's zone. */
export interface MonthTotal {
  readonly kind: 'service' | 'app';
  readonly name: string;
  readonly month: number;
  quantity: number;
  freeQuantity: number;
  spent: Credits;
}

export function monthKey(kind: MonthTotal['kind'], name: string, month: number): string {
  return `${kind}/${month}/${name}`;
}

/** The day total's key: what it is a total of. */
export function dayKey(t: Pick<DayTotal, 'day' | 'type' | 'service' | 'app' | 'user' | 'campaign'>): string {
  return `${t.day}\u001f${t.type}\u001f${t.service}\u001f${t.app}\u001f${t.user}\u001f${t.campaign}`;
}

/** Sums entries by day and by month, for journals that write totals and for audits that recompute them. */
export class TotalsCounter {
  readonly days = new Map<string, DayTotal>();
  readonly months = new Map<string, MonthTotal>();
  readonly #calendar: Calendar;

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  take(entry: Omit<Entry, 'draws'>): void {
    const day = this.#calendar.dateOf(entry.occurredAt);
    const amount = effectOnPosted(entry);
    const invoiced = effectOnPostpaid(entry);
    const total = this.#day(entry, day);
    total.transactions += 1;
    total.quantity += entry.quantity ?? 0;
    total.freeQuantity += entry.freeQuantity ?? 0;
    total.amount = add(total.amount, amount);
    total.invoiced = add(total.invoiced, invoiced);
    if (entry.type !== 'usage' && entry.type !== 'reversal') return;
    const sign = entry.type === 'usage' ? 1 : -1;
    const month = monthIndexOf(day);
    const spent = subtract(invoiced, amount);
    if (entry.service !== null) this.#addToMonth('service', entry.service, month, sign, entry, spent);
    if (entry.app !== null) this.#addToMonth('app', entry.app, month, sign, entry, spent);
  }

  #day(entry: Omit<Entry, 'draws'>, day: DayTotal['day']): DayTotal {
    const what = {
      day,
      type: entry.type,
      service: entry.service ?? '',
      app: entry.app ?? '',
      user: entry.user ?? '',
      campaign: entry.campaign ?? '',
    };
    const key = dayKey(what);
    let total = this.days.get(key);
    if (total === undefined) {
      total = { ...what, transactions: 0, quantity: 0, freeQuantity: 0, amount: ZERO, invoiced: ZERO };
      this.days.set(key, total);
    }
    return total;
  }

  #addToMonth(
    kind: MonthTotal['kind'],
    name: string,
    month: number,
    sign: 1 | -1,
    entry: Omit<Entry, 'draws'>,
    spent: Credits,
  ): void {
    const key = monthKey(kind, name, month);
    let total = this.months.get(key);
    if (total === undefined) {
      total = { kind, name, month, quantity: 0, freeQuantity: 0, spent: ZERO };
      this.months.set(key, total);
    }
    total.quantity += sign * (entry.quantity ?? 0);
    total.freeQuantity += sign * (entry.freeQuantity ?? 0);
    total.spent = add(total.spent, spent);
  }
}

/** Compares stored day totals with what the log says; each finding names the day and what it is a total of. */
export function checkDayTotals(stored: readonly DayTotal[], counted: ReadonlyMap<string, DayTotal>): readonly string[] {
  const findings: string[] = [];
  const seen = new Set<string>();
  for (const total of stored) {
    const key = dayKey(total);
    seen.add(key);
    const should = counted.get(key);
    if (should === undefined || !sameDay(total, should)) {
      findings.push(
        `${nameDay(total)}: ${formatCredits(total.amount)} kept and ${formatCredits(should?.amount ?? ZERO)} in the log`,
      );
    }
  }
  for (const [key, total] of counted) if (!seen.has(key)) findings.push(`${nameDay(total)} is missing`);
  return findings;
}

/** Compares stored month totals with what the log says; each finding names the month and what it is a total of. */
export function checkMonthTotals(
  stored: readonly MonthTotal[],
  counted: ReadonlyMap<string, MonthTotal>,
): readonly string[] {
  const findings: string[] = [];
  const seen = new Set<string>();
  for (const total of stored) {
    const key = monthKey(total.kind, total.name, total.month);
    seen.add(key);
    const should = counted.get(key);
    const same =
      should !== undefined &&
      total.quantity === should.quantity &&
      total.freeQuantity === should.freeQuantity &&
      total.spent === should.spent;
    if (!same) findings.push(`${nameMonth(total)} is not what the log says`);
  }
  for (const [key, total] of counted) if (!seen.has(key)) findings.push(`${nameMonth(total)} is missing`);
  return findings;
}

function nameMonth({ kind, name, month }: MonthTotal): string {
  return `the total of ${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')} of ${kind} ${name}`;
}

function sameDay(a: DayTotal, b: DayTotal): boolean {
  return (
    a.transactions === b.transactions &&
    a.quantity === b.quantity &&
    a.freeQuantity === b.freeQuantity &&
    a.amount === b.amount &&
    a.invoiced === b.invoiced
  );
}

function nameDay(total: DayTotal): string {
  const parts = [total.service, total.app, total.user, total.campaign].filter((part) => part !== '');
  return `the total of ${formatDate(total.day)} (${[total.type, ...parts].join(', ')})`;
}
