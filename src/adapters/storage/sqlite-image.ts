import type { SqlValue } from './sql-driver';
import { ImagePages } from './sqlite-image-pages';
import { lengthOfType, lengthOfVarint, typeOf, writeValue, writeVarint } from './sqlite-record';

/** A longer record would have to be spread over pages. */
const LONGEST = 60_000;

/**
 * Rows as a database file of SQLite's that has them in one table. The engine takes a million rows from such a file in
 * half the time that it takes to be handed them value by value.
 */
export class RowsImage {
  readonly #pages: ImagePages;
  /** The values of the row at hand, or of the one before it, and their types. */
  readonly #types: Int32Array;
  readonly #last: SqlValue[] = [];

  /** `spare` is the buffer of another one that is not needed any more: it spares the system the making of such memory. */
  constructor(width: number, spare?: Uint8Array) {
    this.#pages = new ImagePages(spare);
    this.#types = new Int32Array(width);
  }

  get rows(): number {
    return this.#pages.rows;
  }

  /** How long the file is so far. */
  get length(): number {
    return this.#pages.length;
  }

  get buffer(): Uint8Array {
    return this.#pages.buffer;
  }

  /** Answers false for a row that can't be written like this: it is long, or has a number with a fraction. */
  add(row: readonly SqlValue[]): boolean {
    const types = this.#types;
    const last = this.#last;
    let header = 1;
    let body = 0;
    for (let i = 0; i < types.length; i += 1) {
      const value = row[i] ?? null;
      // Neighbours have much in common.
      const type = value === last[i] ? (types[i] ?? 0) : typeOf(value);
      if (type < 0) return false;
      types[i] = type;
      last[i] = value;
      header += lengthOfVarint(type);
      body += lengthOfType(type);
    }
    if (header >= 0x80) header += 1;
    if (header + body > LONGEST) return false;
    this.#write(row, header, this.#pages.place(header + body));
    return true;
  }

  /** The whole file; `frame` is one of the same kind without rows. */
  finish(frame: Uint8Array): Uint8Array {
    return this.#pages.finish(frame);
  }

  #write(row: readonly SqlValue[], header: number, start: number): void {
    const bytes = this.#pages.buffer;
    const types = this.#types;
    let typeAt = writeVarint(bytes, start, header);
    let at = start + header;
    for (let i = 0; i < types.length; i += 1) {
      const type = types[i] ?? 0;
      if (type < 0x80) bytes[typeAt++] = type;
      else typeAt = writeVarint(bytes, typeAt, type);
      at = writeValue(bytes, at, row[i] ?? null, type);
    }
  }
}
