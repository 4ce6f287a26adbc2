import { statSync } from 'node:fs';
import { WalletError } from '../../core/errors';

/**
 * Throws `integrity_failure` where the write-ahead log was removed. SQLite itself would go on from the last checkpoint
 * without a word, and what was acknowledged since, a payment perhaps, would be forgotten. To be asked before the engine
 * opens the file, for it makes a new log.
 */
export function requireLog(file: string): void {
  if (!isLogGone(file)) return;
  throw new WalletError('integrity_failure', `the ledger ${file} has lost its newest writes`, {
    why: `its log ${file}-wal was removed; nothing was changed`,
    hint: 'put that log back, or restore the newest backup: wallet restore FILE --force',
  });
}

/**
 * Whether the index of the log is there without the log. The engine makes the log before the index and removes it after
 * the index, so this is no other process at work if the index is the same all the while. It is looked at from outside
 * alone: to open and close it would end the locks that other connections of this process have on it.
 */
export function isLogGone(file: string): boolean {
  const index = identityOf(`${file}-shm`);
  if (index === undefined || identityOf(`${file}-wal`) !== undefined) return false;
  return identityOf(`${file}-shm`) === index;
}

/** Which file has the name now, for inode numbers are given again. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.ctimeNs}`;
}
