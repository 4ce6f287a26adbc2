import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { nearest } from './nearest';

/** What a kind of input file may say in its columns. */
export interface ColumnSpec<Required extends string, Optional extends string> {
  readonly required: readonly Required[];
  readonly optional: readonly Optional[];
  /** Other names for a field, by that other name. They count only where the field's own name is absent. */
  readonly aliases?: Readonly<Record<string, Required | Optional>>;
}

/** From the field to the name of the column it is read from, as `--map` gave it. */
export type ColumnMap<Field extends string = string> = ReadonlyMap<Field, string>;

/** A column of a file that is read. */
export interface FileColumn<Field extends string> {
  readonly field: Field;
  /** Its name in the file. */
  readonly title: string;
  readonly index: number;
}

export interface MatchedColumns<Field extends string> {
  readonly columns: readonly FileColumn<Field>[];
  /** Names of columns that are not read. */
  readonly ignored: readonly string[];
}

/** All fields of a kind of file: the required ones first. */
export function fieldsOf<R extends string, O extends string>(spec: ColumnSpec<R, O>): readonly (R | O)[] {
  return [...spec.required, ...spec.optional];
}

/** Reads `field=column,…` as `--map` takes it. Throws `invalid_value` for unknown and repeated fields. */
export function parseColumnMap<R extends string, O extends string>(
  text: string,
  spec: ColumnSpec<R, O>,
): ColumnMap<R | O> {
  const fields = fieldsOf(spec);
  const aliases = new Map(Object.entries<R | O>(spec.aliases ?? {}));
  const map = new Map<R | O, string>();
  const taken = new Set<string>();
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const name = normal(at < 0 ? pair : pair.slice(0, at));
    const column = at < 0 ? '' : pair.slice(at + 1).trim();
    if (name === '' || column === '') throw badMap(`${quote(pair)} is not field=column`, fields);
    const field = fields.find((known) => known === name) ?? aliases.get(name);
    if (field === undefined) throw badMap(`there is no field ${quote(name)}${meant(name, fields)}`, fields);
    if (map.has(field) || taken.has(normal(column))) throw badMap(`${quote(pair)} maps something twice`, fields);
    map.set(field, column);
    taken.add(normal(column));
  }
  return map;
}

/**
 * Finds the fields among the names of a header, whatever their order and case. Throws `invalid_input` for a required
 * field without a column, a mapped column that is not there, and a field with two columns.
 */
export function matchColumns<R extends string, O extends string>(
  header: readonly string[],
  spec: ColumnSpec<R, O>,
  map: ColumnMap<R | O> = new Map(),
): MatchedColumns<R | O> {
  const titles = header.map((title) => title.trim());
  const columns = fieldsOf(spec).flatMap((field) => findColumn(titles, field, spec, map.get(field)) ?? []);
  const missing = spec.required.filter((field) => !columns.some((column) => column.field === field));
  if (missing.length > 0) throw missingColumns(missing, titles);
  const read = new Set(columns.map((column) => column.index));
  const ignored = titles.filter((title, index) => !read.has(index) && title !== '');
  return { columns: columns.sort((a, b) => a.index - b.index), ignored };
}

function findColumn<R extends string, O extends string>(
  titles: readonly string[],
  field: R | O,
  spec: ColumnSpec<R, O>,
  mapped: string | undefined,
): FileColumn<R | O> | undefined {
  const named = (name: string) => titles.flatMap((title, index) => (normal(title) === normal(name) ? [index] : []));
  const aliases = Object.entries(spec.aliases ?? {}).flatMap(([alias, meaning]) => (meaning === field ? [alias] : []));
  const names = mapped === undefined ? [field, ...aliases] : [mapped];
  const found = names.map(named).find((places) => places.length > 0) ?? [];
  if (mapped !== undefined && found.length === 0) throw mappedAbsent(field, mapped, titles);
  if (found.length > 1) throw duplicate(field, found, titles);
  const [index] = found;
  return index === undefined ? undefined : { field, title: titles[index] ?? '', index };
}

/** Names are compared without case and surrounding spaces. */
export function normal(name: string): string {
  return name.trim().toLowerCase();
}

function meant(name: string, candidates: readonly string[]): string {
  const guess = nearest(name, candidates);
  return guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
}

function badMap(why: string, fields: readonly string[]): WalletError {
  return new WalletError('invalid_value', 'the column map is not valid', {
    why,
    hint: `write --map field=column,… with the fields ${fields.join(', ')}`,
  });
}

function missingColumns(missing: readonly string[], titles: readonly string[]): WalletError {
  const separator = titles.length === 1 ? [';', '\t', '|'].find((char) => titles[0]?.includes(char)) : undefined;
  const guesses = missing.flatMap((field) => nearest(field, titles)?.replace(/^/, `${field}=`) ?? []);
  const hint =
    separator !== undefined
      ? `the columns seem to be separated by ${quote(separator)}: save the file with commas`
      : guesses.length > 0
        ? `did you mean --map ${guesses.join(',')}?`
        : 'the first line names the columns; --map field=column,… reads a field from a column of another name';
  return new WalletError('invalid_input', `the header has no column for ${missing.join(', ')}`, {
    why: `it has ${titles.map(quote).join(', ')}`,
    hint,
    details: { missing, columns: titles },
  });
}

function mappedAbsent(field: string, column: string, titles: readonly string[]): WalletError {
  return new WalletError('invalid_input', `the header has no column ${quote(column)} to read ${field} from`, {
    why: `it has ${titles.map(quote).join(', ')}${meant(column, titles)}`,
    hint: 'name a column of the file in --map',
    details: { missing: [field], columns: titles },
  });
}

function duplicate(field: string, found: readonly number[], titles: readonly string[]): WalletError {
  return new WalletError('invalid_input', `the header has ${found.length} columns for ${field}`, {
    why: `columns ${found.map((index) => index + 1).join(' and ')} are both ${quote(titles[found[0] ?? 0] ?? '')}`,
    hint: 'remove or rename one of them',
    details: { columns: titles },
  });
}
