import { escapeControl } from './escape';
import { type Cell, type Column, type Listing, type RenderOptions, runsOf } from './view';

const NEEDS_QUOTES = /[",\r\n]|^ | $/;
const RUNS_AS_FORMULA = /^ *[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/;
const TSV_SPECIAL = /[\\\t\n\r]/g;
const TSV_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const BYTE_ORDER_MARK = '\ufeff';

/**
 * A cell as CSV writes it (RFC 4180). It is put in double quotes, and its own double quotes are doubled, exactly when it
 * holds a comma (U+002C), a double quote (U+0022), a CR (U+000D) or an LF (U+000A), or when its first or its last
 * character is a space (U+0020). Any other cell, the empty one included, stays as it is.
 */
export function quoteCell(cell: string): string {
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/**
 * A text cell that no spreadsheet runs: an apostrophe (U+0027) is put before the whole cell, leading spaces included,
 * exactly when its first character other than a space (U+0020) is one of `=` U+003D, `+` U+002B, `-` U+002D, `@` U+0040,
 * TAB U+0009, CR U+000D, or full-width `＋` U+FF0B, `－` U+FF0D, `＝` U+FF1D, `＠` U+FF20. Comes before quoting, and is
 * only for cells of kind `text`: an amount of `-12.50` is a number and stays one.
 */
export function defuse(text: string): string {
  return RUNS_AS_FORMULA.test(text) ? `'${text}` : text;
}

/** CSV: the header always, LF line ends, empty cells for null, amounts and times as given. */
export async function* renderCsv<T>(listing: Listing<T>, options: RenderOptions): AsyncGenerator<string> {
  if (options.bom === true) yield BYTE_ORDER_MARK;
  yield* delimited(listing, options, ',', quoteCell);
}

/** TSV: as CSV, but never quoted; backslash, tab and line ends in a cell become `\\`, `\t`, `\n` and `\r`. */
export function renderTsv<T>(listing: Listing<T>, options: RenderOptions): AsyncGenerator<string> {
  return delimited(listing, options, '\t', (cell) => cell.replace(TSV_SPECIAL, (char) => TSV_ESCAPES[char] ?? char));
}

async function* delimited<T>(
  listing: Listing<T>,
  options: RenderOptions,
  separator: string,
  encode: (cell: string) => string,
): AsyncGenerator<string> {
  const columns = listing.columns.filter((column) => column.tableOnly !== true);
  const guard = options.terminal === true ? escapeControl : (text: string) => text;
  const write = (column: Column<T>, cell: Cell) => {
    if (cell === null) return '';
    const text = String(cell);
    return encode(guard(column.kind === 'text' ? defuse(text) : text));
  };
  const line = (item: T) => `${columns.map((column) => write(column, column.cell(item))).join(separator)}\n`;

  yield `${columns.map((column) => encode(column.key)).join(separator)}\n`;
  for await (const page of listing.pages) {
    for (const rows of runsOf(page.rows)) yield rows.map(line).join('');
  }
}
