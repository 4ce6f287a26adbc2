import { WalletError } from '../core/errors';
import { type FileColumn, fieldsOf } from './columns';
import { createObjectReader } from './json-objects';
import {
  createRowReader,
  type InputReject,
  type RowBatch,
  type RowFile,
  type RowKind,
  type RowOptions,
  type Source,
} from './rows';
import { readTextBlocks } from './text-blocks';

const BATCH_ROWS = 5_000;

/**
 * Opens a file with a JSON object on each line, its keys the columns of the CSV file. What is wrong with one line is its
 * reject: no JSON, not a flat object, a key twice, `__proto__`. Blank lines are skipped. Throws `invalid_input` for an
 * empty file and for a JSON array.
 */
export async function openNdjsonRows<Row, R extends string, O extends string>(
  source: Source,
  kind: RowKind<Row, R, O>,
  options: RowOptions<R | O> = {},
): Promise<RowFile<Row, R | O>> {
  const ignored = new Set<string>();
  const columns = fieldsOf(kind).map((field, index): FileColumn<R | O> => ({ field, title: field, index }));
  const cellsOf = createObjectReader(kind, options.map ?? new Map(), ignored);
  const reader = createRowReader(kind, columns);
  const sort = ({ text, line, flaw }: Line, rows: Row[], rejects: InputReject<R | O>[]) => {
    const cells = flaw ?? cellsOf(text);
    if (typeof cells === 'string') return rejects.push(reader.reject(line, cells, []));
    const row = reader.read(line, cells);
    return row === null ? rejects.push(reader.incomplete(line, cells)) : rows.push(row);
  };
  const lines = readLines(source);
  const first = await lines.next();
  if (first.done === true) throw invalid('the file is empty', 'it has no JSON object in it');
  if (first.value.text.startsWith('[')) throw invalid('the input is not NDJSON', 'it is a JSON array');
  return {
    columns,
    get ignored() {
      return [...ignored];
    },
    batches: inBatches(first.value, lines, sort, options.batchRows ?? BATCH_ROWS),
  };
}

interface Line {
  readonly line: number;
  readonly text: string;
  readonly flaw: string | null;
  readonly bytes: number;
}

/** The lines that are not blank. */
async function* readLines(source: Source): AsyncGenerator<Line> {
  let line = 1;
  for await (const { text, flaws, bytes, then } of readTextBlocks(source)) {
    const lines = text.split('\n');
    // A block ends with a line end, so what stands after its last one is no line; at the end of the file it may be.
    if (then !== 'end') lines.pop();
    for (const [index, content] of lines.entries()) {
      const trimmed = content.trim();
      if (trimmed !== '') yield { line: line + index, text: trimmed, flaw: flaws?.get(index) ?? null, bytes };
    }
    line += lines.length;
    if (then === 'cut') yield { line, text: '', flaw: 'is longer than 1 MiB; nothing after it was read', bytes };
  }
}

/** Batches of one size, rejects counted with the rows. */
async function* inBatches<Row, Field extends string>(
  first: Line,
  others: AsyncIterable<Line>,
  sort: (line: Line, rows: Row[], rejects: InputReject<Field>[]) => void,
  size: number,
): AsyncGenerator<RowBatch<Row, Field>> {
  let rows: Row[] = [];
  let rejects: InputReject<Field>[] = [];
  let bytes = first.bytes;
  sort(first, rows, rejects);
  for await (const line of others) {
    if (rows.length + rejects.length === size) {
      yield { rows, rejects, bytes };
      rows = [];
      rejects = [];
    }
    sort(line, rows, rejects);
    bytes = line.bytes;
  }
  yield { rows, rejects, bytes };
}

function invalid(message: string, why: string): WalletError {
  return new WalletError('invalid_input', message, {
    why,
    hint: "write a JSON object on each line, such as jq -c '.[]' makes of an array",
  });
}
