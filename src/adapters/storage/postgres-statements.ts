import { type Bound, toArray } from './postgres-arrays';
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

/** What is known of a statement that is run for many rows. */
interface Kind {
  /** By the place of each column: whether it has had one value in all rows of every run so far. */
  readonly isUniform: boolean[];
  readonly statements: Map<string, Statement>;
}

const kinds = new Map<string, Kind>();

/**
 * A statement for one row, as one for all rows at once: its question marks become columns of arrays that are unrolled, or
 * one value for all rows where they never differed so far. So of one statement there are a few at most.
 * Knows the two shapes that are run in bulk: `INSERT … VALUES (?, …)` and `UPDATE … SET … WHERE …`.
 */
export function setBased(sql: string, rows: Rows): { statement: Statement; values: Bound[] } {
  const kind = kindOf(sql, rows);
  const { shape, values } = unroll(rows, kind.isUniform);
  const known = kind.statements.get(shape);
  if (known !== undefined) return { statement: known, values };
  const { columns, source } = named(shape);
  const filled = fill(sql, columns);
  const text = /^\s*INSERT/.test(sql)
    ? filled.replace(/VALUES\s*\(([^)]*)\)/, (_, list: string) => `SELECT ${list} FROM ${source}`)
    : filled.replace(/\bWHERE\b/, () => `FROM ${source} WHERE`);
  const statement = keep(`${shape} ${sql}`, text);
  kind.statements.set(shape, statement);
  return { statement, values };
}

function kindOf(sql: string, rows: Rows): Kind {
  const [first = []] = rows;
  let kind = kinds.get(sql);
  if (kind === undefined) {
    kind = { isUniform: first.map(() => true), statements: new Map() };
    kinds.set(sql, kind);
  }
  const { isUniform } = kind;
  for (let at = 0; at < first.length; at += 1) if (isUniform[at] && hasTwo(rows, at)) isUniform[at] = false;
  return kind;
}

function hasTwo(rows: Rows, at: number): boolean {
  const first = rows[0]?.[at];
  for (const row of rows) if (row[at] !== first) return true;
  return false;
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
  const { shape, values } = unroll(rows.map((row, at) => [at, ...row]));
  const key = `${shape} ${sql}`;
  const write = () => {
    const { columns, source } = named(shape);
    // `OFFSET 0` keeps the planner from taking it apart: it is looked up by its key, once for each row.
    const each = `${fill(sql, columns.slice(1))} ${/FOR UPDATE$/.test(sql) ? 'SKIP LOCKED' : 'OFFSET 0'}`;
    return `SELECT u.c1, q.* FROM ${source}, LATERAL (${each}) AS q`;
  };
  return { statement: known.get(key) ?? keep(key, write()), values };
}

function fill(sql: string, columns: readonly string[]): string {
  let place = 0;
  return sql.replace(/\?/g, () => columns[place++] ?? 'NULL');
}

/** How a column goes, as a letter: without any value, one value for all rows, or as an array. */
const FORMS = { none: '-', bigint: 'n', text: 's', bigints: 'N', texts: 'S' } as const;

/**
 * Rows as one array a column, or one value where the column is uniform. What a statement for them says depends on the
 * forms of its columns alone: on their shape.
 */
function unroll(rows: Rows, isUniform: readonly boolean[] = []): { shape: string; values: Bound[] } {
  const values: Bound[] = [];
  const width = rows[0]?.length ?? 0;
  let shape = '';
  let arrays = 0;
  for (let at = 0; at < width; at += 1) {
    const sample = sampleOf(rows, at);
    const type = typeof sample === 'number' ? 'bigint' : 'text';
    if (sample === null) shape += FORMS.none;
    else if (isUniform[at]) {
      shape += FORMS[type];
      values.push(sample);
    } else {
      shape += FORMS[`${type}s`];
      values.push(toArray(rows, at, type));
      arrays += 1;
    }
  }
  // One has to be unrolled, or there would be one row only.
  return arrays === 0 && isUniform.length > 0 ? unroll(rows) : { shape, values };
}

/** Some value of the column; null where it has none. */
function sampleOf(rows: Rows, at: number): SqlValue {
  for (const row of rows) {
    const value = row[at];
    if (value !== undefined && value !== null) return value;
  }
  return null;
}

/** How a statement for a shape names its columns, and where it takes the arrays from. */
function named(shape: string): { columns: readonly string[]; source: string } {
  const arrays: string[] = [];
  let place = 0;
  const columns = [...shape].map((form) => {
    // A column without a value is a plain NULL, which is of any type.
    if (form === FORMS.none) return 'NULL';
    place += 1;
    const type = form === FORMS.bigint || form === FORMS.bigints ? 'bigint' : 'text';
    if (form === FORMS[type]) return `$${place}::${type}`;
    arrays.push(`unnest($${place}::${type}[]) AS c${place}`);
    return `u.c${place}`;
  });
  // In a list of columns, where they are unrolled in step: as a table they would be copied into one first.
  return { columns, source: `(SELECT ${arrays.join(', ')}) AS u` };
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
