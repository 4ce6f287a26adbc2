import type pg from 'pg';
import type { Bound } from './postgres-arrays';
import { copyIn, copyOf } from './postgres-copy';
import { isUniqueViolation } from './postgres-errors';
import { anyOf, askedAtOnce, listOf, prepared, type Statement, setBased } from './postgres-statements';
import { type Answer, Trip } from './postgres-trip';
import { type Question, type SqlConnection, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';

/** Rows that go up in one statement. */
const BATCH = 20_000;

type Values = readonly SqlValue[];

/**
 * One connection inside one transaction. What is asked in one turn of the program goes out as one trip, without waiting
 * for the answers to what went before: the server takes it in order, and once something has failed it refuses all that
 * follows.
 */
export class PostgresConnection implements SqlConnection {
  readonly #client: pg.ClientBase;
  /** What failed first: the refusals after it say nothing. */
  #failure: unknown;
  /** What was sent and not asked about. */
  #sent: Promise<unknown>[] = [];
  /** What goes out next. */
  #trip: Trip | undefined;
  #isOver = false;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  get failure(): unknown {
    return this.#failure;
  }

  async all(sql: string, params: Values = []): Promise<readonly SqlRow[]> {
    const { statement, values } = queryOf(sql, params);
    const { names, rows } = await this.ask(statement, values);
    return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
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
    return (await this.ask(prepared(sql), params)).count;
  }

  async bulk(sql: string, rows: readonly Values[]): Promise<number> {
    const counts = await Promise.all(this.#parts(sql, rows));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  send(sql: string, rows: readonly Values[]): void {
    for (const part of this.#parts(sql, rows)) this.#keep(part);
  }

  /** Asks with a statement that is written as PostgreSQL has it. */
  ask(statement: Statement, values: readonly Bound[]): Promise<Answer> {
    if (this.#isOver) return Promise.reject(new TransactionOver());
    if (this.#trip === undefined) {
      this.#trip = new Trip(this.#client);
      process.nextTick(() => this.flush());
    }
    const answer = this.#guarded(this.#trip.add(statement, values));
    if (this.#trip.isFull) this.flush();
    return answer;
  }

  /** Sends a statement that belongs to the transaction itself. Answers what the server says that it did. */
  control(sql: string): Promise<string> {
    const sent = this.ask(prepared(sql), []).then(({ command }) => command);
    this.#keep(sent);
    return sent;
  }

  /** Sends at once what would go out at the end of the turn. */
  flush(): void {
    const trip = this.#trip;
    this.#trip = undefined;
    trip?.depart();
  }

  /** The transaction is over: what was not sent stays away, or it would be done outside of it. */
  end(): void {
    this.#isOver = true;
    this.#trip?.cancel(new TransactionOver());
    this.#trip = undefined;
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
    if (copy !== undefined) {
      if (this.#isOver) throw new TransactionOver();
      this.flush();
      return [this.#guarded(copyIn(this.#client, copy, rows))];
    }
    for (let i = 0; i < rows.length; i += BATCH) {
      const { statement, values } = setBased(sql, rows.slice(i, i + BATCH));
      parts.push(this.ask(statement, values).then(({ count }) => count));
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

/** What comes too late for its transaction: whoever began it has gone on without. */
class TransactionOver extends Error {
  override readonly message = 'the transaction is over';
}

function queryOf(sql: string, params: Values): { statement: Statement; values: readonly Bound[] } {
  const list = listOf(sql, params);
  if (list !== undefined) return anyOf(list.head, params, list.count);
  return { statement: prepared(sql), values: params };
}
