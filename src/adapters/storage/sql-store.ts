import type { Digest } from '../../core/ledger/chain';
import type { LedgerInfo } from '../../ports/ledger-info';
import type { LedgerUnit, WriteFacts } from '../../ports/ledger-unit';
import type { LedgerView } from '../../ports/ledger-view';
import type { OrganisationRecord } from '../../ports/record-types';
import type { Entrance, Store, WriteJob } from '../../ports/store';
import { Entrances } from './entrances';
import { SettingsMemory } from './known-settings';
import { notInitialised, rowRemoved } from './ledger-gaps';
import { toLedgerInfo } from './ledger-rows';
import { SqlLedgerView } from './ledger-view';
import { requireFinished } from './moved-ledger';
import { fromRow } from './record-rows';
import type { SqlDriver } from './sql-driver';
import type { SqlWriter } from './sql-writer';

/** The ledger in a SQL database: the statements are written once, a driver brings the engine. */
export class SqlStore implements Store {
  readonly isFar: boolean;
  readonly #driver: SqlDriver;
  readonly #entrances: Entrances;
  readonly #digest: Digest;
  readonly #memory = new SettingsMemory();
  #writer: Promise<SqlWriter> | undefined;

  constructor(driver: SqlDriver, digest: Digest) {
    this.isFar = driver.makeAtOnce !== undefined;
    this.#driver = driver;
    this.#entrances = new Entrances(driver);
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
    const { info, org, user: found, movedTo = null, seal } = await this.#entrances.find(name, user);
    if (info === undefined || (org === undefined && name === undefined)) {
      await this.#requireEmpty(info === undefined ? 'ledger' : 'organisations');
      if (info === undefined) throw notInitialised();
    }
    return { info, org, user: found, movedTo, seal };
  }

  read<T>(org: number, work: (view: LedgerView) => Promise<T>): Promise<T> {
    return this.#driver.read((connection) => work(new SqlLedgerView(this.#driver, connection, org)));
  }

  async recall<T>(org: number, name: string, read: (view: LedgerView) => Promise<T>): Promise<T> {
    const known = this.#memory.under(org, await this.#entrances.sealOf(org));
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
    const known = this.#memory.of(org);
    const answer = known?.known<T>(recalled(name));
    return known === undefined || answer === undefined ? undefined : { answer, seal: known.seal };
  }

  async write<T>(org: number, facts: WriteFacts, work: (unit: LedgerUnit) => Promise<T>): Promise<T> {
    return (await this.#openWriter()).write({ org, facts, work });
  }

  async writeTogether<T>(jobs: readonly WriteJob<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    return (await this.#openWriter()).writeTogether(jobs);
  }

  async createOrganisation<T>(
    record: Omit<OrganisationRecord, 'number'>,
    facts: WriteFacts,
    work: (unit: LedgerUnit, org: OrganisationRecord) => Promise<T>,
  ): Promise<T> {
    return (await this.#openWriter()).createOrganisation(record, facts, work);
  }

  close(): Promise<void> {
    return this.#driver.close();
  }

  /** Who only reads does not load it. */
  #openWriter(): Promise<SqlWriter> {
    this.#writer ??= import('./sql-writer').then(
      ({ SqlWriter }) => new SqlWriter(this.#driver, { digest: this.#digest, memory: this.#memory }),
    );
    return this.#writer;
  }

  /** A ledger that has written something has lost none of its rows by itself. */
  async #requireEmpty(table: string): Promise<void> {
    await this.#driver.read(async (connection) => {
      await requireFinished(connection);
      const written = await connection.get('SELECT number FROM audit LIMIT 1');
      if (written !== undefined) throw rowRemoved(table);
    });
  }
}

/** Under which name the answer to `recall` is remembered. */
function recalled(name: string): string {
  return `recalled ${name}`;
}
