import type { SqlConnection, SqlRow, SqlValue } from './sql-driver';

/** Values in one `IN (…)`: well under every engine's limit on parameters. */
const IN_LIST = 500;

/** The rows of an organisation, as `table` answers them, where the column that the statement ends in has one of the values. */
export async function tableIn(
  connection: SqlConnection,
  org: number,
  sql: string,
  values: readonly SqlValue[],
): Promise<readonly (readonly SqlValue[])[]> {
  if (values.length === 0) return [];
  if (values.length <= IN_LIST) return connection.table(`${sql} (${placesOf(values)})`, [org, ...values]);
  const rows: (readonly SqlValue[])[] = [];
  for (let i = 0; i < values.length; i += IN_LIST) {
    const part = values.slice(i, i + IN_LIST);
    const found = await connection.table(`${sql} (${placesOf(part)})`, [org, ...part]);
    for (const row of found) rows.push(row);
  }
  return rows;
}

/** The same, as `all` answers them. */
export async function allIn(
  connection: SqlConnection,
  org: number,
  sql: string,
  values: readonly SqlValue[],
): Promise<SqlRow[]> {
  const rows: SqlRow[] = [];
  for (let i = 0; i < values.length; i += IN_LIST) {
    const part = values.slice(i, i + IN_LIST);
    rows.push(...(await connection.all(`${sql} (${placesOf(part)})`, [org, ...part])));
  }
  return rows;
}

function placesOf(values: readonly SqlValue[]): string {
  return values.length === 1 ? '?' : values.map(() => '?').join(', ');
}
