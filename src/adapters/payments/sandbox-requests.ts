import type { SqlConnection, SqlDriver } from '../storage/sql-driver';
import { digest } from '../system';
import type { Reply } from './sandbox-charge';
import { SandboxRecords } from './sandbox-records';

/** Requests under idempotency keys. Each is one write of the processor's own. */
export class SandboxRequests {
  readonly #driver: SqlDriver;

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  /**
   * Does what the key was first used for, once: the same parameters get the first answer again, others get `reused`.
   * Answers are kept for good, where Stripe may forget them after a day.
   */
  once<T>(
    key: string,
    request: readonly unknown[],
    reused: (key: string) => T,
    work: (records: SandboxRecords) => Promise<Reply<T>>,
  ): Promise<T> {
    const fingerprint = digest([JSON.stringify(request)]);
    return serialised(this.#driver, async (connection) => {
      const records = new SandboxRecords(connection);
      const known = await records.findRequest(key);
      // The fingerprint has the operation in it, so a kept answer is of this operation's type.
      if (known !== undefined) return known.fingerprint === fingerprint ? (JSON.parse(known.answer) as T) : reused(key);
      const { answer, kept } = await work(records);
      if (kept !== undefined) await records.saveRequest(key, fingerprint, JSON.stringify(kept));
      return answer;
    });
  }
}

/** One write of the processor's own. It answers one request after another: each sees all that came before it. */
export function serialised<T>(driver: SqlDriver, work: (connection: SqlConnection) => Promise<T>): Promise<T> {
  return driver.write(async (connection) => {
    await connection.get(`SELECT id FROM ledger WHERE id = 1${driver.dialect.lockRow}`);
    return work(connection);
  });
}
