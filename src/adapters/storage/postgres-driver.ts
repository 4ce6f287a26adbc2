import type pg from 'pg';
import { PostgresConnection } from './postgres-connection';
import { postgresDialect } from './postgres-dialect';
import {
  CommitUnanswered,
  isCollision,
  isLost,
  notHandedOn,
  stateOf,
  translated,
  unknownOutcome,
  WAIT_MS,
} from './postgres-errors';
import { PostgresExpress } from './postgres-express';
import { SharedLooks } from './postgres-looks';
import { limited } from './postgres-patience';
import { PostgresPool, withClient } from './postgres-pool';
import { describeSchema, migrate } from './postgres-schema';
import { doTogether } from './postgres-together';
import { parsePostgresUrl } from './postgres-url';
import type { Change, SqlConnection, SqlDriver, SqlRow, SqlValue, Together, Work } from './sql-driver';
import { togetherOrAlone } from './works-together';

export interface PostgresOptions {
  readonly url: string;
  /** Whether an empty database may be made a ledger. Without it, it is `not_initialised`. */
  readonly create: boolean;
  /** How long a commit may go without an answer, as one does while the server's synchronous standby is away. */
  readonly patienceMs?: number;
}

/** Long enough for the largest write to reach a standby behind a slow line. */
const PATIENCE_MS = 30_000;

/** Few: on one wallet more connections only wait for each other. */
const CONNECTIONS = 8;

type Landed = Work<boolean>;

/** What became of a transaction: its result, or what it was lost to. */
type Outcome<T> = { readonly result: T } | { readonly lost: unknown };

type Attempt<T> = (connection: PostgresConnection, client: pg.PoolClient) => Promise<Outcome<T>>;

/**
 * Opens the ledger in a PostgreSQL database. Throws `invalid_config` for a URL or a server that money can not be
 * trusted to, `ledger_unavailable`, `not_initialised`, `newer_schema`, or `invalid_value` for another program's database.
 */
export async function openPostgres({ url, create, patienceMs }: PostgresOptions): Promise<SqlDriver> {
  const pool = new PostgresPool(parsePostgresUrl(url), { connections: CONNECTIONS });
  try {
    await withClient(pool, (client) => migrate(client, pool.address.label, create));
  } catch (error) {
    await pool.close();
    throw error;
  }
  return new PostgresDriver(pool, patienceMs ?? PATIENCE_MS);
}

class PostgresDriver implements SqlDriver {
  readonly dialect = postgresDialect;
  readonly #pool: PostgresPool;
  readonly #express: PostgresExpress;
  readonly #patienceMs: number;
  readonly #looks = new SharedLooks((work) => this.#again(async (connection) => ({ result: await work(connection) })));

  constructor(pool: PostgresPool, patienceMs: number) {
    this.#pool = pool;
    this.#express = new PostgresExpress(pool.address, patienceMs);
    this.#patienceMs = patienceMs;
  }

  look(sql: string, params: readonly SqlValue[]): Promise<SqlRow | undefined> {
    return this.#looks.ask(sql, params);
  }

  read<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    return this.#again(async (connection) => {
      connection.control('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work(connection);
      // What was read stands, whatever becomes of the end of it: nobody waits for the answer.
      connection.control('COMMIT');
      connection.flush();
      return { result };
    });
  }

  /** Units lock the row that stands for what they change, so the plain level of isolation is enough, and never fails. */
  write<T>(work: (connection: PostgresConnection) => Promise<T>, landed?: Landed): Promise<T> {
    return this.#again(async (connection, client) => {
      const started = begin(connection);
      started.catch(() => undefined); // whatever follows fails with it
      const result = await work(connection);
      const id = await started;
      const lost = await this.#commit(client, connection);
      if (lost === undefined) return { result };
      return (await this.#isCommitted(id, lost, landed)) ? { result } : { lost };
    });
  }

  writeTogether<T>(works: readonly Work<T>[], landed: Landed): Promise<Together<T>> {
    return togetherOrAlone(works, () => this.write((connection) => doTogether(connection, works), landed));
  }

  makeAtOnce(changes: readonly Change[]): Promise<void> {
    return this.#express.make(changes);
  }

  schema(): Promise<ReadonlyMap<string, string>> {
    return withClient(this.#pool, describeSchema);
  }

  /** The server checks its pages as it reads them, where its data has checksums; that they are on is all there is to ask. */
  async storageFaults(): Promise<readonly string[]> {
    const sql = `SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class c ON c.oid = indexrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND NOT (indisvalid AND indisready)`;
    const broken = await withClient(this.#pool, async (client) => (await client.query<{ name: string }>(sql)).rows);
    return broken.map(({ name }) => `the index ${name} is not valid`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#express.close()]);
  }

  /** Runs a transaction, and runs it again from the start where it met another or lost its connection, for a bounded time. */
  async #again<T>(attempt: Attempt<T>): Promise<T> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const outcome = await this.#attempt(attempt);
      if ('result' in outcome) return outcome.result;
      const mayPass = isCollision(outcome.lost) || isLost(outcome.lost);
      if (!mayPass || Date.now() > deadline) throw translated(this.#pool.address.label, outcome.lost);
      await pause();
    }
  }

  async #attempt<T>(attempt: Attempt<T>): Promise<Outcome<T>> {
    let client: pg.PoolClient | undefined;
    let connection: PostgresConnection | undefined;
    try {
      client = await this.#pool.acquire();
      connection = new PostgresConnection(client);
      const outcome = await attempt(connection, client);
      connection.end();
      client.release('lost' in outcome);
      return outcome;
    } catch (error) {
      connection?.end();
      await rollBack(client);
      return { lost: error };
    }
  }

  /** Answers what the commit's answer was lost to, where it was. Throws where the transaction is surely undone. */
  async #commit(client: pg.PoolClient, connection: PostgresConnection): Promise<unknown> {
    const notices: string[] = [];
    const keep = ({ message }: { readonly message: string | undefined }) => notices.push(message ?? '');
    client.on('notice', keep);
    const patience = limited(client, this.#patienceMs);
    try {
      const ending = connection.control('COMMIT');
      await connection.settled();
      if ((await ending) !== 'COMMIT') throw new Error('a failed statement was passed over in silence');
    } catch (error) {
      if (patience.isOver()) return new CommitUnanswered(this.#patienceMs);
      if (isLost(error)) return error;
      throw error;
    } finally {
      patience.end();
      client.off('notice', keep);
    }
    if (notices[0] !== undefined) throw notHandedOn(this.#pool.address.label, notices[0]);
    return undefined;
  }

  /**
   * Whether a transaction whose commit was never answered is in the ledger. Its number alone does not tell: a server
   * that crashed may give the number of a lost transaction to another one. So what it wrote is looked for as well.
   */
  async #isCommitted(id: string, lost: unknown, landed: Landed | undefined): Promise<boolean> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      try {
        const status = await withClient(this.#pool, (client) => statusOf(client, id));
        if (status === 'aborted') return false;
        if (status === 'committed') return landed === undefined ? false : await this.read(landed);
      } catch {
        // The server may be on its way back; the deadline bounds the wait.
      }
      if (lost instanceof CommitUnanswered || Date.now() > deadline)
        throw unknownOutcome(this.#pool.address.label, lost);
      await pause();
    }
  }
}

/**
 * The transaction's number. What a write does goes by keys, whatever their values: the server is told to plan it once, not
 * each time anew where a few first calls had few rows.
 */
const BEGUN = "SELECT pg_current_xact_id()::text, set_config('plan_cache_mode', 'force_generic_plan', true)";

/** Answers the transaction's number, by which its outcome can be asked for. */
async function begin(connection: PostgresConnection): Promise<string> {
  connection.control('BEGIN ISOLATION LEVEL READ COMMITTED');
  return String((await connection.column(BEGUN))[0]);
}

async function statusOf(client: pg.ClientBase, id: string): Promise<string | null> {
  try {
    const sql = 'SELECT pg_xact_status($1::xid8) AS status';
    return (await client.query<{ status: string | null }>(sql, [id])).rows[0]?.status ?? null;
  } catch (error) {
    // A server that took over never heard of it.
    if (stateOf(error) === '22023') return 'aborted';
    throw error;
  }
}

async function rollBack(client: pg.PoolClient | undefined): Promise<void> {
  try {
    await client?.query('ROLLBACK');
    client?.release();
  } catch {
    client?.release(true);
  }
}

/** A short random wait keeps those that met from meeting again. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
}
