import { WalletError } from '../core/errors';
import { type CsvRecord, scanCsv } from './csv-records';
import { BATCH_ROWS, LONGEST_RECORD, readTextBlocks, type TextBlock } from './text-blocks';

/** Records that were read together. */
export interface CsvBatch {
  /** In the order of the file; those with a `problem` are among them. */
  readonly records: readonly CsvRecord[];
  /** Bytes of the source read so far. */
  readonly bytes: number;
  /** Whether nothing more has come for a while. */
  readonly isPause?: boolean;
}

export interface CsvFile {
  readonly header: readonly string[];
  /**
   * Every batch has exactly `batchRows` records, however the source was cut into chunks; the last has fewer, and so has
   * one where the source paused.
   */
  readonly batches: AsyncIterable<CsvBatch>;
}

export interface CsvOptions {
  readonly batchRows?: number | undefined;
}

/**
 * Reads the header of a CSV file, then its records in batches, in constant memory. What is wrong with one record is its
 * `problem`: another number of cells than the header, bad UTF-8, text after a closing quote. A quote that is never
 * closed, or a record beyond 1 MiB, is a problem too, and the last thing read: what stood inside quotes must not be
 * taken for rows. Throws `invalid_input` for what is no CSV file at all.
 */
export async function openCsv(source: AsyncIterable<Uint8Array | string>, options: CsvOptions = {}): Promise<CsvFile> {
  const runs = readRuns(source);
  let header: CsvRecord | undefined;
  let first: CsvBatch = { records: [], bytes: 0 };
  while (header === undefined) {
    const run = await runs.next();
    if (run.done === true) throw invalid('the file is empty', 'it has no header line');
    const [head, ...records] = run.value.records;
    header = head;
    first = { ...run.value, records };
  }
  if (header.problem !== null) throw invalid('the header cannot be read', `line ${header.line} ${header.problem}`);
  return {
    header: header.cells,
    batches: inBatches(first, runs, header.cells.length, options.batchRows ?? BATCH_ROWS),
  };
}

/** Cuts runs of any size into batches of one size, and checks the cells of each record against the header. */
async function* inBatches(
  first: CsvBatch,
  runs: AsyncGenerator<CsvBatch>,
  width: number,
  size: number,
): AsyncGenerator<CsvBatch> {
  let waiting: CsvRecord[] = [];
  let bytes = first.bytes;
  const take = (records: readonly CsvRecord[]) => {
    for (const record of records) waiting.push(record.cells.length === width ? record : withWrongWidth(record, width));
  };
  for await (const run of startingWith(first, runs)) {
    take(run.records);
    bytes = run.bytes;
    let from = 0;
    for (; waiting.length - from >= size; from += size) yield { records: waiting.slice(from, from + size), bytes };
    if (from > 0) waiting = waiting.slice(from);
    if (run.isPause !== true) continue;
    yield { records: waiting, bytes, isPause: true };
    waiting = [];
  }
  for (let from = 0; from < waiting.length; from += size) yield { records: waiting.slice(from, from + size), bytes };
}

async function* startingWith<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* others;
}

function withWrongWidth(record: CsvRecord, width: number): CsvRecord {
  if (record.problem !== null) return record;
  const cells = record.cells.length;
  return { ...record, problem: `has ${cells} ${cells === 1 ? 'cell' : 'cells'} and the header has ${width}` };
}

/** The records of each block of text, joined where a quoted cell goes on into the next. */
async function* readRuns(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<CsvBatch> {
  const flaws = new Map<number, string>();
  let open = '';
  let line = 1;
  for await (const block of readTextBlocks(source)) {
    noteFlaws(flaws, block, line + (open === '' ? 0 : open.split('\n').length - 1));
    const text = open + block.text;
    const scan = scanCsv(text, line);
    open = scan.openAt < 0 ? '' : text.slice(scan.openAt);
    const stopped = stopReason(block, open);
    if (stopped !== null) scan.records.push({ line: scan.line, cells: [], problem: stopped });
    const records = flaws.size === 0 ? scan.records : markFlaws(scan.records, flaws, scan.line);
    yield { records, bytes: block.bytes, isPause: block.follows === 'pause' };
    if (stopped !== null) return;
    line = scan.line;
  }
}

function stopReason(block: TextBlock, open: string): string | null {
  if (block.follows === 'cut' || open.length > LONGEST_RECORD) {
    return 'starts a record longer than 1 MiB; nothing after it was read';
  }
  if (block.follows !== 'end' || open === '') return null;
  return 'opens a quote that is never closed; nothing after it was read';
}

function noteFlaws(flaws: Map<number, string>, block: TextBlock, firstLine: number): void {
  for (const [offset, flaw] of block.flaws ?? []) flaws.set(firstLine + offset, flaw);
}

/** Gives each flawed line's fault to the record it is part of. `flaws` keeps what belongs to the unfinished record. */
function markFlaws(records: readonly CsvRecord[], flaws: Map<number, string>, endLine: number): CsvRecord[] {
  const marked = records.map((record, index) => {
    const next = records[index + 1]?.line ?? endLine;
    for (let line = record.line; line < next; line += 1) {
      const flaw = flaws.get(line);
      if (flaw !== undefined && record.problem === null) return { ...record, problem: flaw };
    }
    return record;
  });
  for (const line of flaws.keys()) if (line < endLine) flaws.delete(line);
  return marked;
}

function invalid(message: string, why: string): WalletError {
  return new WalletError('invalid_input', message, {
    why,
    hint: 'the first line names the columns, separated by commas',
  });
}
