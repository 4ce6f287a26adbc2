import { GENESIS } from '../../core/ledger/chain';
import { EntryBytes } from '../../core/ledger/entry-bytes';
import { EMPTY_WALLET } from '../../core/ledger/wallet-state';
import type { LedgerUnit, WriteFacts } from '../../ports/ledger-unit';
import type { OrganisationRecord } from '../../ports/record-types';
import { Abandon, type WriteJob } from '../../ports/store';
import { JournalMemory } from './known-journals';
import { type Doubt, KnownWrites, type Tried } from './known-writes';
import { notInitialised } from './ledger-gaps';
import { toLedgerInfo } from './ledger-rows';
import { SqlLedgerUnit, type UnitTools } from './ledger-unit';
import { movedAway } from './moved-ledger';
import { type SqlConnection, type SqlDriver, type SqlRow, type Together, UniqueViolation } from './sql-driver';

const CREATE_WALLET = `INSERT INTO wallets
  (org, posted, held, overdrawn, overdraft_limit, postpaid, seq, recorded_at, links, head, settings_seal)
  VALUES (?, 0, 0, 0, 0, 0, 0, ?, 0, ?, ?)`;

/** Makes changes to the ledger, each one transaction and sealed. */
export class SqlWriter {
  readonly #driver: SqlDriver;
  readonly #tools: UnitTools;
  readonly #known: KnownWrites;

  constructor(driver: SqlDriver, tools: Omit<UnitTools, 'bytes' | 'journals'>) {
    this.#driver = driver;
    this.#tools = { ...tools, journals: new JournalMemory(), bytes: new EntryBytes() };
    this.#known = new KnownWrites(driver, this.#tools);
  }

  async writeTogether<T>(jobs: readonly WriteJob<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    // In one order everywhere, as they lock what they write to.
    const ordered = [...jobs].sort((a, b) => a.org - b.org);
    const tried = await this.#known.attempt(ordered);
    const left = ordered.filter((_, at) => tried[at] === undefined);
    const shared = left.length > 1 ? await this.#shareTransaction(left) : [];
    const sharedBy = new Map(left.map((job, at) => [job, shared[at]]));
    const results = await Promise.allSettled(
      ordered.map((job, at) => this.#conclude(job, tried[at] ?? sharedBy.get(job))),
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

  /** Where a key was taken that was thought to be free, once more and with care. */
  async write<T>({ org, facts, foreseen, work }: WriteJob<T>): Promise<T> {
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

  async #conclude<T>(job: WriteJob<T>, tried: Tried<T>): Promise<T> {
    if (tried === undefined) return this.write(job);
    if ('failure' in tried) throw tried.failure;
    return 'doubt' in tried ? this.#ascertain(job, tried.doubt) : tried.result;
  }

  /**
   * Answers a write of which nobody knows whether it is in the ledger, or makes it: under the lock of its wallet it is there
   * or not, and once another link is in its place it can not come any more. Throws the verdict where neither can be had.
   */
  async #ascertain<T>(
    { org, facts, foreseen, work }: WriteJob<T>,
    { unit: lost, result, verdict }: Doubt<T>,
  ): Promise<T> {
    let isSettled = false;
    try {
      const answer = await this.#write<T>(async (connection, begun) => {
        const unit = begun(new SqlLedgerUnit(this.#driver, connection, { org, facts, isCareful: true }, this.#tools));
        await unit.lock(foreseen);
        isSettled = await lost.hasLanded(connection);
        if (isSettled) return result;
        const made = await work(unit);
        isSettled = unit.hasChanged;
        return made;
      });
      if (isSettled) return answer;
    } catch {
      // What failed it leaves the question open.
    }
    throw verdict;
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

async function requireLedgerRow(connection: SqlConnection, lock: string): Promise<SqlRow> {
  const row = await connection.get(`SELECT * FROM ledger WHERE id = 1${lock}`);
  if (row === undefined) throw notInitialised();
  if (row.moved_to !== null) throw movedAway(String(row.moved_to));
  return row;
}
