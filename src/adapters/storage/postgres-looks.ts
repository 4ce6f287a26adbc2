import type { PostgresConnection } from './postgres-connection';
import { askedAtOnce } from './postgres-statements';
import type { SqlRow, SqlValue } from './sql-driver';

type Values = readonly SqlValue[];
type OnConnection = <T>(work: (connection: PostgresConnection) => Promise<T>) => Promise<T>;

interface Waiting {
  readonly params: Values;
  take(row: SqlRow | undefined): void;
  fail(error: unknown): void;
}

/**
 * Rows that many callers look up by themselves. While one look is under way those that come gather, and go out as one:
 * each of them sees the row as it stands after it was asked for.
 */
export class SharedLooks {
  readonly #run: OnConnection;
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(run: OnConnection) {
    this.#run = run;
  }

  ask(sql: string, params: Values): Promise<SqlRow | undefined> {
    return new Promise((take, fail) => {
      const waiting = this.#waiting.get(sql);
      if (waiting !== undefined) {
        waiting.push({ params, take, fail });
        return;
      }
      this.#waiting.set(sql, [{ params, take, fail }]);
      void this.#lookOn(sql);
    });
  }

  async #lookOn(sql: string): Promise<void> {
    for (let group = this.#waiting.get(sql); group !== undefined && group.length > 0; group = this.#waiting.get(sql)) {
      this.#waiting.set(sql, []);
      await this.#look(sql, group);
    }
    this.#waiting.delete(sql);
  }

  async #look(sql: string, group: readonly Waiting[]): Promise<void> {
    try {
      const different = new Map(group.map(({ params }) => [params.join(), params]));
      const rows = [...different.values()];
      const found = await this.#run((connection) => rowsOf(connection, sql, rows));
      const places = new Map([...different.keys()].map((key, at) => [key, at]));
      for (const { params, take } of group) take(found[places.get(params.join()) ?? 0]);
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}

/** The row that the query answers for each of the parameters. */
async function rowsOf(
  connection: PostgresConnection,
  sql: string,
  params: readonly Values[],
): Promise<readonly (SqlRow | undefined)[]> {
  if (params.length === 1) return [await connection.get(sql, params[0])];
  const { statement, values } = askedAtOnce(sql, params);
  const { rows, names } = await connection.ask(statement, values);
  const columns = names.slice(1);
  const found: (SqlRow | undefined)[] = params.map(() => undefined);
  for (const [at, ...row] of rows)
    found[Number(at)] = Object.fromEntries(columns.map((name, place) => [name, row[place] ?? null]));
  return found;
}
