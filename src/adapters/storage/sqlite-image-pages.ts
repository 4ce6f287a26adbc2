import { lengthOfVarint, writeVarint } from './sqlite-record';

/** The largest page that SQLite knows: one page above its leaves is then enough for a table. */
export const PAGE = 65_536;
// Types of pages, and the length of what stands before their lists of cells (fileformat2, section 1.6).
const LEAF = 0x0d;
const LEAF_HEADER = 8;
const INTERIOR = 0x05;
const INTERIOR_HEADER = 12;
/** Where the file says how many pages it has. */
const PAGES_AT = 28;
/** The first page has the schema, the second is the root of the table; leaves follow. */
const ROOT = 2;
const FIRST_LEAF = 3;

/** The pages of a database file with one table, whose rows are numbered from 1 as they come. */
export class ImagePages {
  #bytes: Uint8Array;
  /** The last row of each leaf that is full. */
  readonly #lastRows: number[] = [];
  #rows = 0;
  #leaf = FIRST_LEAF;
  #cells = 0;
  /** Where the leaf at hand begins; where its list of cells ends; where its cells begin, which grow towards the list. */
  #start = pageStart(FIRST_LEAF);
  #listEnd = this.#start + LEAF_HEADER;
  #top = this.#start + PAGE;

  /** Writes to the buffer of another file that is not needed any more, where there is one. */
  constructor(spare?: Uint8Array) {
    this.#bytes = spare ?? new Uint8Array(8 * PAGE);
  }

  get rows(): number {
    return this.#rows;
  }

  /** How long the file is so far. */
  get length(): number {
    return this.#start + PAGE;
  }

  /** Where records are written to. Another one after each `place`. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  /** Makes room for the record of the next row, which fits on a page. Answers where it has to be written. */
  place(length: number): number {
    const row = this.#rows + 1;
    const room = lengthOfVarint(length) + lengthOfVarint(row) + length;
    if (this.#top - room < this.#listEnd + 2) this.#startLeaf();
    this.#top -= room;
    this.#listEnd = writeShort(this.#bytes, this.#listEnd, this.#top - this.#start);
    this.#cells += 1;
    this.#rows = row;
    return writeVarint(this.#bytes, writeVarint(this.#bytes, this.#top, length), row);
  }

  /** The whole file, by the first page of a file whose table is empty. */
  finish(frame: Uint8Array): Uint8Array {
    this.#endLeaf();
    const pages = this.#lastRows.length === 0 ? this.#moveToRoot() : this.#writeRoot();
    const file = this.#bytes.subarray(0, pages * PAGE);
    file.set(frame.subarray(0, PAGE));
    new DataView(file.buffer).setUint32(PAGES_AT, pages);
    return file;
  }

  #startLeaf(): void {
    this.#endLeaf();
    this.#lastRows.push(this.#rows);
    this.#leaf += 1;
    this.#start = pageStart(this.#leaf);
    this.#listEnd = this.#start + LEAF_HEADER;
    this.#top = this.#start + PAGE;
    this.#cells = 0;
    if (this.length <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  #endLeaf(): void {
    this.#bytes[this.#start] = LEAF;
    writeShort(this.#bytes, this.#start + 3, this.#cells);
    writeShort(this.#bytes, this.#start + 5, this.#top - this.#start);
  }

  /** One leaf is the whole table. Answers how many pages there are. */
  #moveToRoot(): number {
    this.#bytes.copyWithin(pageStart(ROOT), this.#start, this.length);
    return ROOT;
  }

  /** Each cell names a leaf and its last row; the last leaf stands in the header. Answers how many pages there are. */
  #writeRoot(): number {
    const start = pageStart(ROOT);
    const root = new DataView(this.#bytes.buffer, start, PAGE);
    let top = PAGE;
    for (const [at, row] of this.#lastRows.entries()) {
      top -= 4 + lengthOfVarint(row);
      root.setUint32(top, FIRST_LEAF + at);
      writeVarint(this.#bytes, start + top + 4, row);
      root.setUint16(INTERIOR_HEADER + 2 * at, top);
    }
    root.setUint8(0, INTERIOR);
    root.setUint16(3, this.#lastRows.length);
    root.setUint16(5, top);
    root.setUint32(8, this.#leaf);
    return this.#leaf;
  }
}

/** Pages are counted from 1. */
function pageStart(page: number): number {
  return (page - 1) * PAGE;
}

function writeShort(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  return at + 2;
}
