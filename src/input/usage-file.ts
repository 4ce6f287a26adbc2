import { packUsage, type UsageColumns } from '../core/usage-columns';
import type { ColumnMap, FileColumn } from './columns';
import type { InputReject, Source } from './rows';
import { guessFormat, type InputFormat, openUsageRows, type UsageField, type UsageFile } from './usage-rows';

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
}

/** Opens a file of usage events, of the named format or the one that it seems to be. Throws as `openUsageRows`. */
export async function openUsageFile(source: Source, path: string, options: UsageReadingOptions): Promise<UsageReading> {
  const { format, whole } = await recognise(source, path, options.format);
  const file = await openUsageRows(whole, { ...options, format });
  return {
    columns: file.columns,
    get ignored() {
      return file.ignored;
    },
    batches: packed(file),
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

async function* packed(file: UsageFile): AsyncGenerator<UsageBatch> {
  for await (const { rows, rejects, bytes } of file.batches) yield { rows: packUsage(rows), rejects, bytes };
}
