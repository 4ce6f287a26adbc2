import { WalletError } from '../../core/errors';
import type { Database } from './sqlite-engine';
import { USUAL_LOG } from './sqlite-log-limit';

const OLDEST_SQLITE = [3, 51, 3] as const;

// Without recursive triggers, INSERT OR REPLACE removes rows without asking the triggers that guard them.
const SETTINGS = `PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
  PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192;`;

/** Writes touch pages all over the indexes; what reads by the million reads them in order, and is to stay small. */
export const ROOM_FOR_WRITES = `PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = ${USUAL_LOG}`;

/** Sets what every connection needs, and reads back what money depends on. */
export function configure(database: Database, fresh: boolean): void {
  const set = (pragma: string) => database.pragma(pragma, { simple: true });
  if (fresh || set('journal_mode') !== 'wal') set('journal_mode = WAL');
  database.exec(SETTINGS);
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get()).split('.').map(Number);
  const kept = set('synchronous') === 2 && set('foreign_keys') === 1 && set('recursive_triggers') === 1;
  if (kept && isAtLeast(version, OLDEST_SQLITE)) return;
  throw new WalletError('invalid_config', 'the database engine can not keep the ledger safe', {
    why: `it is SQLite ${version.join('.')}, and did not accept the settings that money needs`,
    hint: 'npm ci',
  });
}

function isAtLeast(version: readonly number[], oldest: readonly number[]): boolean {
  for (const [i, part] of oldest.entries()) {
    const difference = (version[i] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
