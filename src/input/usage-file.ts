import type { UsageColumns } from '../core/usage-columns';
import { UsagePacker } from '../core/usage-packing';
import type { ColumnMap, FileColumn } from './columns';
import type { InputReject, Source } from './rows';
import { guessFormat, type InputFormat, openUsageRows, type UsageField, type UsageFile } from './usage-rows';

/** Rows that are read at a time. A batch is a multiple of it, or smaller. */
const PART = 1_000;

/** Rows and rejects of a usage file that were read together. */
export interface UsageBatch {
  readonly rows: UsageColumns;
  readonly rejects: readonly InputReject<UsageField>[];
  /** Bytes of the source read so far. */
  readonly bytes: number;
}

/** A usage file that is being read, here or on another thread. */
export interface UsageReading {
  readonly columns: readonly FileColumn<UsageField>[];
  /** Columns or keys that are not read; complete when the batches have been read. */
  readonly ignored: readonly string[];
  readonly batches: AsyncIterable<UsageBatch>;
  /** Stops reading, wherever it is. */
  close(): Promise<void>;
}

export interface UsageReadingOptions {
  readonly format?: InputFormat | undefined;
  readonly map?: ColumnMap<UsageField> | undefined;
  readonly batchRows: number;
  /** Where the first batch is to be smaller. */
  readonly firstRows?: number | undefined;
}

/** Opens a file of usage events, of the named format or the one that it seems to be. Throws as `openUsageRows`. */
export async function openUsageFile(source: Source, path: string, options: UsageReadingOptions): Promise<UsageReading> {
  const { format, whole } = await recognise(source, path, options.format);
  const file = await openUsageRows(whole, { ...options, format, batchRows: Math.min(PART, options.batchRows) });
  return {
    columns: file.columns,
    get ignored() {
      return file.ignored;
    },
    batches: packed(file, options),
    close: async () => undefined,
  };
}

/** The format that was named, else what the name or the first character says. */
async function recognise(
  source: Source,
  path: string,
  named: InputFormat | undefined,
): Promise<{ format: InputFormat; whole: Source }> {
  if (named !== undefined) return { format: named, whole: source };
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  const start = first.done === true ? '' : Buffer.from(first.value).toString('utf8', 0, 64).trimStart();
  async function* whole(): AsyncGenerator<Uint8Array | string> {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { format: start.startsWith('{') ? 'ndjson' : guessFormat(path), whole: whole() };
}

/**
 * Packs the rows of a file part by part: rows that wait for a whole batch to come together would outlive several
 * collections, each of which copies them. So many parts are a batch, unless the source pauses.
 */
async function* packed(
  file: UsageFile,
  { batchRows, firstRows = batchRows }: UsageReadingOptions,
): AsyncGenerator<UsageBatch> {
  let parts = Math.ceil(firstRows / PART);
  let packer = new UsagePacker(firstRows);
  let rejects: InputReject<UsageField>[] = [];
  let taken = 0;
  let bytes = 0;
  for await (const part of file.batches) {
    for (const row of part.rows) packer.add(row);
    rejects.push(...part.rejects);
    taken += 1;
    bytes = part.bytes;
    if (taken < parts && part.isPause !== true) continue;
    taken = 0;
    if (packer.length + rejects.length === 0) continue;
    yield { rows: packer.take(), rejects, bytes };
    parts = Math.ceil(batchRows / PART);
    packer = new UsagePacker(batchRows);
    rejects = [];
  }
  if (packer.length + rejects.length > 0) yield { rows: packer.take(), rejects, bytes };
}
