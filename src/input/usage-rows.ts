import { type ColumnMap, parseColumnMap } from './columns';
import { cellAt, type Places, type RowFile, type RowKind, type RowOptions, type Source } from './rows';

/**
 * An event of a usage file, cells as they stood there, with the line it started on. What the file does not say is not
 * there. A class for the same reason as `CsvRecord`.
 */
class UsageInputRow {
  declare readonly id?: string;
  declare readonly time?: string;
  declare readonly user?: string;
  declare readonly campaign?: string;
  declare readonly memo?: string;

  constructor(
    readonly line: number,
    readonly app: string,
    readonly service: string,
    readonly quantity: string,
  ) {}
}

type Required = 'app' | 'service' | 'quantity';
type Optional = 'id' | 'time' | 'user' | 'campaign' | 'memo';
export type UsageField = Required | Optional;
export type UsageFile = RowFile<UsageInputRow, UsageField>;
export type InputFormat = 'csv' | 'ndjson';

/** `type` is what some call the service. An export of transactions has both, and there `service` is the one. */
const USAGE: RowKind<UsageInputRow, Required, Optional> = {
  required: ['app', 'service', 'quantity'],
  optional: ['id', 'time', 'user', 'campaign', 'memo'],
  aliases: { type: 'service' },
  build: buildUsageRow,
};

export interface UsageOptions extends RowOptions<UsageField> {
  readonly format: InputFormat;
}

/** Reads `--map field=column,…`. Throws `invalid_value`. */
export function parseMap(text: string): ColumnMap<UsageField> {
  return parseColumnMap(text, USAGE);
}

/** NDJSON by the file's name (`.ndjson`, `.jsonl`), else CSV. */
export function guessFormat(path: string): InputFormat {
  return /\.(ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'csv';
}

/**
 * Opens a file of usage events, to be read in batches in constant memory. Whether an app, a time or a quantity makes
 * sense is for the wallet to say. Throws `invalid_input` for what is no such file.
 */
export async function openUsageRows(source: Source, options: UsageOptions): Promise<UsageFile> {
  if (options.format === 'csv') {
    const { openCsvRows } = await import('./csv-rows');
    return openCsvRows(source, USAGE, options);
  }
  const { openNdjsonRows } = await import('./ndjson');
  return openNdjsonRows(source, USAGE, options);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function buildUsageRow(line: number, cells: readonly string[], at: Places<UsageField>): UsageInputRow {
  const [app, service, quantity] = [cells[at.app] ?? '', cells[at.service] ?? '', cells[at.quantity] ?? ''];
  const row: Mutable<UsageInputRow> = new UsageInputRow(line, app, service, quantity);
  const id = cellAt(cells, at.id);
  if (id !== undefined) row.id = id;
  const time = cellAt(cells, at.time);
  if (time !== undefined) row.time = time;
  const user = cellAt(cells, at.user);
  if (user !== undefined) row.user = user;
  const campaign = cellAt(cells, at.campaign);
  if (campaign !== undefined) row.campaign = campaign;
  const memo = cellAt(cells, at.memo);
  if (memo !== undefined) row.memo = memo;
  return row;
}
