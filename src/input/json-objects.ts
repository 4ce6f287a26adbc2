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

/** Where a key's value goes. By an alias it yields to the field's own name. */
interface Place {
  readonly index: number;
  readonly alias: boolean;
}

/** Reads flat JSON objects. Keys are found as columns are: without case, through `--map`, by an alias last. */
export function createObjectReader<R extends string, O extends string>(
  spec: ColumnSpec<R, O>,
  map: ColumnMap<R | O>,
  ignored: Set<string>,
): ObjectReader {
  const fields: readonly string[] = fieldsOf(spec);
  const placeOf = createPlaces(spec, map);
  return (text) => {
    const object = parseFlat(text);
    if (typeof object === 'string') return object;
    const cells = new Array<string>(fields.length).fill('');
    const own = new Array<boolean>(fields.length).fill(false);
    for (const key of Object.keys(object)) {
      const place = placeOf(key);
      if (place === undefined) {
        if (ignored.size < MOST_IGNORED) ignored.add(key);
        continue;
      }
      const { index, alias } = place;
      if (own[index] === true) {
        if (alias) continue;
        return `has ${quote(normal(key))} twice`;
      }
      const field = fields[index] ?? '';
      const cell = toCell(field, object[key]);
      if (cell === null) return `has a value for ${field} that is not ${expected(field)}`;
      cells[index] = cell;
      if (!alias) own[index] = true;
    }
    return cells;
  };
}

function createPlaces<R extends string, O extends string>(spec: ColumnSpec<R, O>, map: ColumnMap<R | O>) {
  const fields = fieldsOf(spec);
  const places = new Map<string, Place>();
  for (const [alias, field] of Object.entries<R | O>(spec.aliases ?? {})) {
    if (!map.has(field)) places.set(alias, { index: fields.indexOf(field), alias: true });
  }
  for (const [index, field] of fields.entries()) places.set(normal(map.get(field) ?? field), { index, alias: false });
  // Keys come as they are written by one program: nearly always the very names.
  return (key: string) => places.get(key) ?? places.get(normal(key));
}

function parseFlat(text: string): Record<string, unknown> | string {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object';
  const keys = Object.keys(value);
  for (const key of keys) {
    if (key === '__proto__') return 'has the key "__proto__"';
    if (typeof value[key] === 'object' && value[key] !== null) return `has something nested in ${quote(key)}`;
  }
  // JSON.parse silently keeps the last of two equal keys: which one was meant nobody can tell.
  return countKeys(text, keys.length) === keys.length ? value : 'has a key twice';
}

/** The keys written in the text. Looks closely only when a plain count, at a tenth of the time, may be mistaken. */
function countKeys(text: string, expectedKeys: number): number {
  const spaced = text.includes(' :') || text.includes('\t:') || text.includes('\r:');
  let plain = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) plain += 1;
  return plain === expectedKeys && !spaced ? plain : (text.match(KEYS)?.length ?? 0);
}

/** Text as it is, a safe whole number as its digits, nothing for null; null for what cannot be taken. */
function toCell(field: string, value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return Number.isSafeInteger(value) && MAY_BE_NUMBERS.includes(field) ? String(value) : null;
}

function expected(field: string): string {
  return MAY_BE_NUMBERS.includes(field) ? 'text or a whole number' : 'text';
}
