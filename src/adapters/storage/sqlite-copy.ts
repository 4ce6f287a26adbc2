import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, statSync } from 'node:fs';
import { WalletError } from '../../core/errors';
import { SCHEMA_VERSION } from './schema-version';
import { openDatabase } from './sqlite-engine';
import { hasLostWrites, placeNamed, requireLog } from './sqlite-log';

/** How far a ledger file has come: who it is, and the last sealed write of each organisation. */
interface FileState {
  readonly instance: string;
  readonly heads: readonly { readonly org: number; readonly links: number; readonly head: string }[];
}

/**
 * Writes a consistent copy of the ledger while others go on writing to it: one read transaction, one file without a
 * log beside it, synced, for its owner alone. Throws `invalid_value` for what is no ledger, `newer_schema`,
 * `integrity_failure` where a page can't be read, and what the system says of the copy as it is.
 */
export function copySqlite(from: string, to: string): void {
  requireLog(from);
  const database = translated(from, () => openDatabase(from, { readonly: true, timeoutMs: 10_000 }));
  try {
    translated(from, () => requireKnown(from, Number(database.pragma('user_version', { simple: true }))));
    translated(from, () => database.prepare('VACUUM INTO ?').run(to));
  } finally {
    database.close();
  }
  chmodSync(to, 0o600);
  const handle = openSync(to, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}

/** Whether everything that was written to one ledger is in the other as well. An unreadable ledger has nothing to lose. */
export function isContained(file: string, other: string): boolean {
  const state = stateOf(file);
  if (state === undefined) return true;
  const database = openDatabase(other, { readonly: true, timeoutMs: 10_000 });
  try {
    if (database.prepare('SELECT instance FROM ledger').pluck().get() !== state.instance) return false;
    const sealOf = database.prepare('SELECT hash FROM audit WHERE org = ? AND number = ?').pluck();
    return state.heads.every(({ org, links, head }) => links === 0 || sealOf.get(org, links) === head);
  } finally {
    database.close();
  }
}

/** Takes what there is of a ledger out of use under another name: the file, and the log beside it. Nobody else may be in the middle of a write. */
export function setAside(file: string, aside: string): void {
  placeNamed();
  for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, aside + end);
}

export function sizeOf(file: string): number {
  return statSync(file).size;
}

function stateOf(file: string): FileState | undefined {
  if (hasLostWrites(file)) return undefined;
  try {
    const database = openDatabase(file, { readonly: true, timeoutMs: 10_000 });
    try {
      const instance = String(database.prepare('SELECT instance FROM ledger').pluck().get());
      const heads = database.prepare('SELECT org, links, head FROM wallets').all() as FileState['heads'];
      return { instance, heads };
    } finally {
      database.close();
    }
  } catch (error) {
    if (isSqlite(error)) return undefined;
    throw error;
  }
}

function requireKnown(file: string, version: number): void {
  if (version === 0) throw notALedger(file);
  if (version <= SCHEMA_VERSION) return;
  throw new WalletError('newer_schema', `${file} was made by a newer wallet`, {
    why: `it has schema ${version}, and this wallet knows ${SCHEMA_VERSION}`,
    hint: 'update wallet',
  });
}

function translated<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'SQLITE_NOTADB') throw notALedger(file);
    if (!code.startsWith('SQLITE_CORRUPT')) throw error;
    throw new WalletError('integrity_failure', `the ledger file ${file} is damaged`, {
      why: 'the database engine found a page that it can not read; no copy was made',
      hint: 'copy the file away and restore the newest backup: wallet restore FILE',
      cause: error,
    });
  }
}

function isSqlite(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');
}

function notALedger(file: string): WalletError {
  return new WalletError('invalid_value', `${file} is not a wallet ledger`, {
    why: 'the file is something else, and was left as it is',
    hint: 'name a ledger, or a backup made by: wallet backup FILE',
  });
}
