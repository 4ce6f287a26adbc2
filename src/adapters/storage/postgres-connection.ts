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

/** One connection inside one transaction. */
export class PostgresConnection implements SqlConnection {
  readonly #client: pg.ClientBase;

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
    const { rows } = await this.#client.query<SqlValue[]>({
      ...prepared(sql),
      values: [...params],
      rowMode: 'array',
    });
    return rows;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return (await this.#query(sql, params)).rowCount ?? 0;
  }

  async bulk(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    if (rows.length === 1) return this.run(sql, rows[0]);
    let changed = 0;
    for (let i = 0; i < rows.length; i += BATCH) {
      const { text, values } = setBased(sql, rows.slice(i, i + BATCH));
      changed += (await guarded(() => this.#client.query(text, values))).rowCount ?? 0;
    }
    return changed;
  }

  #query(sql: string, params: readonly SqlValue[]): Promise<pg.QueryResult<SqlRow>> {
    return guarded(() => this.#client.query<SqlRow>({ ...prepared(sql), values: [...params] }));
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

async function guarded<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    throw isUniqueViolation(error) ? new UniqueViolation('a key is taken', { cause: error }) : error;
  }
}
