import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Statement } from 'better-sqlite3';
import { WalletError } from '../../core/errors';
import { SCHEMA_VERSION } from './schema-version';
import { type SqlConnection, type SqlDriver, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';
import { sqliteDialect } from './sqlite-dialect';
import { type Database, openDatabase } from './sqlite-engine';
import { requireLog } from './sqlite-log';

/** How long a write waits for other writers before it gives up. */
const WAIT_MS = 10_000;
/** How long a writer that others wait for writes on before it lets them in. */
const TURN_MS = 3;
/** How long a writer that was met is taken to be still about. */
const REMEMBERED_MS = 1_000;
const OLDEST_SQLITE = [3, 51, 3] as const;

export interface SqliteOptions {
  readonly file: string;
  /** Whether the file, its folder and its schema may be made. Without it a missing file is `not_initialised`. */
  readonly create: boolean;
}

/**
 * Opens the embedded ledger: one file, write-ahead log, every commit synced. Throws `not_initialised`, `newer_schema`,
 * `ledger_unavailable`, `integrity_failure` where its log was removed, or `invalid_config` where the engine can't keep its promises.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqlDriver> {
  const fresh = !existsSync(options.file);
  if (fresh) prepareFile(options);
  else requireLog(options.file);
  const database = translate(options.file, () => openDatabase(options.file, { timeoutMs: 0 }));
  const driver = new SqliteDriver(database, options.file);
  try {
    if (fresh) chmodSync(options.file, 0o600);
    await whenFree(options.file, () => {
      if (!fresh) requireLedger(database, options);
      configure(database, fresh);
    });
    await driver.migrate();
  } catch (error) {
    await driver.close();
    throw error;
  }
  return driver;
}

function prepareFile(options: SqliteOptions): void {
  if (!options.create) {
    throw new WalletError('not_initialised', `there is no ledger at ${options.file}`, {
      why: 'a ledger is made by its first organisation',
      hint: 'wallet init --org NAME',
    });
  }
  translate(options.file, () => mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 }));
}

/** Looks at the file before anything is set in it: one that is no ledger of this wallet's is left as it is. */
function requireLedger(database: Database, options: SqliteOptions): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION) throw newerSchema(options.file, version);
  if (version > 0) return;
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (tables !== 0 || !options.create) throw notALedger(options.file);
}

/** Writes touch pages all over the indexes; what reads by the million reads them in order, and is to stay small. */
const ROOM_FOR_WRITES = 'PRAGMA cache_size = -65536';

// Without recursive triggers, INSERT OR REPLACE removes rows without asking the triggers that guard them.
const SETTINGS = `PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
  PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192;`;

/** Sets what every connection needs, and reads back what money depends on. */
function configure(database: Database, fresh: boolean): void {
  const set = (pragma: string) => database.pragma(pragma, { simple: true });
  if (fresh || set('journal_mode') !== 'wal') set('journal_mode = WAL');
  database.exec(SETTINGS);
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get()).split('.').map(Number);
  const kept = set('synchronous') === 2 && set('foreign_keys') === 1 && set('recursive_triggers') === 1;
  if (kept && isAtLeast(version, OLDEST_SQLITE)) return;
  throw new WalletError('invalid_config', 'the database engine can not keep the ledger safe', {
    why: `it is SQLite ${version.join('.')}, and did not accept the settings that money needs`,
    hint: 'npm ci',
  });
}

function isAtLeast(version: readonly number[], oldest: readonly number[]): boolean {
  for (const [i, part] of oldest.entries()) {
    const difference = (version[i] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

class SqliteDriver implements SqlDriver {
  readonly dialect = sqliteDialect;
  readonly #database: Database;
  readonly #file: string;
  readonly #connection: SqliteConnection;
  #hasRoom = false;
  /** When another writer was last in the way, and since when this one has had its way. */
  #metOthers = Number.NEGATIVE_INFINITY;
  #turnFrom = 0;
  #isWaiting = false;
  /** The last piece of work in line: one connection does one transaction at a time. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(database: Database, file: string) {
    this.#database = database;
    this.#file = file;
    this.#connection = new SqliteConnection(database);
  }

  look(sql: string, params: readonly SqlValue[]): Promise<SqlRow | undefined> {
    return this.#inLine(() => whenFree(this.#file, () => this.#connection.get(sql, params)));
  }

  read<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    return this.#inLine(() => this.#transaction('BEGIN', work));
  }

  write<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    if (!this.#hasRoom) this.#database.exec(ROOM_FOR_WRITES);
    this.#hasRoom = true;
    return this.#inLine(async () => {
      await this.#giveWay();
      return this.#transaction('BEGIN IMMEDIATE', work);
    });
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
    await this.#line.catch(() => undefined);
    if (this.#database.open) this.#database.close();
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

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work, work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Lets other writers in, where there are some. They sleep between their tries, so whoever has just written and writes
   * on at once would find the ledger free again and again, and they almost never.
   */
  async #giveWay(): Promise<void> {
    const now = Date.now();
    if (now - this.#metOthers > REMEMBERED_MS || now - this.#turnFrom < TURN_MS) return;
    await pause();
    this.#turnFrom = Date.now();
  }

  #meetOthers(): void {
    this.#metOthers = Date.now();
    this.#isWaiting = true;
  }

  /** The ledger is this process's: its turn begins where it had to wait for it. */
  #takeTurn(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#turnFrom = Date.now();
  }

  #transaction<T>(begin: string, work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const attempt = async () => {
      try {
        this.#connection.execute(begin);
        this.#takeTurn();
        const result = await work(this.#connection);
        this.#connection.execute('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    };
    return whenFree(this.#file, attempt, () => this.#meetOthers());
  }
}

class SqliteConnection implements SqlConnection {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  async all(sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#prepare(sql).all(...params) as SqlRow[];
  }

  async get(sql: string, params: readonly SqlValue[] = []): Promise<SqlRow | undefined> {
    return this.#prepare(sql).get(...params) as SqlRow | undefined;
  }

  async column(sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlValue[]> {
    return this.#prepare(sql, 'column').all(...params) as SqlValue[];
  }

  async table(sql: string, params: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    return this.#prepare(sql, 'table').all(...params) as SqlValue[][];
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    try {
      return this.#prepare(sql).run(...params).changes;
    } catch (error) {
      throw isUniqueViolation(error) ? new UniqueViolation('a key is taken', { cause: error }) : error;
    }
  }

  /** What answers nothing, such as `COMMIT`. */
  execute(sql: string): void {
    this.#prepare(sql).run();
  }

  async bulk(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    if (rows.length === 0) return 0;
    const statement = this.#prepare(sql);
    let changes = 0;
    try {
      // Spread out: the engine's binding reads an array value by value, at a third of the speed.
      for (const row of rows) changes += statement.run(...row).changes;
      return changes;
    } catch (error) {
      throw isUniqueViolation(error) ? new UniqueViolation('a key is taken', { cause: error }) : error;
    }
  }

  async send(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    await this.bulk(sql, rows);
  }

  #prepare(sql: string, shape: 'objects' | 'column' | 'table' = 'objects'): Statement {
    const key = shape === 'objects' ? sql : `${shape} ${sql}`;
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (shape === 'column') statement.pluck();
      if (shape === 'table') statement.raw();
      this.#statements.set(key, statement);
    }
    return statement;
  }
}

/** Does what may meet another process that opens, recovers or closes the file at this moment, for as long as a write would. */
async function whenFree<T>(file: string, work: () => T | Promise<T>, onBusy?: () => void): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw translated(file, error);
      if (Date.now() > deadline) throw busy(error);
    }
    onBusy?.();
    await pause();
  }
}

/** A short random wait is fair to other processes; the engine's own busy handler starves one of them. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 3));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY') || codeOf(error).startsWith('SQLITE_LOCKED');
}

function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_CONSTRAINT_UNIQUE' || codeOf(error) === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

function translate<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isBusy(error) ? busy(error) : translated(file, error);
  }
}

/** The engine's own failures in the product's words. Anything unknown stays what it is: a bug to be seen. */
function translated(file: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_NOTADB') return notALedger(file, error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(file, error);
  if (
    /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|NOMEM)/.test(code) ||
    /^E(ACCES|PERM|ROFS|NOSPC|MFILE|NOTDIR|EXIST|ISDIR)$/.test(code)
  ) {
    return new WalletError('ledger_unavailable', `the ledger ${file} can not be used`, {
      why: error instanceof Error ? error.message : code,
      hint: 'check the disk, the file and its permissions; nothing was half done, and it is safe to run again',
      cause: error,
    });
  }
  return error;
}

function busy(cause: unknown): WalletError {
  return new WalletError('ledger_busy', 'the ledger is busy', {
    why: `other programs kept it locked for ${WAIT_MS / 1000} seconds; nothing was changed`,
    hint: 'run the command again',
    cause,
  });
}

function newerSchema(file: string, version: number): WalletError {
  return new WalletError('newer_schema', `the ledger ${file} was made by a newer wallet`, {
    why: `it has schema ${version}, and this wallet knows ${SCHEMA_VERSION}`,
    hint: 'update wallet',
  });
}

function notALedger(file: string, cause?: unknown): WalletError {
  return new WalletError('invalid_value', `${file} is not a wallet ledger`, {
    why: 'the file is something else, and was left as it is',
    hint: 'name another file with --ledger PATH, or restore a backup: wallet restore FILE --force',
    cause,
  });
}

function corrupt(file: string, cause: unknown): WalletError {
  return new WalletError('integrity_failure', `the ledger file ${file} is damaged`, {
    why: 'the database engine found a page that it can not read; nothing was changed',
    hint: 'copy the file away and restore the newest backup: wallet restore FILE',
    cause,
  });
}
