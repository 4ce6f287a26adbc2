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
import { BATCH_ROWS, readTextBlocks } from './text-blocks';

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
  const runs = readRuns(source);
  const first = await firstRun(runs);
  const [head] = first.lines;
  if (head === undefined) throw invalid('the file is empty', 'it has no JSON object in it');
  if (head.text.startsWith('[')) throw invalid('the input is not NDJSON', 'it is a JSON array');
  return {
    columns,
    get ignored() {
      return [...ignored];
    },
    batches: inBatches(first, runs, sort, options.batchRows ?? BATCH_ROWS),
  };
}

interface Line {
  readonly line: number;
  readonly text: string;
  readonly flaw: string | null;
}

/** Lines that were read together. */
interface Run {
  readonly lines: readonly Line[];
  readonly bytes: number;
  readonly isPause: boolean;
}

/** The lines that are not blank, a block of text at a time: to wait for each line would double the work. */
async function* readRuns(source: Source): AsyncGenerator<Run> {
  let line = 1;
  for await (const { text, flaws, bytes, follows } of readTextBlocks(source)) {
    const texts = text.split('\n');
    // A block ends with a line end, so what stands after its last one is no line; at the end of the file it may be.
    if (follows !== 'end') texts.pop();
    const lines = texts.map((content, index) => ({
      line: line + index,
      text: content.trim(),
      flaw: flaws?.get(index) ?? null,
    }));
    line += texts.length;
    if (follows === 'cut') lines.push({ line, text: '-', flaw: 'is longer than 1 MiB; nothing after it was read' });
    yield { lines: lines.filter((content) => content.text !== ''), bytes, isPause: follows === 'pause' };
  }
}

async function firstRun(runs: AsyncGenerator<Run>): Promise<Run> {
  for (;;) {
    const run = await runs.next();
    if (run.done === true) return { lines: [], bytes: 0, isPause: false };
    if (run.value.lines.length > 0) return run.value;
  }
}

async function* startingWith<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* others;
}

/** Batches of one size, rejects counted with the rows. */
async function* inBatches<Row, Field extends string>(
  first: Run,
  others: AsyncIterable<Run>,
  sort: (line: Line, rows: Row[], rejects: InputReject<Field>[]) => void,
  size: number,
): AsyncGenerator<RowBatch<Row, Field>> {
  let rows: Row[] = [];
  let rejects: InputReject<Field>[] = [];
  let bytes = 0;
  for await (const run of startingWith(first, others)) {
    bytes = run.bytes;
    for (const line of run.lines) {
      sort(line, rows, rejects);
      if (rows.length + rejects.length < size) continue;
      yield { rows, rejects, bytes };
      rows = [];
      rejects = [];
    }
    if (!run.isPause) continue;
    yield { rows, rejects, bytes, isPause: true };
    rows = [];
    rejects = [];
  }
  if (rows.length + rejects.length > 0) yield { rows, rejects, bytes };
}

function invalid(message: string, why: string): WalletError {
  return new WalletError('invalid_input', message, {
    why,
    hint: "write a JSON object on each line, such as jq -c '.[]' makes of an array",
  });
}
