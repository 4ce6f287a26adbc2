import pg from 'pg';
import { WalletError } from '../../core/errors';
import { isLost, translated, unavailable } from './postgres-errors';
import { findPassword } from './postgres-passwords';
import { TYPES } from './postgres-statements';
import type { PostgresAddress } from './postgres-url';

const OLDEST_SERVER = 140_000;
const CONNECT_MS = 5_000;

/**
 * What every connection sets, and what it reads back: a connection that can not keep its promises is not used. Rows are
 * read by their keys and in their order, which a server that has not counted a fresh table yet would not choose: it
 * would sort all of it for each page.
 */
const COMMON = `SET statement_timeout = '300s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
  SET timezone = 'UTC'; SET standard_conforming_strings = on; SET enable_bitmapscan = off; SET random_page_cost = 1.1;
  SET client_min_messages = 'warning'; SET default_transaction_isolation = 'read committed';`;
const GUARD = `
  SELECT CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END;
  SELECT CASE WHEN current_schema() IS NOT NULL
    THEN set_config('search_path', quote_ident(current_schema()) || ', pg_temp', false) END;
  SELECT current_setting('synchronous_commit') AS sync, current_setting('fsync') AS fsync,
    current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS standby, current_schema() AS schema`;

interface Guards {
  readonly sync: string;
  readonly fsync: string;
  readonly version: number;
  readonly encoding: string;
  readonly standby: number;
  readonly schema: string | null;
}

export interface PoolOptions {
  /** The most that it opens. */
  readonly connections: number;
  /** What its connections set in the place of what all do, or beside it. */
  readonly settings?: string;
}

/** Connections to whichever of the hosts takes writes. */
export class PostgresPool {
  readonly address: PostgresAddress;
  readonly #pools: readonly pg.Pool[];
  readonly #guard: string;
  readonly #guarded = new WeakSet<pg.PoolClient>();
  /** The host that took writes last: it is asked first. */
  #current = 0;

  constructor(address: PostgresAddress, { connections, settings = '' }: PoolOptions) {
    this.address = address;
    this.#guard = `${COMMON}${settings};${GUARD}`;
    this.#pools = address.hosts.map((host) => openPool(address, host, connections));
  }

  /** A connection that was looked over. Throws what the last host said where none will do. */
  async acquire(): Promise<pg.PoolClient> {
    let failure: unknown;
    for (let i = 0; i < this.#pools.length; i += 1) {
      const place = (this.#current + i) % this.#pools.length;
      try {
        const client = await this.#connect(this.#pools[place] as pg.Pool);
        this.#current = place;
        return client;
      } catch (error) {
        failure = error;
        if (!isLost(error)) throw error;
      }
    }
    throw failure;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }

  async #connect(pool: pg.Pool): Promise<pg.PoolClient> {
    const client = await pool.connect();
    if (this.#guarded.has(client)) return client;
    try {
      const results = (await client.query(this.#guard)) as unknown as pg.QueryResult<Guards>[];
      requireSafe(results.at(-1)?.rows[0] as Guards, this.address.label);
      this.#guarded.add(client);
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}

function openPool(address: PostgresAddress, { host, port }: PostgresAddress['hosts'][number], max: number): pg.Pool {
  const { user, password, database, tls } = address;
  // A server that asks for a password where there is none refuses this one, and lets the connection go.
  const look = async () => findPassword(address, { host, port }) ?? 'none was given';
  const pool = new pg.Pool({
    host,
    port,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    pipeline: true,
    application_name: 'wallet',
    ssl: tls === undefined ? false : { rejectUnauthorized: true, ...(tls.ca === undefined ? {} : { ca: tls.ca }) },
    types: TYPES as pg.CustomTypesConfig,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined && (process.env.PGPASSWORD ?? '') !== '' ? {} : { password: password ?? look }),
    ...(database === undefined ? {} : { database }),
  });
  pool.on('error', () => undefined);
  // A connection that breaks while nobody asks it anything must not end the process; its next use tells.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function requireSafe(guards: Guards, label: string): void {
  if (guards.standby === 1)
    throw Object.assign(new Error('the server takes no writes: it is a standby'), { code: '25006' });
  if (guards.schema === null) throw unavailable(label, 'the user has no schema to keep tables in');
  const faults = [
    ...(guards.version < OLDEST_SERVER
      ? [`it is version ${Math.floor(guards.version / 10_000)}, and 14 is needed`]
      : []),
    ...(guards.encoding === 'UTF8' ? [] : [`its text is ${guards.encoding}, and must be UTF8`]),
    ...(guards.fsync === 'on' ? [] : ['fsync is off: it would forget what it has confirmed']),
    ...(guards.sync === 'off' ? ['synchronous_commit is off: it would confirm what it has not saved'] : []),
  ];
  if (faults.length === 0) return;
  throw new WalletError('invalid_config', 'the database server can not keep the ledger safe', {
    why: faults.join('; '),
    hint: 'change that on the server, or name another with --ledger',
  });
}

/** Runs one thing on a connection of its own, and gives it back. */
export async function withClient<T>(pool: PostgresPool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.acquire();
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    // Whatever state it was left in dies with it.
    client?.release(true);
    throw translated(pool.address.label, error);
  }
}
