import { quote } from '../core/credits';
import { type ColumnMap, type ColumnSpec, fieldsOf, normal } from './columns';

/** Fields that programs write as numbers. Whole ones only, so that nothing is rounded on the way. */
const MAY_BE_NUMBERS: readonly string[] = ['id', 'quantity', 'delivered', 'leads'];
/** A string and a colon: in an object with nothing nested that is a key. */
const KEYS = /"(?:[^"\\]|\\.)*"\s*:/g;
/** Names of keys that are not read are kept up to this many: every line might bring new ones. */
const MOST_IGNORED = 100;

/** The cells of a line, in the order of `fieldsOf`; or what is wrong with it, to follow "line N". */
export type ObjectReader = (text: string) => string[] | string;

/** Reads flat JSON objects. Keys are found as columns are: without case, through `--map`, by an alias last. */
export function createObjectReader<R extends string, O extends string>(
  spec: ColumnSpec<R, O>,
  map: ColumnMap<R | O>,
  ignored: Set<string>,
): ObjectReader {
  const fields = fieldsOf(spec);
  const names = new Map(fields.map((field, index) => [normal(map.get(field) ?? field), index]));
  const aliases = new Map(
    Object.entries<R | O>(spec.aliases ?? {}).flatMap(([alias, field]) =>
      names.has(alias) || map.has(field) ? [] : [[alias, fields.indexOf(field)] as const],
    ),
  );
  return (text) => {
    const object = parseFlat(text);
    if (typeof object === 'string') return object;
    const cells = fields.map(() => '');
    const aliased: [index: number, text: string][] = [];
    const seen = new Set<number>();
    for (const [key, value] of Object.entries(object)) {
      const name = normal(key);
      const index = names.get(name) ?? aliases.get(name);
      if (index === undefined) {
        if (ignored.size < MOST_IGNORED) ignored.add(key);
        continue;
      }
      const field = fields[index] ?? '';
      const cell = toCell(field, value);
      if (cell === null)
        return `has a ${field} that is not ${MAY_BE_NUMBERS.includes(field) ? 'text or a whole number' : 'text'}`;
      if (!names.has(name)) aliased.push([index, cell]);
      else if (seen.has(index)) return `has ${quote(name)} twice`;
      else cells[index] = cell;
      if (names.has(name)) seen.add(index);
    }
    for (const [index, cell] of aliased) if (!seen.has(index)) cells[index] = cell;
    return cells;
  };
}

function parseFlat(text: string): object | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object';
  const entries = Object.entries(value);
  for (const [key, inner] of entries) {
    if (key === '__proto__') return 'has the key "__proto__"';
    if (typeof inner === 'object' && inner !== null) return `has something nested in ${quote(key)}`;
  }
  // JSON.parse silently keeps the last of two equal keys: which one was meant nobody can tell.
  return (text.match(KEYS)?.length ?? 0) === entries.length ? value : 'has a key twice';
}

/** Text as it is, a safe whole number as its digits, nothing for null; null for what cannot be taken. */
function toCell(field: string, value: unknown): string | null {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) && MAY_BE_NUMBERS.includes(field) ? String(value) : null;
}
