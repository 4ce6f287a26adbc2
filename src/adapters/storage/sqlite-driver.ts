import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { WalletError } from '../../core/errors';
import { SCHEMA_VERSION } from './schema-version';
import type { SqlConnection, SqlDriver, SqlRow, SqlValue, Together, Work } from './sql-driver';
import { SqliteConnection } from './sqlite-connection';
import { sqliteDialect } from './sqlite-dialect';
import { type Database, openDatabase } from './sqlite-engine';
import { newerSchema, notALedger } from './sqlite-errors';
import { keepIndexClosed, requireLog } from './sqlite-log';
import { LogLimit } from './sqlite-log-limit';
import { configure, ROOM_FOR_WRITES } from './sqlite-settings';
import { Turns } from './sqlite-turns';
import { translate, whenFree } from './sqlite-waits';
import { doInTurn, togetherOrAlone } from './works-together';

export interface SqliteOptions {
  readonly file: string;
  /** Whether the file, its folder and its schema may be made. Without it a missing file is `not_initialised`. */
  readonly create: boolean;
}

/**
 * Opens the embedded ledger: one file, write-ahead log, every commit synced. Throws `not_initialised`, `newer_schema`,
 * `ledger_unavailable`, `integrity_failure` where its log was removed or cut, or `invalid_config` where the engine can't keep its promises.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqlDriver> {
  const fresh = !existsSync(options.file);
  if (fresh) prepareFile(options);
  else requireLog(options.file);
  const database = translate(options.file, () => openDatabase(options.file, { timeoutMs: 0 }));
  const driver = new SqliteDriver(database, options.file);
  try {
    if (fresh) {
      chmodSync(options.file, 0o600);
      keepIndexClosed(options.file);
    }
    const version = await whenFree(options.file, () => {
      const found = fresh ? 0 : requireLedger(database, options);
      configure(database, fresh);
      return found;
    });
    if (version !== SCHEMA_VERSION) await driver.migrate();
  } catch (error) {
    await driver.close();
    throw error;
  }
  return driver;
}

function prepareFile(options: SqliteOptions): void {
  if (!options.create) throw notMade(options.file);
  translate(options.file, () => mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 }));
}

/** Looks at the file before anything is set in it: one that is no ledger of this wallet's is left as it is. Answers its schema. */
function requireLedger(database: Database, options: SqliteOptions): number {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) throw newerSchema(options.file, version);
  if (version > 0) return version;
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (tables !== 0) throw notALedger(options.file);
  // Empty: whoever began to make it was killed.
  if (!options.create) throw notMade(options.file);
  return version;
}

function notMade(file: string): WalletError {
  return new WalletError('not_initialised', `there is no ledger at ${file}`, {
    why: 'a ledger is made by its first organisation',
    hint: 'wallet init --org NAME',
  });
}

class SqliteDriver implements SqlDriver {
  readonly dialect = sqliteDialect;
  readonly #database: Database;
  readonly #file: string;
  readonly #connection: SqliteConnection;
  readonly #log: LogLimit;
  readonly #turns = new Turns();
  #hasRoom = false;
  /** One connection does one transaction at a time: the others wait in line. */
  #isTaken = false;
  readonly #line: (() => void)[] = [];

  constructor(database: Database, file: string) {
    this.#database = database;
    this.#file = file;
    this.#connection = new SqliteConnection(database, file);
    this.#log = new LogLimit(database);
  }

  look(sql: string, params: readonly SqlValue[]): Promise<SqlRow | undefined> {
    return this.#inLine(() => whenFree(this.#file, () => this.#connection.get(sql, params)));
  }

  read<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const attempt = () => this.#transaction('BEGIN', work);
    return this.#inLine(() => whenFree(this.#file, attempt));
  }

  write<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    if (!this.#hasRoom) this.#database.exec(ROOM_FOR_WRITES);
    this.#hasRoom = true;
    const turns = this.#turns;
    const begin = () =>
      whenFree(
        this.#file,
        () => this.#attempt(work),
        () => turns.meetOthers(),
      );
    return this.#inLine(() => (turns.isToGiveWay ? turns.giveWay().then(begin) : begin()));
  }

  writeTogether<T>(works: readonly Work<T>[]): Promise<Together<T>> {
    return togetherOrAlone(works, () => this.write((connection) => doInTurn(connection, works)));
  }

  async schema(): Promise<ReadonlyMap<string, string>> {
    const rows = this.#database
      .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string; sql: string }[];
    return new Map(rows.map((row) => [row.name, row.sql]));
  }

  async storageFaults(): Promise<readonly string[]> {
    const found = translate(this.#file, () => this.#database.pragma('integrity_check(20)')) as {
      integrity_check: string;
    }[];
    const strays = this.#database.pragma('foreign_key_check') as { table: string; rowid: number }[];
    const faults = found.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    return [...faults, ...strays.map((row) => `${row.table}: a row points to a record that is not there`)];
  }

  async close(): Promise<void> {
    await this.#inLine(async () => {
      if (!this.#database.open) return;
      this.#log.settle();
      this.#database.close();
    });
  }

  /** Brings the schema up to date, each step in one transaction. */
  async migrate(): Promise<void> {
    if ((await whenFree(this.#file, () => this.#version())) === SCHEMA_VERSION) return;
    const { schemaSteps } = await import('./migrations');
    const steps = schemaSteps(this.dialect);
    await this.write(async () => this.#migrateFrom(steps, this.#version()));
  }

  #version(): number {
    return Number(this.#database.pragma('user_version', { simple: true }));
  }

  #migrateFrom(steps: readonly (readonly string[])[], version: number): void {
    if (version === 0 && this.#hasTables()) throw notALedger(this.#file);
    for (const [index, step] of steps.entries()) {
      if (index < version) continue;
      for (const statement of step) this.#database.exec(statement);
      this.#database.pragma(`user_version = ${index + 1}`);
    }
  }

  #hasTables(): boolean {
    return this.#database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() !== 0;
  }

  async #inLine<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isTaken) await new Promise<void>((enter) => this.#line.push(enter));
    this.#isTaken = true;
    try {
      return await work();
    } finally {
      // Handed on as it is: nobody can slip in between.
      const enter = this.#line.shift();
      if (enter === undefined) this.#isTaken = false;
      else enter();
    }
  }

  async #attempt<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const turns = this.#turns;
    let from = Date.now();
    let isLarge = false;
    try {
      const result = await this.#transaction(turns.begin(), async (connection) => {
        from = turns.take();
        const done = await work(connection);
        isLarge = this.#connection.isLarge;
        this.#log.set(isLarge || turns.hasWaited);
        return done;
      });
      turns.end(isLarge);
      return result;
    } finally {
      turns.leave(from);
    }
  }

  async #transaction<T>(begin: string, work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    try {
      this.#connection.execute(begin);
      const result = await work(this.#connection);
      this.#connection.execute('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#connection.clear();
    }
  }
}
