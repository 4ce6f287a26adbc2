import { WalletError } from '../../core/errors';
import { SCHEMA_VERSION } from './schema-version';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY') || codeOf(error).startsWith('SQLITE_LOCKED');
}

export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_CONSTRAINT_UNIQUE' || codeOf(error) === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** The engine's own failures in the product's words. Anything unknown stays what it is: a bug to be seen. */
export function translated(file: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_NOTADB') return notALedger(file, error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(file, error);
  if (
    /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|NOMEM)/.test(code) ||
    /^E(ACCES|PERM|ROFS|NOSPC|MFILE|NOTDIR|EXIST|ISDIR)$/.test(code)
  ) {
    return new WalletError('ledger_unavailable', `the ledger ${file} can not be used`, {
      why: error instanceof Error ? error.message : code,
      hint: 'check the disk, the file and its permissions; nothing was half done, and it is safe to run again',
      cause: error,
    });
  }
  return error;
}

export function newerSchema(file: string, version: number): WalletError {
  return new WalletError('newer_schema', `the ledger ${file} was made by a newer wallet`, {
    why: `it has schema ${version}, and this wallet knows ${SCHEMA_VERSION}`,
    hint: 'update wallet',
  });
}

export function notALedger(file: string, cause?: unknown): WalletError {
  return new WalletError('invalid_value', `${file} is not a wallet ledger`, {
    why: 'the file is something else, and was left as it is',
    hint: 'name another file with --ledger PATH, or restore a backup: wallet restore FILE --force',
    cause,
  });
}

function corrupt(file: string, cause: unknown): WalletError {
  return new WalletError('integrity_failure', `the ledger file ${file} is damaged`, {
    why: 'the database engine found a page that it can not read; nothing was changed',
    hint: 'copy the file away and restore the newest backup: wallet restore FILE',
    cause,
  });
}
