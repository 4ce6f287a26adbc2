import type pg from 'pg';
import { copyIn, copyOf } from './postgres-copy';
import { isUniqueViolation } from './postgres-errors';
import { anyOf, askedAtOnce, listOf, prepared, type Statement, setBased } from './postgres-statements';
import { type Question, type SqlConnection, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';

/** Rows that go up in one statement. */
const BATCH = 20_000;

type Values = readonly SqlValue[];

/**
 * One connection inside one transaction. Statements go out as they come, without waiting for the answers to those before
 * them: the server takes them in order, and once one has failed it refuses all that follow.
 */
export class PostgresConnection implements SqlConnection {
  readonly #client: pg.ClientBase;
  /** What failed first: the refusals after it say nothing. */
  #failure: unknown;
  /** What was sent and not asked about. */
  #sent: Promise<unknown>[] = [];

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async all(sql: string, params: Values = []): Promise<readonly SqlRow[]> {
    const { statement, values } = queryOf(sql, params);
    return (await this.#guarded(this.#client.query<SqlRow>({ ...statement, values }))).rows;
  }

  async get(sql: string, params: Values = []): Promise<SqlRow | undefined> {
    return (await this.all(sql, params))[0];
  }

  async column(sql: string, params: Values = []): Promise<readonly SqlValue[]> {
    return (await this.table(sql, params)).map((row) => row[0] ?? null);
  }

  async table(sql: string, params: Values = []): Promise<readonly Values[]> {
    const { statement, values } = queryOf(sql, params);
    return (await this.ask(statement, values)).rows;
  }

  tables(questions: readonly Question[]): Promise<(readonly Values[])[]> {
    return Promise.all(questions.map(([sql, params]) => this.table(sql, params)));
  }

  async unmatched(sql: string, rows: Iterable<Values>): Promise<readonly number[]> {
    const all = [...rows];
    const matched = new Set<number>();
    for (let first = 0; first < all.length; first += BATCH) {
      const { statement, values } = askedAtOnce(sql, all.slice(first, first + BATCH));
      for (const [place] of (await this.ask(statement, values)).rows) matched.add(first + Number(place));
    }
    return [...all.keys()].filter((place) => !matched.has(place));
  }

  async run(sql: string, params: Values = []): Promise<number> {
    const query = { ...prepared(sql), values: [...params] };
    return (await this.#guarded(this.#client.query(query))).rowCount ?? 0;
  }

  async bulk(sql: string, rows: readonly Values[]): Promise<number> {
    const counts = await Promise.all(this.#parts(sql, rows));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  send(sql: string, rows: readonly Values[]): void {
    for (const part of this.#parts(sql, rows)) this.#keep(part);
  }

  /** Asks with a statement that is written as PostgreSQL has it. */
  ask(statement: Statement, values: readonly SqlValue[]): Promise<pg.QueryArrayResult<SqlValue[]>> {
    return this.#guarded(this.#client.query<SqlValue[]>({ ...statement, values: [...values], rowMode: 'array' }));
  }

  /** Sends a statement that belongs to the transaction itself. */
  control(sql: string): void {
    this.#keep(this.#guarded(this.#client.query(sql)));
  }

  /** Waits for everything that was sent. Throws what failed first. */
  async settled(): Promise<void> {
    const sent = this.#sent;
    this.#sent = [];
    await Promise.all(sent);
  }

  #keep(sent: Promise<unknown>): void {
    sent.catch(() => undefined); // `settled` tells
    this.#sent.push(sent);
  }

  #parts(sql: string, rows: readonly Values[]): Promise<number>[] {
    if (rows.length === 1) return [this.run(sql, rows[0])];
    const parts: Promise<number>[] = [];
    const copy = copyOf(sql, rows);
    if (copy !== undefined) return [this.#guarded(copyIn(this.#client, copy, rows))];
    for (let i = 0; i < rows.length; i += BATCH) {
      const { statement, values } = setBased(sql, rows.slice(i, i + BATCH));
      const query = this.#client.query({ ...statement, values });
      parts.push(this.#guarded(query).then(({ rowCount }) => rowCount ?? 0));
    }
    return parts;
  }

  async #guarded<T>(query: Promise<T>): Promise<T> {
    try {
      return await query;
    } catch (error) {
      this.#failure ??= isUniqueViolation(error) ? new UniqueViolation('a key is taken', { cause: error }) : error;
      throw this.#failure;
    }
  }
}

function queryOf(sql: string, params: Values): { statement: Statement; values: SqlValue[] } {
  const list = listOf(sql, params);
  if (list !== undefined) return anyOf(list.head, params, list.count);
  return { statement: prepared(sql), values: [...params] };
}
