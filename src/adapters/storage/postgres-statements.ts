import { type Bound, type ElementType, toArray } from './postgres-arrays';
import type { SqlValue } from './sql-driver';

/** A statement as it is sent, with its name where the server keeps it ready. */
export interface Statement {
  readonly text: string;
  readonly name?: string;
}

type Rows = readonly (readonly SqlValue[])[];

/** Statements that the server keeps ready, by what was written. Not all are kept: lists of any length make many. */
const PREPARED = 300;

/** The statements that were seen, with their numbers: one for all connections of a process. */
const known = new Map<string, Statement>();

/** The statement as PostgreSQL writes it: its placeholders are numbered. No statement of ours has a question mark in a literal. */
export function prepared(sql: string): Statement {
  return known.get(sql) ?? keep(sql, numbered(sql));
}

function keep(key: string, text: string): Statement {
  if (known.size >= PREPARED) return { text };
  const statement = { text, name: `wallet_${known.size}` };
  known.set(key, statement);
  return statement;
}

/** Where a query ends in a list of values, all but the list. Lists of every length are one statement. */
export function listOf(sql: string, params: readonly SqlValue[]): { head: string; count: number } | undefined {
  if (!sql.endsWith('?)')) return undefined;
  const at = sql.lastIndexOf(' IN (');
  return at === -1 ? undefined : { head: sql.slice(0, at), count: params.length - placesIn(sql.slice(0, at)) };
}

/** A query for any of a list of values, however long it is. */
export function anyOf(
  head: string,
  params: readonly SqlValue[],
  count: number,
): { statement: Statement; values: Bound[] } {
  const [fixed, list] = [params.slice(0, -count), params.slice(-count)];
  const type = typeof list[0] === 'number' ? 'bigint' : 'text';
  const sql = `${head} = ANY(?::${type}[])`;
  return {
    statement: prepared(sql),
    values: [
      ...fixed,
      toArray(
        list.map((value) => [value]),
        0,
        type,
      ),
    ],
  };
}

function placesIn(sql: string): number {
  return sql.split('?').length - 1;
}

function numbered(sql: string): string {
  let place = 0;
  return sql.replace(/\?/g, () => {
    place += 1;
    return `$${place}`;
  });
}

/** The columns that have had one value in all rows of each run of a statement, by what was written. */
const uniform = new Map<string, ReadonlySet<number>>();

/**
 * A statement for one row, as one for all rows at once: its question marks become columns of arrays that are unrolled, or
 * one value for all rows where they never differed so far. So of one statement there are a few at most.
 * Knows the two shapes that are run in bulk: `INSERT … VALUES (?, …)` and `UPDATE … SET … WHERE …`.
 */
export function setBased(sql: string, rows: Rows): { statement: Statement; values: Bound[] } {
  const { key, values, columns, unrolled } = unroll(rows, uniformIn(sql, rows));
  const write = () => {
    const filled = fill(sql, columns);
    return /^\s*INSERT/.test(sql)
      ? filled.replace(/VALUES\s*\(([^)]*)\)/, (_, list: string) => `SELECT ${list} FROM ${unrolled()}`)
      : filled.replace(/\bWHERE\b/, () => `FROM ${unrolled()} WHERE`);
  };
  return { statement: known.get(`${key} ${sql}`) ?? keep(`${key} ${sql}`, write()), values };
}

function uniformIn(sql: string, rows: Rows): ReadonlySet<number> {
  const [first = []] = rows;
  const before = uniform.get(sql) ?? new Set(first.keys());
  const still = [...before].filter((at) => rows.every((row) => row[at] === first[at]));
  if (still.length === before.size) return before;
  const left = new Set(still);
  uniform.set(sql, left);
  return left;
}

/** Whether `askedAtOnce` can be asked: no bound of a page may differ from row to row. */
export function canBeAskedAtOnce(sql: string): boolean {
  return /^\s*SELECT/.test(sql) && !/LIMIT \?/.test(sql);
}

/**
 * A query for one row of parameters, as one for all of them: what each answers follows its number, in their order.
 * What is locked is locked in that order too, and what others have locked is passed over.
 */
export function askedAtOnce(sql: string, rows: Rows): { statement: Statement; values: Bound[] } {
  const numberedRows = rows.map((row, at) => [at, ...row]);
  const { key, values, columns, unrolled } = unroll(numberedRows);
  const write = () => {
    // `OFFSET 0` keeps the planner from taking it apart: it is looked up by its key, once for each row.
    const each = `${fill(sql, columns.slice(1))} ${/FOR UPDATE$/.test(sql) ? 'SKIP LOCKED' : 'OFFSET 0'}`;
    return `SELECT u.c1, q.* FROM ${unrolled()}, LATERAL (${each}) AS q`;
  };
  return { statement: known.get(`${key} ${sql}`) ?? keep(`${key} ${sql}`, write()), values };
}

function fill(sql: string, columns: readonly string[]): string {
  let place = 0;
  return sql.replace(/\?/g, () => columns[place++] ?? 'NULL');
}

interface Unrolled {
  readonly key: string;
  readonly values: Bound[];
  readonly columns: readonly string[];
  readonly unrolled: () => string;
}

/**
 * Rows as one array a column, or one value where the column is `uniform`, and how a statement names them. What it says
 * depends on that and on the types of the columns alone.
 */
function unroll(rows: Rows, uniform?: ReadonlySet<number>): Unrolled {
  const values: Bound[] = [];
  const arrays: (readonly [place: number, type: ElementType])[] = [];
  const columns = (rows[0] ?? []).map((first, at) => {
    const sample = first ?? rows.find((row) => row[at] !== null)?.[at];
    // A column without a value is a plain NULL, which is of any type.
    if (sample === undefined || sample === null) return 'NULL';
    const type = typeof sample === 'number' ? 'bigint' : 'text';
    const place = values.length + 1;
    if (uniform?.has(at)) {
      values.push(sample);
      return `$${place}::${type}`;
    }
    values.push(toArray(rows, at, type));
    arrays.push([place, type]);
    return `u.c${place}`;
  });
  // One has to be unrolled, or there would be one row only.
  if (uniform !== undefined && arrays.length === 0) return unroll(rows);
  // In a list of columns, where they are unrolled in step: as a table they would be copied into one first.
  const unrolled = () =>
    `(SELECT ${arrays.map(([place, type]) => `unnest($${place}::${type}[]) AS c${place}`).join(', ')}) AS u`;
  return { key: `${columns.join()} ${arrays.join()}`, values, columns, unrolled };
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
