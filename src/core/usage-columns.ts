/** An event as its file says it: cells as they stood there, with the line. What the file does not say is not there. */
export interface UsageCells {
  readonly line: number;
  readonly app: string;
  readonly service: string;
  readonly quantity: string;
  readonly id?: string;
  readonly time?: string;
  readonly user?: string;
  readonly campaign?: string;
  readonly memo?: string;
}

/** What the columns hold. All of it goes from thread to thread at little cost: numbers by the block, texts by the batch. */
export interface UsageColumnData {
  readonly lines: Int32Array;
  /** Every different text of apps, services, users, campaigns and memos, as the file has it. */
  readonly words: readonly string[];
  /** Places in `words`; -1 where there is nothing. */
  readonly apps: Int32Array;
  readonly services: Int32Array;
  readonly users: Int32Array;
  readonly campaigns: Int32Array;
  readonly memos: Int32Array;
  /** Not a number where the row is odd. */
  readonly quantities: Float64Array;
  /** Milliseconds; not a number where the file says no time, or the row is odd. */
  readonly times: Float64Array;
  /** The ids one after another, and where each ends; an empty one is none. */
  readonly ids: string;
  readonly idEnds: Int32Array;
  /** The keys that ids are registered under. */
  readonly keys: Float64Array;
  /** Those that more than one row has. */
  readonly repeatedKeys: readonly number[];
  /** The times as they are written. */
  readonly timeTexts: string;
  readonly timeEnds: Int32Array;
  /** Rows with a quantity, a time or an id that has to be looked at by words: unusual, or wrong. */
  readonly odd: ReadonlyMap<number, UsageCells>;
}

/**
 * Rows of usage by columns: a copy of their cells with what they say, where that is plain. It costs a tenth of what
 * the same rows cost as objects, and a million of them can be handed from the thread that reads to the one that posts.
 */
export class UsageColumns {
  readonly data: UsageColumnData;

  constructor(data: UsageColumnData) {
    this.data = data;
  }

  get length(): number {
    return this.data.lines.length;
  }

  idOf(at: number): string | null {
    const { ids, idEnds } = this.data;
    const start = at === 0 ? 0 : (idEnds[at - 1] ?? 0);
    const end = idEnds[at] ?? start;
    return end === start ? null : ids.slice(start, end);
  }

  /** The row as it was. */
  row(at: number): UsageCells {
    const { data } = this;
    const odd = data.odd.get(at);
    if (odd !== undefined) return odd;
    const row: { -readonly [K in keyof UsageCells]: UsageCells[K] } = {
      line: data.lines[at] ?? 0,
      app: this.#word(data.apps, at) ?? '',
      service: this.#word(data.services, at) ?? '',
      quantity: String(data.quantities[at]),
    };
    const id = this.idOf(at);
    if (id !== null) row.id = id;
    const time = this.#timeText(at);
    if (time !== '') row.time = time;
    const [user, campaign, memo] = [data.users, data.campaigns, data.memos].map((column) => this.#word(column, at));
    if (user !== undefined) row.user = user;
    if (campaign !== undefined) row.campaign = campaign;
    if (memo !== undefined) row.memo = memo;
    return row;
  }

  /** The row of a line. Lines go up. */
  rowOfLine(line: number): UsageCells | undefined {
    const { lines } = this.data;
    let [from, to] = [0, lines.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((lines[middle] ?? 0) < line) from = middle + 1;
      else to = middle;
    }
    return lines[from] === line ? this.row(from) : undefined;
  }

  /** How JSON writes it: as the rows it stands for. */
  toJSON(): readonly UsageCells[] {
    return Array.from({ length: this.length }, (_, at) => this.row(at));
  }

  #word(column: Int32Array, at: number): string | undefined {
    return this.data.words[column[at] ?? -1];
  }

  #timeText(at: number): string {
    const { timeTexts, timeEnds } = this.data;
    return timeTexts.slice(at === 0 ? 0 : timeEnds[at - 1], timeEnds[at]);
  }
}
