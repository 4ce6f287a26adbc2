import type pg from 'pg';
import { CommitUnanswered, isLost, isUniqueViolation, notHandedOn, unknownOutcome } from './postgres-errors';
import { limited } from './postgres-patience';
import { PostgresPool } from './postgres-pool';
import { prepared, setBased } from './postgres-statements';
import { Trip } from './postgres-trip';
import type { PostgresAddress } from './postgres-url';
import { type Change, InDoubt, UniqueViolation } from './sql-driver';

/**
 * Statements go by keys, whatever their values: the server plans each once, not anew where a few first calls had few rows.
 * Whoever has locked a row for longer than two writes take is waited for elsewhere: all others stand behind this one.
 */
const SETTINGS = "SET plan_cache_mode = 'force_generic_plan'; SET lock_timeout = '5ms'";

/** The connection of all that are under way. */
interface Line {
  readonly client: Promise<pg.PoolClient>;
  /** What the server has warned of while it answered the first of them. */
  warning: string | undefined;
  users: number;
}

/**
 * Transactions of one trip each, all on one connection: they are made in the order in which they are sent, and the next is
 * sent while the server works on the one before.
 */
export class PostgresExpress {
  readonly #pool: PostgresPool;
  readonly #patienceMs: number;
  /** The line that whoever comes is sent on. */
  #line: Line | undefined;

  constructor(address: PostgresAddress, patienceMs: number) {
    this.#pool = new PostgresPool(address, { connections: 1, settings: SETTINGS });
    this.#patienceMs = patienceMs;
  }

  /** As `SqlDriver.makeAtOnce`. */
  async make(changes: readonly Change[]): Promise<void> {
    this.#line ??= this.#open();
    const line = this.#line;
    line.users += 1;
    let client: pg.PoolClient | undefined;
    let isBroken = false;
    try {
      client = await line.client;
      await this.#cross(line, client, (trip) => load(trip, changes));
    } catch (error) {
      if (isUniqueViolation(error)) throw new UniqueViolation('a key is taken', { cause: error });
      isBroken = isLost(error);
      // Before there was a connection nothing can have happened.
      throw isBroken && client !== undefined ? new InDoubt(unknownOutcome(this.#pool.address.label, error)) : error;
    } finally {
      this.#leave(line, client, isBroken);
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #open(): Line {
    const line: Line = { client: this.#pool.acquire(), warning: undefined, users: 0 };
    const listen = ({ message }: { readonly message: string | undefined }) => {
      line.warning ??= message ?? '';
    };
    line.client.then((client) => client.removeAllListeners('notice').on('notice', listen)).catch(() => undefined);
    return line;
  }

  #cross(line: Line, client: pg.PoolClient, fill: (trip: Trip) => void): Promise<void> {
    const trip = new Trip(client);
    fill(trip);
    const patience = limited(client, this.#patienceMs);
    return new Promise((resolve, reject) => {
      trip.depart((failed) => {
        patience.end();
        const { warning } = line;
        line.warning = undefined;
        if (patience.isOver()) reject(new CommitUnanswered(this.#patienceMs));
        else if (failed !== undefined) reject(failed.error);
        else if (warning !== undefined) reject(notHandedOn(this.#pool.address.label, warning));
        else resolve();
      });
    });
  }

  /** Whoever comes after the line broke gets another one; the last one gives it back. */
  #leave(line: Line, client: pg.PoolClient | undefined, isBroken: boolean): void {
    line.users -= 1;
    if ((isBroken || line.users === 0) && this.#line === line) this.#line = undefined;
    if (line.users === 0) client?.release(isBroken);
  }
}

function load(trip: Trip, changes: readonly Change[]): void {
  for (const [sql, rows] of changes) {
    const [row] = rows;
    const { statement, values } =
      rows.length === 1 && row !== undefined ? { statement: prepared(sql), values: row } : setBased(sql, rows);
    trip.load(statement, values);
  }
}
