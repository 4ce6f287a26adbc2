import type { FileColumn } from './columns';

/** Added at the end of each line. An import that reads the mended file ignores them, as it does unknown columns. */
const REASONS = ['line', 'code', 'message'] as const;

export interface RejectedRow {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface RejectsWriter<Field extends string> {
  /** The first line. Text ends with a line feed. */
  readonly header: string;
  /** A rejected row: the values it had, and why. The row itself will do for `values`. */
  line(reject: RejectedRow, values: Readonly<Partial<Record<Field, string>>>): string;
}

/**
 * Writes rejected rows as CSV that can be mended and imported again by the same command: the columns that were read,
 * under their names in the original file, then the line there, the code and the message. Values are as they were, not
 * made safe for spreadsheets, as a mended row must be the event it was.
 */
export function createRejectsWriter<Field extends string>(columns: readonly FileColumn<Field>[]): RejectsWriter<Field> {
  const titles = columns.map((column) => column.title);
  const taken = new Set(titles.map((title) => title.toLowerCase()));
  const reasons = REASONS.map((reason) => (taken.has(reason) ? `reject_${reason}` : reason));
  return {
    header: toLine([...titles, ...reasons]),
    line: ({ line, code, message }, values) =>
      toLine([...columns.map(({ field }) => values[field] ?? ''), String(line), code, message]),
  };
}

/**
 * Writes rejected rows as NDJSON, for what was read as such: the fields that were read, without those that were empty,
 * then the line in the original file, the code and the message.
 */
export function createObjectRejectsWriter<Field extends string>(
  columns: readonly FileColumn<Field>[],
): RejectsWriter<Field> {
  return {
    header: '',
    line: ({ line, code, message }, values) => {
      const read = columns.map(({ field, title }) => [title, values[field] ?? ''] as const);
      return `${JSON.stringify({ ...Object.fromEntries(read.filter(([, value]) => value !== '')), line, code, message })}\n`;
    },
  };
}

function toLine(cells: readonly string[]): string {
  return `${cells.map(quoteCell).join(',')}\n`;
}

/** The output side has its own, documented for SQL; the two folders know nothing of each other. */
function quoteCell(cell: string): string {
  return /[",\r\n]|^ | $/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
