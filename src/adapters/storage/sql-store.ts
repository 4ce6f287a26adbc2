import { WalletError } from '../../core/errors';
import type { Digest } from '../../core/ledger/chain';
import { GENESIS } from '../../core/ledger/chain';
import { EMPTY_WALLET } from '../../core/ledger/journal';
import {
  Abandon,
  type LedgerInfo,
  type LedgerUnit,
  type LedgerView,
  type OrganisationRecord,
  type Store,
  type WriteFacts,
} from '../../ports/store';
import { toLedgerInfo } from './ledger-rows';
import { SqlLedgerUnit } from './ledger-unit';
import { SqlLedgerView } from './ledger-view';
import { fromRow } from './record-tables';
import type { SqlConnection, SqlDriver, SqlRow } from './sql-driver';

const CREATE_WALLET = `INSERT INTO wallets
  (org, posted, held, overdrawn, overdraft_limit, postpaid, seq, recorded_at, links, head) VALUES (?, 0, 0, 0, 0, 0, 0, ?, 0, ?)`;

/** The ledger in a SQL database: the statements are written once, a driver brings the engine. */
export class SqlStore implements Store {
  readonly #driver: SqlDriver;
  readonly #digest: Digest;

  constructor(driver: SqlDriver, digest: Digest) {
    this.#driver = driver;
    this.#digest = digest;
  }

  async info(): Promise<LedgerInfo> {
    const row = await this.#driver.read((connection) => connection.get('SELECT * FROM ledger WHERE id = 1'));
    if (row !== undefined) return toLedgerInfo(row);
    await this.#requireEmpty('ledger');
    throw notInitialised();
  }

  /** Writes down what the ledger is, once; later calls change nothing and answer what stands. */
  async found(info: LedgerInfo): Promise<LedgerInfo> {
    await this.#driver.write(async (connection) => {
      if ((await connection.get('SELECT id FROM ledger')) !== undefined) return;
      const sql = `INSERT INTO ledger (id, instance, provider, mode, account, created_at)
        VALUES (1, ?, ?, ?, ?, ?)`;
      const { instance, provider, mode, account, createdAt } = info;
      await connection.run(sql, [instance, provider, mode, account, createdAt]);
    });
    return this.info();
  }

  organisations(): Promise<readonly OrganisationRecord[]> {
    return this.#driver.read(async (connection) => {
      const rows = await connection.all('SELECT * FROM organisations ORDER BY org');
      return rows.map((row) => fromRow('organisations', row));
    });
  }

  async findOrganisation(name?: string): Promise<OrganisationRecord | undefined> {
    const found = await this.#driver.read(async (connection) => {
      const row =
        name === undefined
          ? await connection.get('SELECT * FROM organisations ORDER BY org LIMIT 1')
          : await connection.get('SELECT * FROM organisations WHERE name = ?', [name]);
      return row === undefined ? undefined : fromRow('organisations', row);
    });
    if (found === undefined && name === undefined) await this.#requireEmpty('organisations');
    return found;
  }

  read<T>(org: number, work: (view: LedgerView) => Promise<T>): Promise<T> {
    return this.#driver.read((connection) => work(new SqlLedgerView(this.#driver, connection, org)));
  }

  write<T>(org: number, facts: WriteFacts, work: (unit: LedgerUnit) => Promise<T>): Promise<T> {
    return unlessAbandoned(() => this.#driver.write((connection) => this.#unit(connection, org, facts, work)));
  }

  createOrganisation<T>(
    record: Omit<OrganisationRecord, 'number'>,
    facts: WriteFacts,
    work: (unit: LedgerUnit, org: OrganisationRecord) => Promise<T>,
  ): Promise<T> {
    return unlessAbandoned(() =>
      this.#driver.write(async (connection) => {
        const [last] = await connection.column('SELECT coalesce(max(org), 0) FROM organisations');
        const org = { ...record, number: Number(last) + 1 };
        return this.#unit(connection, org.number, facts, async (unit) => {
          await unit.records.organisations.insert(org);
          await connection.run(CREATE_WALLET, [org.number, EMPTY_WALLET.recordedAt, GENESIS]);
          unit.sealLedger(toLedgerInfo(await requireLedgerRow(connection)));
          return work(unit, org);
        });
      }),
    );
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  /** A ledger that has written something has lost none of its rows by itself. */
  async #requireEmpty(table: string): Promise<void> {
    const written = await this.#driver.read((connection) => connection.get('SELECT number FROM audit LIMIT 1'));
    if (written !== undefined) throw rowRemoved(table);
  }

  async #unit<T>(
    connection: SqlConnection,
    org: number,
    facts: WriteFacts,
    work: (unit: SqlLedgerUnit) => Promise<T>,
  ): Promise<T> {
    const unit = new SqlLedgerUnit(this.#driver, connection, org, facts, this.#digest);
    const result = await work(unit);
    await unit.seal();
    return result;
  }
}

/** A unit that was abandoned on purpose has been rolled back; its answer is the result. */
async function unlessAbandoned<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // What a unit abandons with is the answer it would have given.
    if (error instanceof Abandon) return error.answer as T;
    throw error;
  }
}

async function requireLedgerRow(connection: SqlConnection): Promise<SqlRow> {
  const row = await connection.get('SELECT * FROM ledger WHERE id = 1');
  if (row === undefined) throw notInitialised();
  return row;
}

function rowRemoved(table: string): WalletError {
  return new WalletError('integrity_failure', `a row of ${table} was removed by hand`, {
    why: 'the ledger has writes in it, and not what they were written to',
    hint: 'restore the newest backup: wallet restore FILE',
  });
}

function notInitialised(): WalletError {
  return new WalletError('not_initialised', 'the ledger has no organisation yet', {
    why: 'a ledger starts with its first organisation',
    hint: 'wallet init --org NAME',
  });
}
