import { type FileColumn, matchColumns } from './columns';
import { type CsvBatch, openCsv } from './csv';
import {
  createRowReader,
  type InputReject,
  type RowBatch,
  type RowFile,
  type RowKind,
  type RowOptions,
  type Source,
} from './rows';

/** Opens a CSV file of known columns. Throws `invalid_input` when it is none, or its header will not do. */
export async function openCsvRows<Row, R extends string, O extends string>(
  source: Source,
  kind: RowKind<Row, R, O>,
  options: RowOptions<R | O> = {},
): Promise<RowFile<Row, R | O>> {
  const csv = await openCsv(source, { batchRows: options.batchRows });
  const { columns, ignored } = matchColumns(csv.header, kind, options.map);
  return { columns, ignored, batches: toRowBatches(csv.batches, columns, kind) };
}

async function* toRowBatches<Row, R extends string, O extends string>(
  batches: AsyncIterable<CsvBatch>,
  columns: readonly FileColumn<R | O>[],
  kind: RowKind<Row, R, O>,
): AsyncGenerator<RowBatch<Row, R | O>> {
  const reader = createRowReader(kind, columns);
  for await (const { records, bytes, isPause } of batches) {
    const rows: Row[] = [];
    const rejects: InputReject<R | O>[] = [];
    for (const { line, cells, problem } of records) {
      const row = problem === null ? reader.read(line, cells) : null;
      if (row !== null) rows.push(row);
      else if (problem !== null) rejects.push(reader.reject(line, problem, cells));
      else if (!isBlank(cells)) rejects.push(reader.incomplete(line, cells));
    }
    yield { rows, rejects, bytes, isPause };
  }
}

/** A row of commas alone, as spreadsheets leave them at the end. */
function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '');
}
