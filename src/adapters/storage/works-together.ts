import { WalletError } from '../../core/errors';
import type { Question, SqlConnection, SqlRow, SqlValue, Together, Work } from './sql-driver';

/** What several writes fail of in the same way as each by itself. */
const AWAY: ReadonlySet<string> = new Set(['ledger_unavailable', 'ledger_busy']);

/** What the works came to together; where that fails, each has to be done by itself. Throws where they would fare no better. */
export async function togetherOrAlone<T>(
  works: readonly Work<T>[],
  attempt: () => Promise<Together<T>>,
): Promise<Together<T>> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof WalletError && AWAY.has(error.code)) throw error;
    return works.map(() => undefined);
  }
}

/** Does the works one after another. Throws what one of them failed of once it had changed something. */
export async function doInTurn<T>(connection: SqlConnection, works: readonly Work<T>[]): Promise<Together<T>> {
  const done: ({ readonly result: T } | undefined)[] = [];
  for (const work of works) {
    const watched = new WatchedConnection(connection);
    try {
      done.push({ result: await work(watched) });
    } catch (error) {
      if (watched.hasChanged) throw error;
      done.push(undefined);
    }
  }
  return done;
}

/** A connection that knows whether it was asked to change anything. */
class WatchedConnection implements SqlConnection {
  hasChanged = false;
  readonly #connection: SqlConnection;

  constructor(connection: SqlConnection) {
    this.#connection = connection;
  }

  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#connection.all(sql, params);
  }

  get(sql: string, params?: readonly SqlValue[]): Promise<SqlRow | undefined> {
    return this.#connection.get(sql, params);
  }

  column(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlValue[]> {
    return this.#connection.column(sql, params);
  }

  table(sql: string, params?: readonly SqlValue[]): Promise<readonly (readonly SqlValue[])[]> {
    return this.#connection.table(sql, params);
  }

  tables(questions: readonly Question[]): Promise<readonly (readonly (readonly SqlValue[])[])[]> {
    return this.#connection.tables(questions);
  }

  unmatched(sql: string, rows: Iterable<readonly SqlValue[]>): Promise<readonly number[]> {
    return this.#connection.unmatched(sql, rows);
  }

  run(sql: string, params?: readonly SqlValue[]): Promise<number> {
    this.hasChanged = true;
    return this.#connection.run(sql, params);
  }

  bulk(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number> {
    this.hasChanged ||= rows.length > 0;
    return this.#connection.bulk(sql, rows);
  }

  send(sql: string, rows: readonly (readonly SqlValue[])[]): void {
    this.hasChanged ||= rows.length > 0;
    this.#connection.send(sql, rows);
  }
}
