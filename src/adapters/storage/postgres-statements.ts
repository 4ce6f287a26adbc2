import type { SqlValue } from './sql-driver';

/** PostgreSQL numbers its placeholders. No statement of ours has a question mark in a literal. */
export function numbered(sql: string): string {
  let place = 0;
  return sql.replace(/\?/g, () => {
    place += 1;
    return `$${place}`;
  });
}

/**
 * A statement for one row, as one for all rows at once: its question marks become columns of arrays that are unrolled.
 * Knows the two shapes that are run in bulk: `INSERT … VALUES (?, …)` and `UPDATE … SET … WHERE …`.
 */
export function setBased(sql: string, rows: readonly (readonly SqlValue[])[]): { text: string; values: string[] } {
  const values: string[] = [];
  const types: string[] = [];
  const columns = (rows[0] ?? []).map((_, at) => {
    const sample = rows.find((row) => row[at] !== null)?.[at];
    // A column without a value is a plain NULL, which is of any type.
    if (sample === undefined || sample === null) return 'NULL';
    values.push(toArray(rows, at));
    types.push(`$${values.length}::${typeof sample === 'number' ? 'bigint' : 'text'}[]`);
    return `u.c${values.length}`;
  });
  const names = types.map((_, at) => `c${at + 1}`).join(', ');
  const unrolled = `unnest(${types.join(', ')}) AS u(${names})`;
  let place = 0;
  const filled = sql.replace(/\?/g, () => columns[place++] ?? 'NULL');
  const text = /^\s*INSERT/.test(sql)
    ? filled.replace(/VALUES\s*\(([^)]*)\)/, (_, list: string) => `SELECT ${list} FROM ${unrolled}`)
    : filled.replace(/\bWHERE\b/, () => `FROM ${unrolled} WHERE`);
  return { text, values };
}

/** One column of the rows as PostgreSQL writes an array. */
function toArray(rows: readonly (readonly SqlValue[])[], at: number): string {
  const items = rows.map((row) => {
    const value = row[at] ?? null;
    if (value === null) return 'NULL';
    return typeof value === 'number' ? String(value) : `"${value.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

/** The types that our statements answer, by the numbers that PostgreSQL gives them. */
const BOOLEAN = 16;
const WHOLE: readonly number[] = [20, 21, 23, 1700];

/** How values come back: whole numbers as safe integers, which is checked; truth as 1 or 0. */
export const TYPES = {
  getTypeParser(oid: number): (text: string) => SqlValue {
    if (oid === BOOLEAN) return (text) => (text === 't' ? 1 : 0);
    if (WHOLE.includes(oid)) return toInteger;
    return (text) => text;
  },
};

function toInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new Error(`the database answered ${text}, which is no safe integer`);
}
