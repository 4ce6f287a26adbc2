import type { Statement } from 'better-sqlite3';
import { assert } from '../../core/errors';
import { type Question, type SqlConnection, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';
import type { Database } from './sqlite-engine';
import { isUniqueViolation } from './sqlite-errors';
import { RowsImage } from './sqlite-image';
import { Staging } from './sqlite-staging';

/** From so many rows on they are staged: fewer are written before a file for them is. */
const MANY = 200;
/** A file of rows that is longer than this is taken in before another is begun. */
const LONGEST_FILE = 64 * 1024 * 1024;
/** With so much in such files a transaction is a large one. */
const LARGE = 1024 * 1024;
/** Part of the one shape of statement that can take its rows from a table instead. */
const ONE_ROW = /\bVALUES\s*\(\?(?:,\s*\?)*\)/;

type Shape = 'objects' | 'column' | 'table';
type Statements = Readonly<Record<Shape, Map<string, Statement>>>;

/** The one connection to the file, with its prepared statements. */
export class SqliteConnection implements SqlConnection {
  readonly #database: Database;
  /** By how their rows are answered, then by their text. */
  readonly #statements = { objects: new Map(), column: new Map(), table: new Map() } as Statements;
  readonly #staging: Staging;
  /** Rows that were sent and not taken in yet: they are, before anything else is done. */
  #sent: { readonly sql: string; readonly width: number; readonly image: RowsImage } | undefined;
  /** The buffer of rows that were taken in, for the next ones. */
  #spare: Uint8Array | undefined;
  /** What taking them in failed of. */
  #failure: unknown;

  constructor(database: Database, file: string) {
    this.#database = database;
    this.#staging = new Staging(database, file);
  }

  /** Whether the transaction takes in rows by the ten thousand. */
  get isLarge(): boolean {
    return this.#staging.bytes >= LARGE;
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

  async tables(questions: readonly Question[]): Promise<readonly (readonly (readonly SqlValue[])[])[]> {
    return questions.map(([sql, params]) => this.#prepare(sql, 'table').all(...params) as SqlValue[][]);
  }

  async unmatched(sql: string, rows: Iterable<readonly SqlValue[]>): Promise<readonly number[]> {
    this.#takeIn();
    let image: RowsImage | undefined;
    let width = 0;
    for (const row of rows) {
      width = row.length;
      image ??= this.#newImage(width);
      assert(image.add(row), 'what is asked about is short');
    }
    if (image === undefined) return [];
    const statement = this.#database.prepare(missingIn(this.#attach(image, width), sql));
    return statement.pluck().all() as number[];
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    const statement = this.#prepare(sql);
    return keyed(() => statement.run(...params).changes);
  }

  /** What answers nothing, such as `COMMIT`. */
  execute(sql: string): void {
    this.#prepare(sql).run();
  }

  async bulk(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    this.#takeIn();
    const changes = this.#write(sql, rows);
    return changes + this.#takeIn();
  }

  send(sql: string, rows: readonly (readonly SqlValue[])[]): void {
    this.#write(sql, rows);
  }

  /** Forgets what was sent, and lets go of what was staged: the transaction has ended. */
  clear(): void {
    this.#sent = undefined;
    this.#failure = undefined;
    this.#staging.clear();
  }

  /** Answers how many rows changed so far. */
  #write(sql: string, rows: readonly (readonly SqlValue[])[]): number {
    if (rows.length === 0) return 0;
    const isStaged = rows.length >= MANY && this.#staging.hasRoom && ONE_ROW.test(sql);
    return isStaged ? this.#stage(sql, rows) : this.#runEach(sql, rows);
  }

  #runEach(sql: string, rows: readonly (readonly SqlValue[])[]): number {
    const statement = this.#prepare(sql);
    return keyed(() => {
      let changes = 0;
      // Spread out: the engine's binding reads an array value by value, at a third of the speed.
      for (const row of rows) changes += statement.run(...row).changes;
      return changes;
    });
  }

  #stage(sql: string, rows: readonly (readonly SqlValue[])[]): number {
    if (this.#sent?.sql !== sql) this.#takeIn();
    const width = rows[0]?.length ?? 0;
    this.#sent ??= { sql, width, image: this.#newImage(width) };
    const { image } = this.#sent;
    const odd = rows.findIndex((row) => !image.add(row));
    if (odd >= 0) return this.#takeIn() + this.#runEach(sql, rows.slice(odd));
    return image.length > LONGEST_FILE ? this.#takeIn() : 0;
  }

  #newImage(width: number): RowsImage {
    const image = new RowsImage(width, this.#spare);
    this.#spare = undefined;
    return image;
  }

  #attach(image: RowsImage, width: number): string {
    const table = this.#staging.attach(image, width);
    this.#spare = image.buffer;
    return table;
  }

  /** What fails half-way here stays half done: from then on everything fails, so that the transaction can't be committed. */
  #takeIn(): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#sent === undefined) return 0;
    const { sql, width, image } = this.#sent;
    this.#sent = undefined;
    try {
      const statement = this.#database.prepare(takingFrom(this.#attach(image, width), sql));
      return keyed(() => statement.run().changes);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #prepare(sql: string, shape: Shape = 'objects'): Statement {
    this.#takeIn();
    const known = this.#statements[shape];
    let statement = known.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      if (shape === 'column') statement.pluck();
      if (shape === 'table') statement.raw();
      known.set(sql, statement);
    }
    return statement;
  }
}

/**
 * The statement for one row as one for all rows of a table. `OR FAIL` spares the engine a copy of every page that the
 * statement touches, which is to undo the statement alone. Without the condition, what follows would be read as one of a
 * join.
 */
function takingFrom(table: string, sql: string): string {
  return sql.replace(ONE_ROW, `SELECT * FROM ${table} WHERE true`).replace('INSERT INTO', 'INSERT OR FAIL INTO');
}

/** The query with the values of one row as a query for the places of all rows of a table that it answers nothing for. */
function missingIn(table: string, sql: string): string {
  let column = 0;
  const one = sql.replace(/\?/g, () => `given.c${column++}`);
  return `SELECT given.rowid - 1 FROM ${table} AS given WHERE NOT EXISTS (${one})`;
}

function keyed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isUniqueViolation(error) ? new UniqueViolation('a key is taken', { cause: error }) : error;
  }
}
