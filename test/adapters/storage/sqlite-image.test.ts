import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SqlValue, UniqueViolation } from '../../../src/adapters/storage/sql-driver';
import { SqliteConnection } from '../../../src/adapters/storage/sqlite-connection';
import { type Database, openDatabase } from '../../../src/adapters/storage/sqlite-engine';
import { RowsImage } from '../../../src/adapters/storage/sqlite-image';
import { emptyTable } from '../../../src/adapters/storage/sqlite-staging';

const edges = [0, 1, -1, 127, 128, -128, -129, 32_767, 32_768, -32_769, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32];
const number = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges, -(2 ** 53) + 1, 2 ** 53 - 1));
const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ minLength: 57, maxLength: 58 }),
  fc.nat({ max: 2_000 }).map((length) => 'y'.repeat(length)),
);
const value: fc.Arbitrary<SqlValue> = fc.oneof(number, text, fc.constant(null));

test('the engine reads what was written, and finds nothing wrong with the file', () => {
  const table = fc.record({
    rows: fc.array(fc.array(value, { minLength: 70, maxLength: 70 }), { minLength: 1, maxLength: 10 }),
    width: fc.constantFrom(1, 3, 22, 70),
    times: fc.constantFrom(1, 1, 30, 300),
  });
  // Each but the first is written over the one before it.
  let spare: Uint8Array | undefined;
  fc.assert(
    fc.property(table, ({ rows, width, times }) => {
      const written = Array.from({ length: times }, () => rows.map((row) => row.slice(0, width))).flat();
      const image = new RowsImage(width, spare);
      expect(written.filter((row) => !image.add(row))).toEqual([]);
      const file = openDatabase(Buffer.from(image.finish(emptyTable(width))), { timeoutMs: 0 });
      expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
      const read = file.prepare('SELECT * FROM rows').raw().iterate();
      for (const row of written) if (!isDeepStrictEqual(read.next().value, row)) expect.fail(`wrote ${row}`);
      expect(read.next().done).toBe(true);
      file.close();
      spare = image.buffer;
    }),
    { numRuns: 25 },
  );
});

let home: string;
let database: Database;
let connection: SqliteConnection;
const INSERT = 'INSERT INTO things (id, name) VALUES (?, ?)';
const rowsFrom = (first: number, count: number, name: SqlValue = 'x') =>
  Array.from({ length: count }, (_, at) => [first + at, name] as const);
const count = () => connection.column('SELECT count(*) FROM things');

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wallet-image-'));
  database = openDatabase(join(home, 'ledger.db'), { timeoutMs: 0 });
  database.exec('CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, name TEXT) STRICT, WITHOUT ROWID');
  connection = new SqliteConnection(database, join(home, 'ledger.db'));
  connection.execute('BEGIN IMMEDIATE');
});
afterEach(() => {
  database.close();
  rmSync(home, { recursive: true });
});

test('what was sent is there for whatever is asked next, and no file of it is left', async () => {
  connection.send(INSERT, rowsFrom(1, 500));
  connection.send(INSERT, rowsFrom(501, 500));
  expect(await count()).toEqual([1_000]);
  connection.send(INSERT, rowsFrom(1_001, 500));
  connection.send(INSERT, rowsFrom(1_501, 2));
  connection.execute('COMMIT');
  connection.clear();
  expect(await count()).toEqual([1_502]);
  expect(readdirSync(home)).toEqual(['ledger.db']);
});

test('a file that a killed process left goes with the first rows that another one stages', async () => {
  vi.resetModules();
  const { SqliteConnection: Fresh } = await import('../../../src/adapters/storage/sqlite-connection');
  for (const name of ['ledger.db-rows-1-1', 'ledger.db-rows-1-2', 'other.db-rows-1-1'])
    writeFileSync(join(home, name), '');
  const longAgo = new Date(Date.now() - 7_200_000);
  for (const name of ['ledger.db-rows-1-1', 'other.db-rows-1-1']) utimesSync(join(home, name), longAgo, longAgo);
  expect(await new Fresh(database, join(home, 'ledger.db')).bulk(INSERT, rowsFrom(1, 300))).toBe(300);
  expect(readdirSync(home).sort()).toEqual([
    'ledger.db',
    'ledger.db-journal',
    'ledger.db-rows-1-2',
    'other.db-rows-1-1',
  ]);
});

test('bulk answers how many of its own rows changed something', async () => {
  connection.send(INSERT, rowsFrom(1, 300));
  const unlessTaken = `${INSERT} ON CONFLICT (id) DO NOTHING`;
  expect(await connection.bulk(unlessTaken, rowsFrom(101, 400))).toBe(200);
  const renamed = `${INSERT} ON CONFLICT (id) DO UPDATE SET name = things.name || excluded.name`;
  expect(await connection.bulk(renamed, rowsFrom(1, 300))).toBe(300);
  expect(await connection.column('SELECT DISTINCT name FROM things ORDER BY name')).toEqual(['x', 'xx']);
});

test('a key that is taken fails what was sent when it is looked at', async () => {
  connection.send(INSERT, [...rowsFrom(1, 300), [7, 'again']]);
  await expect(count()).rejects.toThrow(UniqueViolation);
  // Half of it may be there, so nothing can be done any more but to undo it all.
  await expect(count()).rejects.toThrow(UniqueViolation);
  expect(() => connection.execute('COMMIT')).toThrow(UniqueViolation);
  database.exec('ROLLBACK');
  connection.clear();
  expect(await count()).toEqual([0]);
});

test('rows that fit no page are written all the same, and a fraction is refused by the column', async () => {
  const long = 'y'.repeat(100_000);
  const rows = [...rowsFrom(1, 250), ...rowsFrom(251, 1, long), ...rowsFrom(252, 250)];
  expect(await connection.bulk(INSERT, rows)).toBe(501);
  expect(await connection.column('SELECT id FROM things WHERE name = ?', [long])).toEqual([251]);
  await expect(connection.bulk(INSERT, [...rowsFrom(1_000, 250), [0.5, 'half']])).rejects.toThrow('REAL');
});

test('a transaction takes in more files than the engine would attach', async () => {
  for (let part = 0; part < 20; part += 1) {
    connection.send(INSERT, rowsFrom(part * 300, 300));
    expect(await count()).toEqual([(part + 1) * 300]);
  }
});
