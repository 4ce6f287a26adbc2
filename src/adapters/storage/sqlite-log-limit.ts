import type { Database } from './sqlite-engine';

/**
 * How many pages there are in the log when a commit has them copied back to the ledger: 32 MiB. A page that one posting
 * after another has changed is copied once.
 */
export const USUAL_LOG = 8_000;

/**
 * Large writes, such as an import's, change pages all over the indexes of a large ledger, and each of them nearly the
 * same ones: with 384 MiB of them, several such writes have them copied back once.
 */
const LONG = 98_304;

/** Decides, commit by commit, how long the log of a connection may get before this connection copies it back. */
export class LogLimit {
  readonly #database: Database;
  #pages = USUAL_LOG;

  constructor(database: Database) {
    this.#database = database;
  }

  /** To be called before a commit. `isLong` for a large write, and for one that had to wait for such a write of another process. */
  set(isLong: boolean): void {
    const pages = isLong ? LONG : USUAL_LOG;
    if (pages !== this.#pages) this.#database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
    this.#pages = pages;
  }

  /**
   * Copies back what was left in a long log, with nobody waiting for it, and then ends that file, if nobody reads from it.
   * All of it is durable where it is: what goes wrong here is done by whoever writes next.
   */
  settle(): void {
    if (this.#pages !== LONG) return;
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE); PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // As SQLite itself does where it copies back after a commit.
    }
  }
}
