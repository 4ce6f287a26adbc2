import type { Statement } from 'better-sqlite3';
import { type SqlConnection, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';
import type { Database } from './sqlite-engine';
import { isUniqueViolation } from './sqlite-errors';

/** The one connection to the file, with its prepared statements. */
export class SqliteConnection implements SqlConnection {
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
    return this.#runAll(sql, rows);
  }

  send(sql: string, rows: readonly (readonly SqlValue[])[]): void {
    this.#runAll(sql, rows);
  }

  #runAll(sql: string, rows: readonly (readonly SqlValue[])[]): number {
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
