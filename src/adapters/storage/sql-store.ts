import { WalletError } from '../../core/errors';
import type { Digest } from '../../core/ledger/chain';
import { GENESIS } from '../../core/ledger/chain';
import { EntryBytes } from '../../core/ledger/entry-bytes';
import { EMPTY_WALLET } from '../../core/ledger/wallet-state';
import type { LedgerInfo } from '../../ports/ledger-info';
import type { LedgerUnit, WriteFacts } from '../../ports/ledger-unit';
import type { LedgerView } from '../../ports/ledger-view';
import type { OrganisationRecord } from '../../ports/record-types';
import { Abandon, type Entrance, type Store, type WriteJob } from '../../ports/store';
import { Entrances } from './entrances';
import { JournalMemory } from './known-journals';
import { SettingsMemory } from './known-settings';
import { toLedgerInfo } from './ledger-rows';
import { SqlLedgerUnit, type UnitTools } from './ledger-unit';
import { SqlLedgerView } from './ledger-view';
import { movedAway, requireFinished } from './moved-ledger';
import { fromRow } from './record-rows';
import { type SqlConnection, type SqlDriver, type SqlRow, type Together, UniqueViolation } from './sql-driver';

const CREATE_WALLET = `INSERT INTO wallets
  (org, posted, held, overdrawn, overdraft_limit, postpaid, seq, recorded_at, links, head, settings_seal)
  VALUES (?, 0, 0, 0, 0, 0, 0, ?, 0, ?, ?)`;

/** The ledger in a SQL database: the statements are written once, a driver brings the engine. */
export class SqlStore implements Store {
  readonly #driver: SqlDriver;
  readonly #entrances: Entrances;
  readonly #tools: UnitTools;

  constructor(driver: SqlDriver, digest: Digest) {
    this.#driver = driver;
    this.#entrances = new Entrances(driver);
    this.#tools = { digest, memory: new SettingsMemory(), journals: new JournalMemory(), bytes: new EntryBytes() };
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
      await requireFinished(connection);
      const sql = `INSERT INTO ledger (id, instance, provider, mode, account, created_at)
        VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;
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

  async entrance(name: string | undefined, user: string | undefined): Promise<Entrance> {
    const { info, org, user: found, seal } = await this.#entrances.find(name, user);
    if (info === undefined || (org === undefined && name === undefined)) {
      await this.#requireEmpty(info === undefined ? 'ledger' : 'organisations');
      if (info === undefined) throw notInitialised();
    }
    return { info, org, user: found, seal };
  }

  read<T>(org: number, work: (view: LedgerView) => Promise<T>): Promise<T> {
    return this.#driver.read((connection) => work(new SqlLedgerView(this.#driver, connection, org)));
  }

  async recall<T>(org: number, name: string, read: (view: LedgerView) => Promise<T>): Promise<T> {
    const known = this.#tools.memory.under(org, await this.#entrances.sealOf(org));
    let seal = '';
    const readNow = () =>
      this.#driver.read(async (connection) => {
        const view = new SqlLedgerView(this.#driver, connection, org);
        seal = await view.settingsSeal();
        return read(view);
      });
    // Where a setting was changed between the two looks, the answer is not kept: it belongs to another seal.
    return known.recall(recalled(name), readNow, () => (seal === known.seal ? known : undefined));
  }

  recallAsKnown<T>(org: number, name: string): { readonly answer: Promise<T>; readonly seal: string } | undefined {
    const known = this.#tools.memory.of(org);
    const answer = known?.known<T>(recalled(name));
    return known === undefined || answer === undefined ? undefined : { answer, seal: known.seal };
  }

  write<T>(org: number, facts: WriteFacts, work: (unit: LedgerUnit) => Promise<T>): Promise<T> {
    return this.#writeJob({ org, facts, work });
  }

  async writeTogether<T>(jobs: readonly WriteJob<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    // In one order everywhere, as they lock what they write to.
    const ordered = [...jobs].sort((a, b) => a.org - b.org);
    const done = ordered.length > 1 ? await this.#shareTransaction(ordered) : [];
    const results = await Promise.allSettled(
      ordered.map(async (job, at) => {
        const found = done[at];
        return found === undefined ? this.#writeJob(job) : found.result;
      }),
    );
    const byJob = new Map(ordered.map((job, at) => [job, results[at]]));
    return jobs.map((job) => byJob.get(job) as PromiseSettledResult<T>);
  }

  createOrganisation<T>(
    record: Omit<OrganisationRecord, 'number'>,
    facts: WriteFacts,
    work: (unit: LedgerUnit, org: OrganisationRecord) => Promise<T>,
  ): Promise<T> {
    return this.#write(async (connection, begun) => {
      // One after the other: the number is taken from the last one's.
      const ledger = await requireLedgerRow(connection, this.#driver.dialect.lockRow);
      const [last] = await connection.column('SELECT coalesce(max(org), 0) FROM organisations');
      const org = { ...record, number: Number(last) + 1 };
      const unit = begun(new SqlLedgerUnit(this.#driver, connection, { org: org.number, facts }, this.#tools));
      await unit.records.organisations.insert(org);
      await connection.run(CREATE_WALLET, [org.number, EMPTY_WALLET.recordedAt, GENESIS, GENESIS]);
      await unit.lock();
      unit.sealLedger(toLedgerInfo(ledger));
      return await work(unit, org);
    });
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  /** A ledger that has written something has lost none of its rows by itself. */
  async #requireEmpty(table: string): Promise<void> {
    await this.#driver.read(async (connection) => {
      await requireFinished(connection);
      const written = await connection.get('SELECT number FROM audit LIMIT 1');
      if (written !== undefined) throw rowRemoved(table);
    });
  }

  /** Where a key was taken that was thought to be free, once more and with care. */
  async #writeJob<T>({ org, facts, foreseen, work }: WriteJob<T>): Promise<T> {
    const attempt = (isCareful: boolean) =>
      this.#write<T>(async (connection, begun) => {
        const unit = begun(new SqlLedgerUnit(this.#driver, connection, { org, facts, isCareful }, this.#tools));
        await unit.lock(foreseen);
        return await work(unit);
      });
    try {
      return await attempt(false);
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
      return attempt(true);
    }
  }

  /** Several writes as one transaction; nothing for those that have to be done by themselves. */
  async #shareTransaction<T>(jobs: readonly WriteJob<T>[]): Promise<Together<T>> {
    const units: (SqlLedgerUnit | undefined)[] = [];
    const works = jobs.map(({ org, facts, foreseen, work }, at) => async (connection: SqlConnection) => {
      const unit = new SqlLedgerUnit(this.#driver, connection, { org, facts }, this.#tools);
      units[at] = unit;
      await unit.lock(foreseen);
      const result = await work(unit);
      unit.seal();
      return result;
    });
    // They were committed together: what became of one of them became of all.
    const landed = async (connection: SqlConnection) =>
      (await Promise.all(units.map((unit) => unit?.hasLanded(connection) ?? true))).every(Boolean);
    const done = await this.#driver.writeTogether(works, landed);
    for (const [at, unit] of units.entries()) if (done[at] !== undefined) unit?.remember();
    return done;
  }

  /** One transaction: what it does in the unit that it begins, then the seal. */
  async #write<T>(work: (connection: SqlConnection, begun: Begun) => Promise<T>): Promise<T> {
    let unit: SqlLedgerUnit | undefined;
    const begun: Begun = (it) => {
      unit = it;
      return it;
    };
    const whole = async (connection: SqlConnection) => {
      const result = await work(connection, begun);
      unit?.seal();
      return result;
    };
    const landed = async (connection: SqlConnection) => (await unit?.hasLanded(connection)) ?? false;
    try {
      const result = await this.#driver.write(whole, landed);
      unit?.remember();
      return result;
    } catch (error) {
      // What a unit abandons with is the answer it would have given: it has been rolled back.
      if (error instanceof Abandon) return error.answer as T;
      throw error;
    }
  }
}

/** Takes down which unit a write has begun, and answers it. */
type Begun = (unit: SqlLedgerUnit) => SqlLedgerUnit;

/** Under which name the answer to `recall` is remembered. */
function recalled(name: string): string {
  return `recalled ${name}`;
}

async function requireLedgerRow(connection: SqlConnection, lock: string): Promise<SqlRow> {
  const row = await connection.get(`SELECT * FROM ledger WHERE id = 1${lock}`);
  if (row === undefined) throw notInitialised();
  if (row.moved_to !== null) throw movedAway(String(row.moved_to));
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
