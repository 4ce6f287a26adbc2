import pg from 'pg';
import type { SqlValue } from './sql-driver';

type Rows = readonly (readonly SqlValue[])[];

/** Fewer rows than this go up sooner in a statement that the server keeps ready. */
const MANY = 200;
/** `INSERT` with nothing that a row may meet, and one question mark a column. */
const PLAIN = /^\s*INSERT INTO (\w+) \(([^)]*)\)\s*VALUES \([?, ]*\)\s*$/;
const UNSAFE = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What pg's connection has for `COPY`, and its types leave out. */
interface CopyingConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** How the rows of an insert go up as a stream: the table and its columns. Undefined where they can not. */
export function copyOf(sql: string, rows: Rows): string | undefined {
  const [, table, columns] = rows.length < MANY ? [] : (PLAIN.exec(sql) ?? []);
  return table === undefined ? undefined : `COPY ${table} (${columns}) FROM STDIN`;
}

/**
 * Sends the rows behind the statement, without waiting for the server to ask for them: where it refuses the statement it
 * passes them over. Answers how many were written.
 */
export function copyIn(client: pg.ClientBase, statement: string, rows: Rows): Promise<number> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query(statement, (error, result) => {
      if (error) reject(error);
      else resolve(result.rowCount ?? 0);
    });
    query.submit = (connection) => {
      const copying = connection as CopyingConnection;
      copying.query(statement);
      copying.sendCopyFromChunk(Buffer.from(textOf(rows)));
      copying.endCopyFrom();
    };
    // It asks for what is on its way.
    Object.assign(query, { handleCopyInResponse: () => undefined });
    client.query(query);
  });
}

/** The rows as PostgreSQL reads them: a line for each, with tabs between the values. */
function textOf(rows: Rows): string {
  let text = '';
  for (const row of rows) {
    let line = '';
    for (let at = 0; at < row.length; at += 1) {
      const value = row[at] ?? null;
      if (at > 0) line += '\t';
      if (value === null) line += '\\N';
      else if (typeof value === 'string' && UNSAFE.test(value))
        line += value.replace(/[\\\n\r\t]/g, (char) => ESCAPES[char] ?? char);
      else line += value;
    }
    text += `${line}\n`;
  }
  return text;
}
