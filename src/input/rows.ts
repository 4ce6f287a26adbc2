import type { ColumnMap, ColumnSpec, FileColumn } from './columns';

/** Where each field stands among the cells of a row; -1 for a field the file does not have. */
export type Places<Field extends string> = Readonly<Record<Field, number>>;

/**
 * A kind of input file. `build` makes the row of cells whose required ones are there. Each kind names its fields itself,
 * as a loop over names takes three times as long and an import makes millions of rows.
 */
export interface RowKind<Row, Required extends string, Optional extends string> extends ColumnSpec<Required, Optional> {
  build(line: number, cells: readonly string[], at: Places<Required | Optional>): Row;
}

/** A row that could not be read. `message` follows on from "line N". */
export interface InputReject<Field extends string> {
  readonly line: number;
  readonly code: 'invalid_input';
  readonly message: string;
  /** What could be read of it all the same, to be mended. */
  readonly values: Readonly<Partial<Record<Field, string>>>;
}

/** Rows and rejects that were read together: as many lines as `batchRows`, fewer at the end and where the source paused. */
export interface RowBatch<Row, Field extends string> {
  readonly rows: readonly Row[];
  readonly rejects: readonly InputReject<Field>[];
  /** Bytes of the source read so far. */
  readonly bytes: number;
  /** Whether the source paused after it. */
  readonly isPause?: boolean | undefined;
}

export interface RowFile<Row, Field extends string> {
  /** The columns that are read; a file of rejects repeats them. */
  readonly columns: readonly FileColumn<Field>[];
  /** Columns or keys that are not read, each once; complete when the batches have been read. */
  readonly ignored: readonly string[];
  readonly batches: AsyncIterable<RowBatch<Row, Field>>;
}

export interface RowOptions<Field extends string> {
  readonly map?: ColumnMap<Field> | undefined;
  readonly batchRows?: number | undefined;
}

/** An empty chunk says that nothing more has come for a while: whole rows are handed on then, however few. */
export type Source = AsyncIterable<Uint8Array | string>;

/** A cell that is there, or undefined: an empty one says nothing. */
export function cellAt(cells: readonly string[], index: number): string | undefined {
  const cell = index < 0 ? undefined : cells[index];
  return cell === '' ? undefined : cell;
}

/** Turns cells into a row, or says what is wrong with them. */
export function createRowReader<Row, R extends string, O extends string>(
  kind: RowKind<Row, R, O>,
  columns: readonly FileColumn<R | O>[],
) {
  const at = placesOf(kind, columns);
  const needed = kind.required.map((field) => at[field]);
  const reject = (line: number, message: string, cells: readonly string[]): InputReject<R | O> => {
    const values: Partial<Record<R | O, string>> = {};
    for (const { field, index } of columns) {
      const cell = cellAt(cells, index);
      if (cell !== undefined) values[field] = cell;
    }
    return { line, code: 'invalid_input', message, values };
  };
  return {
    /** The row; null when a required cell is missing. */
    read(line: number, cells: readonly string[]): Row | null {
      for (const index of needed) if (cellAt(cells, index) === undefined) return null;
      return kind.build(line, cells, at);
    },
    reject,
    /** The reject of cells that `read` refused. */
    incomplete(line: number, cells: readonly string[]): InputReject<R | O> {
      const missing = kind.required.filter((field) => cellAt(cells, at[field]) === undefined);
      return reject(line, `has no ${missing.join(' and no ')}`, cells);
    },
  };
}

function placesOf<R extends string, O extends string>(
  kind: ColumnSpec<R, O>,
  columns: readonly FileColumn<R | O>[],
): Places<R | O> {
  const at: Partial<Record<R | O, number>> = {};
  for (const field of [...kind.required, ...kind.optional]) {
    at[field] = columns.find((column) => column.field === field)?.index ?? -1;
  }
  // Every field was given a place by the loop above.
  return at as Places<R | O>;
}
