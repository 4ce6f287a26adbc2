import type { Styles } from './colour';

/**
 * What a cell holds, which decides how it is shown: `text` (anything a person may have typed), `amount` (a decimal
 * string of credits), `count` (a whole number) and `time` (RFC 3339 in UTC).
 */
export type CellKind = 'text' | 'amount' | 'count' | 'time';

/** Null is an empty cell in every format. */
export type Cell = string | number | null;

export interface Column<T> {
  /** snake_case: the header in CSV and TSV. */
  readonly key: string;
  /** The head of the column in a table. */
  readonly title: string;
  readonly kind: CellKind;
  cell(item: T): Cell;
  /** Left out of CSV and TSV. */
  readonly tableOnly?: boolean;
  /** Left out of tables. */
  readonly dataOnly?: boolean;
  /** A table shortens it only after every other text column. True without saying so for the key `id`. */
  readonly whole?: boolean;
  /** Left out of a table that has no room for all: the lowest first. */
  readonly spare?: number;
}

export interface ListPage<T> {
  readonly rows: readonly T[];
  /** The cursor that goes on after this page; null on the last one. */
  readonly next: string | null;
}

/** A list or report as a value: any format is made from it, page by page, and it is read once. */
export interface Listing<T> {
  /** The plural under which JSON lists the items. */
  readonly name: string;
  readonly columns: readonly Column<T>[];
  readonly pages: AsyncIterable<ListPage<T>>;
  /** Fields to stand beside the list in the JSON document. Asked for after the last page. */
  readonly extra?: () => object;
  /** Rows under a table, cells by column key. Asked for after the last page. */
  readonly footer?: () => readonly Readonly<Record<string, Cell>>[];
}

export interface RenderOptions {
  /** CSV: begin with a byte order mark, for spreadsheets that need it to see UTF-8. */
  readonly bom?: boolean | undefined;
  /** Table: the columns of the terminal; without it nothing is shortened. */
  readonly width?: number | undefined;
  /** Table: told the titles of columns that there was no room for. */
  readonly onLeftOut?: ((titles: readonly string[]) => void) | undefined;
  /** Tables and Markdown: writes an RFC 3339 time in the organisation's zone. */
  readonly formatTime?: ((time: string) => string) | undefined;
  readonly styles?: Styles | undefined;
  /** The text goes to a terminal: every format then shows control characters escaped. */
  readonly terminal?: boolean | undefined;
}

export type Renderer = <T>(listing: Listing<T>, options: RenderOptions) => AsyncIterable<string>;

/** Rows per chunk of text: a page of any size leaves as strings of some 100 KB. */
const ROWS_PER_CHUNK = 1_000;

/** A page's rows in runs that make chunks of a sensible size. */
export function* runsOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  if (rows.length <= ROWS_PER_CHUNK) {
    if (rows.length > 0) yield rows;
    return;
  }
  for (let start = 0; start < rows.length; start += ROWS_PER_CHUNK) yield rows.slice(start, start + ROWS_PER_CHUNK);
}

/** A cell as people read it: times in the organisation's zone, nothing for null. Not escaped yet. */
export function shownCell(kind: CellKind, cell: Cell, options: RenderOptions): string {
  if (cell === null) return '';
  const text = String(cell);
  return kind === 'time' && text !== '' && options.formatTime !== undefined ? options.formatTime(text) : text;
}

/** Whether the column's cells stand to the right. */
export function isNumeric(kind: CellKind): boolean {
  return kind === 'amount' || kind === 'count';
}
