import { WalletError } from '../../core/errors';
import type { RecordKind, RecordTypes } from '../../ports/record-types';
import type { ListOptions, WritableRecords } from '../../ports/records';
import { isSetting, type Recall } from './known-settings';
import { allColumns, columnOf, fromRow, ordered, ownColumns, ownValues, toRow } from './record-rows';
import { type SqlConnection, type SqlValue, UniqueViolation } from './sql-driver';

/** Called with every record as it is stored, so that no state of one escapes the seal. */
export type Witness = (kind: RecordKind, id: string, value: unknown) => void;

/** The records of one kind and organisation, inside one transaction. */
export function recordsOf<K extends RecordKind>(
  kind: K,
  org: number,
  connection: SqlConnection,
  witness: Witness,
  recall: Recall,
): WritableRecords<RecordTypes[K]> {
  type T = RecordTypes[K];
  const select = `SELECT * FROM ${kind} WHERE org = ?`;

  const look = async (id: string): Promise<T | undefined> => {
    const row = await connection.get(`${select} AND id = ?`, [org, id]);
    return row === undefined ? undefined : fromRow(kind, row);
  };

  const search = async (where: Partial<T>, options: ListOptions): Promise<readonly T[]> => {
    const params: SqlValue[] = [org];
    let sql = select;
    for (const [field, value] of Object.entries(where)) {
      sql += ` AND ${columnOf(kind, field)} ${value === null ? 'IS NULL' : '= ?'}`;
      if (value !== null) params.push(value as SqlValue);
    }
    const newest = options.newestFirst === true;
    if (options.after !== undefined) {
      sql += ` AND id ${newest ? '<' : '>'} ?`;
      params.push(options.after);
    }
    sql += ` ORDER BY id${newest ? ' DESC' : ''}`;
    if (options.limit !== undefined) {
      sql += ' LIMIT ?';
      params.push(options.limit);
    }
    return (await connection.all(sql, params)).map((row) => fromRow(kind, row));
  };

  const insert = async (record: T): Promise<void> => {
    const all = allColumns(kind);
    const sql = `INSERT INTO ${kind} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
    await taken(kind, record, () => connection.run(sql, toRow(kind, org, record)));
    witness(kind, record.id, ordered(kind, record));
  };

  const update = async (record: T): Promise<T> => {
    const next = { ...record, version: record.version + 1 };
    const sets = ownColumns(kind).map((column) => `${column} = ?`);
    const sql = `UPDATE ${kind} SET ${sets.join(', ')}, version = ? WHERE org = ? AND id = ? AND version = ?`;
    const changed = await taken(kind, record, () =>
      connection.run(sql, [...ownValues(kind, next), next.version, org, record.id, record.version]),
    );
    if (changed !== 1)
      throw new WalletError('ledger_busy', `${record.id} was changed by somebody else meanwhile`, {
        why: 'nothing was changed',
        hint: 'run the command again',
      });
    witness(kind, record.id, ordered(kind, next));
    return next;
  };

  const mayRecall = isSetting(kind);
  const find = (id: string) => (mayRecall ? recall(`${kind} ${id}`, () => look(id)) : look(id));
  const list = (where: Partial<T> = {}, options: ListOptions = {}) =>
    mayRecall
      ? recall(`${kind} ${JSON.stringify([where, options])}`, () => search(where, options))
      : search(where, options);
  return { find, list, insert, update };
}

async function taken<R>(kind: RecordKind, record: { id: string }, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new WalletError('already_exists', `this already exists in ${kind}`, {
      why: 'its name or id is taken',
      details: { record: kind, id: record.id },
      cause: error,
    });
  }
}
