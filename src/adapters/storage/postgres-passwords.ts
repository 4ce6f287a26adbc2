import { readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { PostgresAddress } from './postgres-url';

/** A field of a line: what stands between colons, where a backslash takes the next character as it is. */
const FIELD = /((?:\\.|[^\\:])*)(?::|$)/g;

/**
 * The password that PostgreSQL's own programs would use where none was given: of the first line of `PGPASSFILE`, or of
 * `~/.pgpass`, that fits. As they do, it passes over a file that others can read.
 */
export function findPassword(
  { user, database }: PostgresAddress,
  { host, port }: PostgresAddress['hosts'][number],
): string | undefined {
  const { PGPASSFILE: file = path.join(homedir(), '.pgpass'), PGUSER, PGDATABASE } = process.env;
  const name = user ?? PGUSER ?? userInfo().username;
  const wanted = [host, String(port), database ?? PGDATABASE ?? name, name];
  for (const line of linesOf(file)) {
    const fields = [...line.matchAll(FIELD)].map(([, field = '']) => field.replace(/\\(.)/g, '$1'));
    if (line !== '' && wanted.every((value, at) => fields[at] === '*' || fields[at] === value)) return fields[4];
  }
  return undefined;
}

function linesOf(file: string): readonly string[] {
  try {
    return (statSync(file).mode & 0o077) === 0 ? readFileSync(file, 'utf8').split(/\r?\n/) : [];
  } catch {
    return []; // there is none, as on most machines
  }
}
