import type { RowReject } from '../contract/calls';
import { monthIndexOf } from '../core/date';
import type { MonthTotal } from '../core/ledger/totals';
import type { Calendar, Instant } from '../core/time';
import type { UsageColumns } from '../core/usage-columns';
import { rejectOf } from './row-reject';
import type { World } from './usage';
import type { EventReader, ParsedEvent } from './usage-events';

const PLAIN = 0;
const SPECIAL = 1;
const REFUSED = 2;
const REPEATED = 3;

/**
 * The events of a batch as they were read: most of them from their columns, without an object for any of them. What is
 * odd in a column, or late, is read by itself and kept as an event.
 */
export class BatchEvents {
  readonly columns: UsageColumns;
  readonly rejects: RowReject[] = [];
  readonly #reader: EventReader;
  readonly #calendar: Calendar;
  readonly #states: Uint8Array;
  readonly #special = new Map<number, ParsedEvent>();
  /** What the words mean as names of users, of campaigns and as memos, by their places; null where they can't be. */
  readonly #users: (string | null)[] = [];
  readonly #campaigns: (string | null)[] = [];
  readonly #memos: (string | null)[] = [];
  readonly #months = new Set<number>();
  readonly #repeated: ReadonlySet<number>;

  constructor(columns: UsageColumns, reader: EventReader, calendar: Calendar) {
    this.columns = columns;
    this.#reader = reader;
    this.#calendar = calendar;
    this.#states = new Uint8Array(columns.length);
    this.#repeated = new Set(columns.data.repeatedKeys);
    for (let at = 0; at < columns.length; at += 1) if (!this.#readsPlainly(at)) this.#readSpecial(at);
    this.#countMonths();
  }

  isRefused(at: number): boolean {
    return this.#states[at] === REFUSED;
  }

  refuse(at: number, reject: RowReject): void {
    this.#states[at] = REFUSED;
    this.rejects.push(reject);
  }

  /** Whether the row is known to have been posted before, as it is. */
  isRepeated(at: number): boolean {
    return this.#states[at] === REPEATED;
  }

  repeat(at: number): void {
    this.#states[at] = REPEATED;
  }

  /** Whether nothing is known of the row but what it says, and that it is read by its columns. */
  isPlain(at: number): boolean {
    return this.#states[at] === PLAIN;
  }

  lineOf(at: number): number {
    return this.columns.data.lines[at] ?? 0;
  }

  appOf(at: number): string {
    return this.#word(this.columns.data.apps, at);
  }

  serviceOf(at: number): string {
    return this.#word(this.columns.data.services, at);
  }

  quantityOf(at: number): number {
    return this.columns.data.quantities[at] ?? 0;
  }

  /** When it happened: a row without a time happened when it was seen. */
  timeOf(at: number): Instant {
    const time = this.columns.data.times[at] ?? Number.NaN;
    // The reader saw to it that it is a plausible moment.
    return Number.isNaN(time) ? this.#reader.now : (time as Instant);
  }

  userOf(at: number): string | null {
    return this.#users[this.columns.data.users[at] ?? -1] ?? null;
  }

  campaignOf(at: number): string | null {
    return this.#campaigns[this.columns.data.campaigns[at] ?? -1] ?? null;
  }

  memoOf(at: number): string | null {
    return this.#memos[this.columns.data.memos[at] ?? -1] ?? null;
  }

  /** An event that was read by itself. */
  special(at: number): ParsedEvent | undefined {
    return this.#states[at] === SPECIAL ? this.#special.get(at) : undefined;
  }

  /** Whether another row of the batch has an id of the same key, and so perhaps the same id. */
  hasTwin(at: number): boolean {
    return this.#repeated.size > 0 && this.#repeated.has(this.columns.data.keys[at] ?? Number.NaN);
  }

  event(at: number): ParsedEvent {
    const ownTime = this.timeOf(at);
    return (
      this.special(at) ?? {
        line: this.lineOf(at),
        app: this.appOf(at),
        service: this.serviceOf(at),
        quantity: this.quantityOf(at),
        externalId: this.columns.idOf(at),
        user: this.userOf(at),
        campaign: this.campaignOf(at),
        memo: this.memoOf(at),
        ownTime,
        occurredAt: ownTime,
        reference: null,
        timed: !Number.isNaN(this.columns.data.times[at]),
      }
    );
  }

  /** The event ids of rows that are neither refused nor known to be repeated: one of so many. */
  *ids(each: number): Generator<string> {
    for (let at = 0; at < this.columns.length; at += each) {
      const id = this.isRefused(at) || this.isRepeated(at) ? null : this.columns.idOf(at);
      if (id !== null) yield id;
    }
  }

  /** The names of apps that the batch is about. */
  apps(): readonly string[] {
    return this.#namesIn(this.columns.data.apps);
  }

  /** The month totals that pricing and budgets of the events read: a few more rather than a look at each pair. */
  months({ apps, services }: World): readonly Pick<MonthTotal, 'kind' | 'name' | 'month'>[] {
    const named = this.#namesIn(this.columns.data.services).filter((name) => services.has(name));
    return [...this.#months].flatMap((month) => [
      ...[...apps.keys()].map((name) => ({ kind: 'app' as const, name, month })),
      ...named.map((name) => ({ kind: 'service' as const, name, month })),
    ]);
  }

  #readsPlainly(at: number): boolean {
    const { odd, times, users, campaigns, memos, words } = this.columns.data;
    if (odd.size > 0 && odd.has(at)) return false;
    const time = times[at] ?? Number.NaN;
    if (!this.#reader.isOnTime(Number.isNaN(time) ? this.#reader.now : time)) return false;
    const reader = this.#reader;
    return (
      isName(this.#users, words, users[at] ?? -1, reader.user) &&
      isName(this.#campaigns, words, campaigns[at] ?? -1, reader.campaign) &&
      isName(this.#memos, words, memos[at] ?? -1, reader.memo)
    );
  }

  #readSpecial(at: number): void {
    try {
      this.#special.set(at, this.#reader.read(this.columns.row(at), this.lineOf(at)));
      this.#states[at] = SPECIAL;
    } catch (error) {
      this.refuse(at, rejectOf(this.lineOf(at), error));
    }
  }

  #countMonths(): void {
    let last = Number.NaN;
    for (let at = 0; at < this.columns.length; at += 1) {
      if (this.isRefused(at)) continue;
      const day = this.#calendar.dateOf(this.special(at)?.occurredAt ?? this.timeOf(at));
      if (day !== last) this.#months.add(monthIndexOf(day));
      last = day;
    }
  }

  #word(column: Int32Array, at: number): string {
    return this.columns.data.words[column[at] ?? -1] ?? '';
  }

  #namesIn(column: Int32Array): readonly string[] {
    const places = new Set<number>();
    for (let at = 0; at < this.columns.length; at += 1) if (!this.isRefused(at)) places.add(column[at] ?? -1);
    return [...places].map((place) => this.columns.data.words[place] ?? '');
  }
}

/** Whether a word can be such a name; each is looked at once. */
function isName(
  known: (string | null)[],
  words: readonly string[],
  place: number,
  read: (raw: string) => string,
): boolean {
  if (place < 0) return true;
  let name = known[place];
  if (name === undefined) {
    try {
      name = read(words[place] ?? '');
    } catch {
      // The row is read by itself, and says what is wrong with it.
      name = null;
    }
    known[place] = name;
  }
  return name !== null;
}
