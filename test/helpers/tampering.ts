import type { Database } from '../../src/adapters/storage/sqlite-engine';

export type Row = Readonly<Record<string, string | number | null>>;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

/** A change of one row by hand, and the way back. */
export interface Edit {
  readonly title: string;
  /** The row before, and (unless it was removed) after. */
  readonly rows: readonly Row[];
  make(): void;
  undo(): void;
}

/** Edits as somebody makes them who knows the schema: triggers are taken away and put back, checks are switched off. */
export class Tamperer {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.pragma('foreign_keys = OFF');
    database.pragma('ignore_check_constraints = ON');
  }

  rows(table: string): readonly Row[] {
    return this.#database.prepare(`SELECT * FROM ${table}`).all() as Row[];
  }

  /** Runs work on the table as if nothing guarded it, and leaves the guards as they were. */
  unguarded(table: string, work: (database: Database) => void): void {
    const sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?";
    const triggers = this.#database.prepare(sql).all(table) as { name: string; sql: string }[];
    this.#database.exec('SAVEPOINT unguarded');
    try {
      for (const trigger of triggers) this.#database.exec(`DROP TRIGGER ${trigger.name}`);
      work(this.#database);
      for (const trigger of triggers) this.#database.exec(trigger.sql);
    } catch (error) {
      this.#database.exec('ROLLBACK TO unguarded');
      throw error;
    } finally {
      this.#database.exec('RELEASE unguarded');
    }
  }

  /** Puts the rows back as they were, whatever became of them. */
  restore(table: string, rows: readonly Row[]): void {
    this.unguarded(table, (db) => {
      db.exec(`DELETE FROM ${table}`);
      for (const row of rows) {
        const names = Object.keys(row);
        db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(
          Object.values(row),
        );
      }
    });
  }

  /** Each column of the first and the last row, changed to something near; and where it can be, to nothing. */
  everyColumn(table: string): Edit[] {
    const columns = this.#columns(table);
    const rows = this.rows(table);
    const ends = [...new Set([rows.at(0), rows.at(-1)])].filter((row) => row !== undefined);
    return ends.flatMap((row) =>
      columns.flatMap((column) =>
        near(row[column.name] ?? null, column).map((value) => this.#change(table, row, column.name, value)),
      ),
    );
  }

  /** A row of any table: what is given, and something in every other column. */
  madeUp(table: string, given: Row): Row {
    const columns = this.#columns(table).map(({ name, type }) => [name, type === 'INTEGER' ? 1 : 'null']);
    return { ...Object.fromEntries(columns), ...given };
  }

  remove(table: string, row: Row): Edit {
    return {
      title: `${table} ${this.#nameOf(table, row)} removed`,
      rows: [row],
      make: () => this.#write(table, row, undefined),
      undo: () => this.#write(table, undefined, row),
    };
  }

  insert(table: string, row: Row): Edit {
    return {
      title: `${table} ${this.#nameOf(table, row)} put in`,
      rows: [row],
      make: () => this.#write(table, undefined, row),
      undo: () => this.#write(table, row, undefined),
    };
  }

  #change(table: string, row: Row, column: string, value: string | number | null): Edit {
    const next = { ...row, [column]: value };
    return {
      title: `${table} ${this.#nameOf(table, row)}: ${column} ${row[column]} made ${value}`,
      rows: [row, next],
      make: () => this.#write(table, row, next),
      undo: () => this.#write(table, next, row),
    };
  }

  #write(table: string, from: Row | undefined, to: Row | undefined): void {
    this.unguarded(table, (database) => {
      if (from !== undefined) {
        const keys = this.#keys(table);
        const sql = `DELETE FROM ${table} WHERE ${keys.map((key) => `${key} = ?`).join(' AND ')}`;
        if (database.prepare(sql).run(keys.map((key) => from[key])).changes !== 1)
          throw new Error(`${table}: no such row`);
      }
      if (to === undefined) return;
      const names = Object.keys(to);
      const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      database.prepare(sql).run(Object.values(to));
    });
  }

  #columns(table: string): readonly Column[] {
    return this.#database.pragma(`table_info(${table})`) as Column[];
  }

  #keys(table: string): readonly string[] {
    return this.#columns(table).flatMap((column) => (column.pk > 0 ? [column.name] : []));
  }

  #nameOf(table: string, row: Row): string {
    return this.#keys(table)
      .map((key) => String(row[key]))
      .join('/');
  }
}

function near(value: string | number | null, column: Column): readonly (string | number | null)[] {
  const other = column.type === 'INTEGER' ? (typeof value === 'number' ? value + 1_000 : 1) : `${value ?? ''}x`;
  return column.notnull === 0 && value !== null ? [other, null] : [other];
}
