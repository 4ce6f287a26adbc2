import { WalletError } from '../../core/errors';
import { type LedgerTable, ledgerTables } from './ledger-tables';
import type { SqlConnection, SqlDriver, SqlValue } from './sql-driver';

/** Rows that are in memory at a time. */
const PAGE = 2_000;
/** Says where a ledger lives, which is what two copies of it differ in. */
const MARK = 'moved_to';
/** Others of the append-only kind refer to these: their rows stay where they are, and are brought up to date. */
const REFERRED_TO: readonly string[] = ['organisations', 'services'];

type Row = readonly SqlValue[];

/** A ledger on its way: rows come from one connection, which holds the source still, and go into another ledger. */
export interface Transfer {
  readonly from: SqlConnection;
  readonly to: SqlDriver;
  /** What the copy says until it is the ledger: where that is. */
  readonly livesAt: string;
  /** Told how many rows were dealt with. */
  progress(rows: number): void;
  /** Told at each moment at which a test may end the process. */
  reached(point: 'move.log' | 'move.records'): void;
}

/**
 * Copies every row, in pages. The log goes first, page by page, and what is there already is left; everything else
 * follows in one transaction. So whatever ends it, it can be run again, though the source went on meanwhile.
 */
export async function transferLedger(transfer: Transfer): Promise<void> {
  const tables = ledgerTables(transfer.to.dialect);
  const isLog = (table: LedgerTable) => table.isAppendOnly && !table.refers;
  // The seals first: by them a copy that was begun is known.
  const log = tables.filter(isLog).sort((a, b) => Number(b.name === 'audit') - Number(a.name === 'audit'));
  for (const table of log) {
    await transferLog(transfer, table);
    transfer.reached('move.log');
  }
  await transfer.to.write(async (to) => {
    const others = tables.filter((table) => !isLog(table));
    for (const { name } of [...others].reverse().filter(isReplaced)) await to.run(`DELETE FROM ${name}`);
    for (const table of others) await transferRecords(transfer, table, to);
    await markMoved(to, transfer.livesAt);
    for (const statement of transfer.to.dialect.afterLoad) await to.run(statement);
    transfer.reached('move.records');
  });
}

function isReplaced({ name, isAppendOnly }: LedgerTable): boolean {
  return !isAppendOnly && !REFERRED_TO.includes(name);
}

async function transferLog(transfer: Transfer, table: LedgerTable): Promise<void> {
  const columns = await columnsOf(transfer.from, table);
  const insert = insertInto(table, columns, 'NOTHING');
  const places = table.key.map((column) => columns.indexOf(column));
  for await (const rows of pagesOf(transfer.from, table, columns)) {
    const [first = [], last = []] = [rows[0], rows.at(-1)];
    await transfer.to.write(async (to) => {
      const ends = [...places.map((at) => first[at] ?? null), ...places.map((at) => last[at] ?? null)];
      if ((await countBetween(to, table, ends)) < rows.length) await to.bulk(insert, rows);
    });
    transfer.progress(rows.length);
  }
}

async function countBetween(to: SqlConnection, { name, key }: LedgerTable, ends: readonly SqlValue[]): Promise<number> {
  const row = `(${key.join(', ')})`;
  const marks = `(${key.map(() => '?').join(', ')})`;
  const [count] = await to.column(`SELECT count(*) FROM ${name} WHERE ${row} >= ${marks} AND ${row} <= ${marks}`, ends);
  return Number(count);
}

async function transferRecords(transfer: Transfer, table: LedgerTable, to: SqlConnection): Promise<void> {
  const columns = await columnsOf(transfer.from, table);
  const insert = insertInto(table, columns, REFERRED_TO.includes(table.name) ? 'UPDATE' : 'NOTHING');
  for await (const rows of pagesOf(transfer.from, table, columns)) {
    await to.bulk(insert, rows);
    transfer.progress(rows.length);
  }
}

/** Throws `integrity_failure` unless every row of either ledger is in the other, value for value. */
export async function compareLedgers(transfer: Transfer): Promise<void> {
  await transfer.to.read(async (to) => {
    for (const table of ledgerTables(transfer.to.dialect)) {
      const columns = (await columnsOf(transfer.from, table)).filter((column) => column !== MARK);
      const copied = pagesOf(to, table, columns);
      for await (const rows of pagesOf(transfer.from, table, columns)) {
        if (!sameRows(rows, (await copied.next()).value)) throw differs(table);
        transfer.progress(rows.length);
      }
      if (!(await copied.next()).done) throw differs(table);
    }
  });
}

function sameRows(rows: readonly Row[], others: readonly Row[] | undefined): boolean {
  return others?.length === rows.length && rows.every((row, at) => row.every((value, i) => value === others[at]?.[i]));
}

/** Says of a ledger and of each of its wallets that they live elsewhere; with null, that they live here. */
export async function markMoved(connection: SqlConnection, place: string | null): Promise<void> {
  await connection.run(`UPDATE wallets SET ${MARK} = ?`, [place]);
  await connection.run(`UPDATE ledger SET ${MARK} = ?`, [place]);
}

/** No column where the table has no row. */
async function columnsOf(connection: SqlConnection, { name }: LedgerTable): Promise<readonly string[]> {
  return Object.keys((await connection.get(`SELECT * FROM ${name} LIMIT 1`)) ?? {});
}

function insertInto({ name, key }: LedgerTable, columns: readonly string[], clash: 'NOTHING' | 'UPDATE'): string {
  const rest = columns.filter((column) => !key.includes(column));
  const update = clash === 'UPDATE' ? ` SET ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}` : '';
  const marks = columns.map(() => '?').join(', ');
  return `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${marks}) ON CONFLICT (${key.join(', ')}) DO ${clash}${update}`;
}

/** The rows of a table in the order of its key, each page found by the last key of the one before. */
async function* pagesOf(
  connection: SqlConnection,
  { name, key }: LedgerTable,
  columns: readonly string[],
): AsyncGenerator<readonly Row[], undefined> {
  const wanted = columns.length === 0 ? key : columns;
  const places = key.map((column) => wanted.indexOf(column));
  const row = `(${key.join(', ')})`;
  const from = `SELECT ${wanted.join(', ')} FROM ${name}`;
  const order = `ORDER BY ${key.join(', ')} LIMIT ${PAGE}`;
  for (let after: readonly SqlValue[] = []; ; ) {
    const where = after.length === 0 ? '' : `WHERE ${row} > (${key.map(() => '?').join(', ')})`;
    const rows = await connection.table(`${from} ${where} ${order}`, after);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return undefined;
    after = places.map((at) => rows.at(-1)?.[at] ?? null);
  }
}

function differs({ name }: LedgerTable): WalletError {
  return new WalletError('integrity_failure', `the copy differs from the ledger in ${name}`, {
    why: 'it was changed meanwhile, or holds rows of something else; the ledger is as it was and stays in use',
    hint: 'name an empty place with --to, and check this ledger with: wallet verify',
    details: { table: name },
  });
}
