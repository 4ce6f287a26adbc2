import fastStringWidth from 'fast-string-width';
import { escapeControl } from './escape';
import { type Cell, type Column, isNumeric, type RenderOptions, shownCell } from './view';

export const GUTTER = 2;
/** Shorter than this a text tells little. */
export const TEXT_FLOOR = 8;
const ELLIPSIS = '…';

/** Cells as they are shown, escaped, before they are fitted. */
export function textsOf<T>(columns: readonly Column<T>[], cells: readonly Cell[], options: RenderOptions): string[] {
  return cells.map((cell, index) => escapeControl(shownCell(columns[index]?.kind ?? 'text', cell, options)));
}

/** The widths of a table's columns: as wide as what they have seen, within the limit. */
export interface ColumnLayout {
  /** Makes room for more rows, as far as the limit allows. */
  include(rows: readonly (readonly string[])[]): void;
  /** The row cut to the columns, decimal points in line, nothing padded to the column's width. */
  cut(row: readonly string[]): string[];
  /** The row as a line of text: cut and padded. */
  line(row: readonly string[]): string;
  readonly head: readonly string[];
  /** The line under the head. */
  readonly rule: readonly string[];
  readonly numeric: readonly boolean[];
}

export function createColumnLayout<T>(columns: readonly Column<T>[], options: RenderOptions): ColumnLayout {
  const numeric = columns.map((column) => isNumeric(column.kind));
  const head = columns.map((column) => escapeControl(column.title));
  const natural = head.map(widthOf);
  const decimals = columns.map(() => 0);
  let widths = fit(columns, natural, options.width);

  const aligned = (text: string, index: number) =>
    numeric[index] === true ? padDecimals(text, decimals[index] ?? 0) : text;
  const cutCell = (text: string, index: number) => cutTo(aligned(text, index), widths[index] ?? 0, columns[index]);
  const padCell = (text: string, index: number) => {
    const gap = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)));
    return numeric[index] === true ? gap + text : text + gap;
  };
  const cut = (row: readonly string[]) => row.map(cutCell);

  return {
    include(rows) {
      for (const row of rows)
        raise(
          decimals,
          row.map((text, i) => (numeric[i] === true ? fractionOf(text) : 0)),
        );
      for (const row of rows)
        raise(
          natural,
          row.map((text, index) => widthOf(aligned(text, index))),
        );
      widths = fit(columns, natural, options.width);
    },
    cut,
    line: (row) => cut(row).map(padCell).join(' '.repeat(GUTTER)).trimEnd(),
    get head() {
      return head.map((title, index) => cutText(title, widths[index] ?? 0));
    },
    get rule() {
      return widths.map((width) => '─'.repeat(width));
    },
    numeric,
  };
}

/** Raises each of `values` to what stands at its place in `others`. */
function raise(values: number[], others: readonly number[]): void {
  others.forEach((other, index) => {
    if (other > (values[index] ?? 0)) values[index] = other;
  });
}

/** Characters from the decimal point on; none for a whole number. */
function fractionOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point;
}

function padDecimals(text: string, decimals: number): string {
  return text === '' ? text : text.padEnd(text.length + decimals - fractionOf(text));
}

/**
 * Takes width from the widest column of the mildest kind first: text, then text down to a stump, then ids and times.
 * Amounts and counts are never cut, since a number with its end missing reads as another number: a table that does not
 * fit even so is wider than the limit.
 */
function fit<T>(columns: readonly Column<T>[], natural: readonly number[], limit: number | undefined): number[] {
  const widths = [...natural];
  if (limit === undefined) return widths;
  const room = limit - GUTTER * (columns.length - 1);
  const isText = (column: Column<T>) => column.kind === 'text' && !isWhole(column);
  const tiers = [
    { may: isText, floor: TEXT_FLOOR },
    { may: isText, floor: 3 },
    { may: (column: Column<T>) => !isNumeric(column.kind), floor: 3 },
  ];
  for (const { may, floor } of tiers) {
    const members = columns.flatMap((column, index) => (may(column) ? [index] : []));
    lower(widths, members, floor, room);
  }
  return widths;
}

/** Lowers the widest members in step until everything fits in `room` or all are down to `floor`. */
function lower(widths: number[], members: readonly number[], floor: number, room: number): void {
  const excess = (cap: number) =>
    widths.reduce((sum, width, index) => sum + (members.includes(index) ? Math.min(width, cap) : width), -room);
  // The highest cap that fits, by halving: a memo may be a million characters wide.
  let low = floor;
  let high = Math.max(floor, ...members.map((index) => widths[index] ?? 0));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (excess(middle) <= 0) low = middle;
    else high = middle - 1;
  }
  // What the cap leaves over goes to the first of those it cuts.
  let spare = Math.max(0, -excess(low));
  for (const index of members) {
    const width = widths[index] ?? 0;
    if (width <= low) continue;
    widths[index] = spare > 0 ? low + 1 : low;
    spare -= 1;
  }
}

function isWhole<T>(column: Column<T>): boolean {
  return column.whole ?? column.key === 'id';
}

function cutTo<T>(text: string, width: number, column: Column<T> | undefined): string {
  return column !== undefined && isNumeric(column.kind) ? text : cutText(text, width);
}

function cutText(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = widthOf(ELLIPSIS);
  for (const char of text) {
    used += widthOf(char);
    if (used > width) break;
    kept += char;
  }
  return kept + ELLIPSIS;
}

export function widthOf(text: string): number {
  return fastStringWidth(text);
}
