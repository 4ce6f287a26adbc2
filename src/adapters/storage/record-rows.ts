import { WalletError } from '../../core/errors';
import type { RecordKind, RecordTypes } from '../../ports/record-types';
import type { Kept } from './record-columns';
import { columnsOf } from './record-tables';
import type { SqlRow, SqlValue } from './sql-driver';

/** A record's row, back as the record: fields in column order, the same object that was witnessed when it was stored. */
export function fromRow<K extends RecordKind>(kind: K, row: SqlRow): RecordTypes[K] {
  const record: Record<string, unknown> = { id: row.id };
  for (const [field, column, kept] of columnsOf(kind)) {
    try {
      record[field] = read(row[column] ?? null, kept);
    } catch (cause) {
      throw unreadable(kind, row.id, column, cause);
    }
  }
  record.version = row.version;
  // The columns are the record's fields by their table; the engine has checked their types.
  return record as unknown as RecordTypes[K];
}

function read(value: SqlValue, kept: Kept): unknown {
  if (kept === 'json') return typeof value === 'string' ? JSON.parse(value) : null;
  // Anything but 0 and 1 was put there by hand, and must show.
  return kept === 'flag' && (value === 0 || value === 1) ? value === 1 : value;
}

function write(value: unknown, kept: Kept): SqlValue {
  if (kept === 'json') return value === null ? null : JSON.stringify(value);
  if (kept === 'flag') return value === true ? 1 : 0;
  return value as SqlValue;
}

function unreadable(kind: RecordKind, id: SqlValue | undefined, column: string, cause: unknown): WalletError {
  return new WalletError('integrity_failure', `${kind} ${id}: its ${column} can not be read`, {
    why: 'it is not as it was written',
    hint: 'wallet verify',
    cause,
  });
}

/** A field by its name in `columnsOf`, which names nothing that the records lack. */
function fieldOf(record: object, field: string): unknown {
  return (record as Record<string, unknown>)[field] ?? null;
}

/** Every column of a kind, in the order of `toRow`. */
export function allColumns(kind: RecordKind): readonly string[] {
  return ['org', 'id', ...ownColumns(kind), 'version'];
}

/** The columns that are one kind's own: all but the organisation, its id and its version. */
export function ownColumns(kind: RecordKind): readonly string[] {
  return columnsOf(kind)
    .map(([, column]) => column)
    .filter((column) => column !== 'org');
}

export function toRow<K extends RecordKind>(kind: K, org: number, record: RecordTypes[K]): SqlValue[] {
  return [org, record.id, ...ownValues(kind, record), record.version];
}

/** What goes into `ownColumns`, in their order. */
export function ownValues<K extends RecordKind>(kind: K, record: RecordTypes[K]): readonly SqlValue[] {
  const own = columnsOf(kind).filter(([, column]) => column !== 'org');
  return own.map(([field, , kept]) => write(fieldOf(record, field), kept));
}

/** The record with its fields in column order, as `fromRow` will answer it. */
export function ordered<K extends RecordKind>(kind: K, record: RecordTypes[K]): unknown {
  return fromRow(kind, {
    id: record.id,
    version: record.version,
    ...Object.fromEntries(
      columnsOf(kind).map(([field, column, kept]) => [column, write(fieldOf(record, field), kept)]),
    ),
  });
}

export function columnOf(kind: RecordKind, field: string): string {
  const found = columnsOf(kind).find(([name]) => name === field);
  if (found === undefined) throw new Error(`${kind} has no field ${field}`);
  return found[1];
}
