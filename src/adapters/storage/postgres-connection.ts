import type pg from 'pg';
import { isUniqueViolation } from './postgres-errors';
import { numbered, setBased } from './postgres-statements';
import { type SqlConnection, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';

/** Statements that the server keeps ready, by what was written. Lists of any length make many: not all are kept. */
const PREPARED = 300;
/** Rows that go up in one statement. */
const BATCH = 20_000;

/** The statements that were seen, with their numbers: one for all connections of a process. */
const known = new Map<string, { readonly text: string; readonly name: string | undefined }>();

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

  async all(sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return (await this.#query(sql, params)).rows;
  }

  async get(sql: string, params: readonly SqlValue[] = []): Promise<SqlRow | undefined> {
    return (await this.all(sql, params))[0];
  }

  async column(sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlValue[]> {
    return (await this.table(sql, params)).map((row) => row[0] ?? null);
  }

  async table(sql: string, params: readonly SqlValue[] = []): Promise<readonly (readonly SqlValue[])[]> {
    const query = { ...prepared(sql), values: [...params], rowMode: 'array' as const };
    return (await this.#guarded(this.#client.query<SqlValue[]>(query))).rows;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return (await this.#query(sql, params)).rowCount ?? 0;
  }

  async bulk(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    const counts = await Promise.all(this.#parts(sql, rows));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  send(sql: string, rows: readonly (readonly SqlValue[])[]): void {
    for (const part of this.#parts(sql, rows)) this.#keep(part);
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

  #parts(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number>[] {
    if (rows.length === 1) return [this.run(sql, rows[0])];
    const parts: Promise<number>[] = [];
    for (let i = 0; i < rows.length; i += BATCH) {
      const { text, values } = setBased(sql, rows.slice(i, i + BATCH));
      parts.push(this.#guarded(this.#client.query(text, values)).then(({ rowCount }) => rowCount ?? 0));
    }
    return parts;
  }

  #query(sql: string, params: readonly SqlValue[]): Promise<pg.QueryResult<SqlRow>> {
    return this.#guarded(this.#client.query<SqlRow>({ ...prepared(sql), values: [...params] }));
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

function prepared(sql: string): { text: string; name?: string } {
  let statement = known.get(sql);
  if (statement === undefined) {
    statement = { text: numbered(sql), name: known.size < PREPARED ? `wallet_${known.size}` : undefined };
    if (statement.name !== undefined) known.set(sql, statement);
  }
  return statement.name === undefined ? { text: statement.text } : { text: statement.text, name: statement.name };
}
