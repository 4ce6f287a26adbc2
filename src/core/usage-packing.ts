import { eventKey } from './ledger/event-key';
import { PlainClock } from './plain-clock';
import { isPlainKey, parseKey } from './text';
import { type UsageCells, UsageColumns } from './usage-columns';

/** Packs rows into columns. */
export function packUsage(rows: readonly UsageCells[]): UsageColumns {
  const packer = new UsagePacker(rows.length);
  for (const row of rows) packer.add(row);
  return packer.take();
}

/** Packs rows as they come, so that none of them has to be kept. */
export class UsagePacker {
  readonly #columns;
  readonly #words = new Words();
  readonly #ids = new Texts();
  readonly #timeTexts = new Texts();
  readonly #odd = new Map<number, UsageCells>();
  readonly #clock = new PlainClock();
  #length = 0;

  /** Has room for so many rows. */
  constructor(room: number) {
    const numbers = () => new Int32Array(room);
    this.#columns = {
      lines: numbers(),
      apps: numbers(),
      services: numbers(),
      users: numbers(),
      campaigns: numbers(),
      memos: numbers(),
      quantities: new Float64Array(room),
      times: new Float64Array(room),
      idEnds: numbers(),
      keys: new Float64Array(room),
      timeEnds: numbers(),
    };
  }

  get length(): number {
    return this.#length;
  }

  add(row: UsageCells): void {
    const at = this.#length;
    const columns = this.#columns;
    const { id = '', time = '' } = row;
    columns.lines[at] = row.line;
    columns.apps[at] = this.#words.placeOf(row.app);
    columns.services[at] = this.#words.placeOf(row.service);
    columns.users[at] = this.#words.placeOf(row.user);
    columns.campaigns[at] = this.#words.placeOf(row.campaign);
    columns.memos[at] = this.#words.placeOf(row.memo);
    const quantity = plainQuantity(row.quantity);
    const ms = time === '' ? Number.NaN : this.#clock.momentOf(time);
    columns.quantities[at] = quantity;
    columns.times[at] = ms;
    const isOdd = Number.isNaN(quantity) || (row.time !== undefined && Number.isNaN(ms)) || !isPlainId(row.id);
    if (isOdd) this.#odd.set(at, row);
    columns.keys[at] = id === '' ? Number.NaN : eventKey(id);
    columns.idEnds[at] = this.#ids.add(id);
    columns.timeEnds[at] = this.#timeTexts.add(time);
    this.#length += 1;
  }

  /** The rows that were added. Nothing can be added after it. */
  take(): UsageColumns {
    const columns = this.#length === this.#columns.lines.length ? this.#columns : firstOf(this.#columns, this.#length);
    return new UsageColumns({
      ...columns,
      words: this.#words.texts,
      ids: this.#ids.take(),
      repeatedKeys: repeatedIn(columns.keys),
      timeTexts: this.#timeTexts.take(),
      odd: this.#odd,
    });
  }
}

function firstOf<T extends Record<string, Int32Array | Float64Array>>(columns: T, length: number): T {
  const shorter = Object.entries(columns).map(([name, column]) => [name, column.slice(0, length)]);
  // The same names, each with a part of what it had.
  return Object.fromEntries(shorter) as T;
}

function repeatedIn(keys: Float64Array): readonly number[] {
  const sorted = keys.slice().sort();
  return [...sorted.filter((key, at) => key === sorted[at - 1])];
}

/** So many texts are joined at a time: each by itself would keep the block of the file alive that it was cut from. */
const JOINED = 500;

/** Texts one after another. */
class Texts {
  readonly #parts: string[] = [];
  #waiting: string[] = [];
  #end = 0;

  /** Answers where it ends. */
  add(text: string): number {
    if (this.#waiting.length === JOINED) this.#join();
    this.#waiting.push(text);
    this.#end += text.length;
    return this.#end;
  }

  take(): string {
    this.#join();
    return this.#parts.join('');
  }

  #join(): void {
    this.#parts.push(this.#waiting.join(''));
    this.#waiting = [];
  }
}

/** Texts by their place among those that are different. */
class Words {
  readonly texts: string[] = [];
  readonly #places = new Map<string, number>();

  placeOf(text: string | undefined): number {
    if (text === undefined) return -1;
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.texts.length;
      this.texts.push(text);
      this.#places.set(text, place);
    }
    return place;
  }
}

const ZERO = 48;
const NINE = 57;
const MOST_DIGITS = 15;

/** A quantity in plain digits; not a number where it has to be looked at. */
function plainQuantity(text: string): number {
  if (text.length > MOST_DIGITS || text.length === 0 || text.charCodeAt(0) === ZERO) return Number.NaN;
  let value = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < ZERO || code > NINE) return Number.NaN;
    value = value * 10 + code - ZERO;
  }
  return value;
}

function isPlainId(id: string | undefined): boolean {
  if (id === undefined || isPlainKey(id)) return true;
  try {
    parseKey(id, 'event id');
    return true;
  } catch {
    // Whoever posts the row says what is wrong with it.
    return false;
  }
}
