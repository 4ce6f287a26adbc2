import { add, type Credits, subtract, ZERO } from '../credits';
import { monthIndexOf, type PlainDate } from '../date';
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

/** What tells usage of one day from other usage of that day. */
export interface UsageKind {
  readonly service: string;
  readonly app: string;
  readonly user: string | null;
  readonly campaign: string | null;
}

/** What of an entry says which total of its day it belongs to. */
type DayPart = Pick<Entry, 'type' | 'service' | 'app' | 'user' | 'campaign'>;

/** So many totals are sooner looked through than found by their parts. */
const FEW = 4;

/** Sums entries by day and by month, for journals that write totals and for audits that recompute them. */
export class TotalsCounter {
  readonly #days: DayTotal[] = [];
  readonly #months: MonthTotal[] = [];
  /** Made where there are more totals than are soon looked through. */
  #dayTree: Branch<DayTotal> | undefined;
  #monthTree: Branch<MonthTotal> | undefined;
  readonly #calendar: Calendar;
  /** The day of the last entry and its month: neighbours share them. */
  #day = -1 as PlainDate;
  #month = 0;

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  get days(): readonly DayTotal[] {
    return this.#days;
  }

  get months(): readonly MonthTotal[] {
    return this.#months;
  }

  take(entry: Omit<Entry, 'draws'>): void {
    const day = this.#calendar.dateOf(entry.occurredAt);
    this.#enterDay(day);
    const amount = effectOnPosted(entry);
    const invoiced = effectOnPostpaid(entry);
    const total = this.#dayOf(entry, day);
    total.transactions += 1;
    total.quantity += entry.quantity ?? 0;
    total.freeQuantity += entry.freeQuantity ?? 0;
    total.amount = add(total.amount, amount);
    total.invoiced = add(total.invoiced, invoiced);
    if (entry.type !== 'usage' && entry.type !== 'reversal') return;
    const sign = entry.type === 'usage' ? 1 : -1;
    const spent = subtract(invoiced, amount);
    if (entry.service !== null) addToMonth(this.#monthOf('service', entry.service), entry, sign, spent);
    if (entry.app !== null) addToMonth(this.#monthOf('app', entry.app), entry, sign, spent);
  }

  /** Where usage of one day, service, app, user and campaign is added up, for whoever adds up a run of it. */
  placesOf(usage: UsageKind, day: PlainDate): { day: DayTotal; months: readonly MonthTotal[] } {
    this.#enterDay(day);
    const months = [this.#monthOf('service', usage.service), this.#monthOf('app', usage.app)];
    return { day: this.#dayOf({ type: 'usage', ...usage }, day), months };
  }

  #enterDay(day: PlainDate): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#month = monthIndexOf(day);
  }

  /**
   * Looked for one by one while there are few, as in a write of one entry; else by its parts, one map for each: joining
   * them into one key for every entry costs more than all the rest.
   */
  #dayOf(entry: DayPart, day: PlainDate): DayTotal {
    const known =
      this.#days.length <= FEW ? this.#days.find((total) => isOf(total, entry, day)) : this.#dayInTree(entry, day);
    if (known !== undefined) return known;
    const total: DayTotal = {
      day,
      type: entry.type,
      service: entry.service ?? '',
      app: entry.app ?? '',
      user: entry.user ?? '',
      campaign: entry.campaign ?? '',
      transactions: 0,
      quantity: 0,
      freeQuantity: 0,
      amount: ZERO,
      invoiced: ZERO,
    };
    this.#days.push(total);
    for (const each of missing(this.#days)) this.#branchOf(each, each.day).set(each.campaign, each);
    return total;
  }

  #dayInTree(entry: DayPart, day: PlainDate): DayTotal | undefined {
    // The sixth step down the tree is the total.
    return this.#branchOf(entry, day).get(entry.campaign ?? '') as DayTotal | undefined;
  }

  #branchOf({ type, service, app, user }: DayPart, day: PlainDate): Branch<DayTotal> {
    this.#dayTree ??= new Map();
    return grow(grow(grow(grow(grow(this.#dayTree, day), type), service ?? ''), app ?? ''), user ?? '');
  }

  #monthOf(kind: MonthTotal['kind'], name: string): MonthTotal {
    const month = this.#month;
    const known =
      this.#months.length <= FEW
        ? this.#months.find((total) => total.name === name && total.kind === kind && total.month === month)
        : (this.#monthBranch(month, kind).get(name) as MonthTotal | undefined);
    if (known !== undefined) return known;
    const total = { kind, name, month, quantity: 0, freeQuantity: 0, spent: ZERO };
    this.#months.push(total);
    for (const each of missing(this.#months)) this.#monthBranch(each.month, each.kind).set(each.name, each);
    return total;
  }

  #monthBranch(month: number, kind: MonthTotal['kind']): Branch<MonthTotal> {
    this.#monthTree ??= new Map();
    return grow(grow(this.#monthTree, month), kind);
  }
}

/** Of totals whose last one was just added, those that are not in the tree yet: it is made once there are more than few. */
function missing<T>(totals: readonly T[]): readonly T[] {
  if (totals.length <= FEW) return NONE;
  return totals.length === FEW + 1 ? totals : totals.slice(-1);
}

const NONE: readonly never[] = [];

function isOf(total: DayTotal, entry: DayPart, day: PlainDate): boolean {
  return (
    total.day === day &&
    total.type === entry.type &&
    total.service === (entry.service ?? '') &&
    total.app === (entry.app ?? '') &&
    total.user === (entry.user ?? '') &&
    total.campaign === (entry.campaign ?? '')
  );
}

function addToMonth(total: MonthTotal, entry: Omit<Entry, 'draws'>, sign: 1 | -1, spent: Credits): void {
  total.quantity += sign * (entry.quantity ?? 0);
  total.freeQuantity += sign * (entry.freeQuantity ?? 0);
  total.spent = add(total.spent, spent);
}

type Part = string | number;
type Branch<T> = Map<Part, Branch<T> | T>;

/** One step down the tree, made where it is missing. Only the last step holds totals. */
function grow<T>(branch: Branch<T>, part: Part): Branch<T> {
  let next = branch.get(part) as Branch<T> | undefined;
  if (next === undefined) {
    next = new Map();
    branch.set(part, next);
  }
  return next;
}
