import { WalletError } from '../../core/errors';
import type { WriteJob } from '../../ports/store';
import { DecidedChanges, gathered } from './decided-changes';
import { SqlLedgerUnit, type UnitTools } from './ledger-unit';
import { UPDATE_WALLET_AFTER } from './posting-rows';
import { InDoubt, type SqlDriver, UniqueViolation } from './sql-driver';

/** So many writes of an organisation are decided by the ledger itself after another process has written to it. */
const WARY = 16;

/** What became of a write that was decided by what is known; nothing where the ledger has to be asked after all. */
export type Tried<T> =
  | { readonly result: T }
  | { readonly failure: unknown }
  | { readonly doubt: Doubt<T> }
  | undefined;

/** A write of which nobody knows whether it is in the ledger. */
export interface Doubt<T> {
  readonly unit: SqlLedgerUnit;
  readonly result: T;
  /** What its caller is told where that does not come out. */
  readonly verdict: Error;
}

interface Decided<T> {
  readonly org: number;
  readonly unit: SqlLedgerUnit;
  readonly changes: DecidedChanges;
  readonly result: T;
}

/**
 * Writes that are decided by what this process knows of their wallets, and go to an engine far away in one trip, without a
 * lock that is waited for and without a look at anything. Each holds only if its wallet still is what it was taken to be and
 * all that it takes to be new is new: the statements themselves see to that, and refuse everything otherwise. One may be
 * decided by what another leaves that is still under way: if that one fails, it fails too.
 */
export class KnownWrites {
  readonly #driver: SqlDriver;
  readonly #tools: UnitTools;
  /** Writes that are yet to be decided with a look at the ledger, by organisation. */
  readonly #wary = new Map<number, number>();
  #sending: Promise<unknown> = Promise.resolve();

  constructor(driver: SqlDriver, tools: UnitTools) {
    this.#driver = driver;
    this.#tools = tools;
  }

  /** Tries them together: each is of another organisation, and they are in the order of these. */
  async attempt<T>(jobs: readonly WriteJob<T>[]): Promise<readonly Tried<T>[]> {
    if (this.#driver.makeAtOnce === undefined) return [];
    // One after the other, until it is sent: the next ones are decided by what these leave, and go the same way behind them.
    const sending = this.#sending.then(() => this.#send(jobs));
    this.#sending = sending;
    const { decided, made } = await sending;
    const lost = await made();
    return decided.map((each) => (each === undefined ? undefined : outcomeOf(each, lost)));
  }

  async #send<T>(jobs: readonly WriteJob<T>[]) {
    const decided: (Decided<T> | undefined)[] = [];
    for (const job of jobs) decided.push(await this.#decide(job));
    const some = decided.filter((each) => each !== undefined);
    const made = some.length === 0 ? undefined : this.#make(some);
    for (const { unit } of some) unit.remember();
    return { decided, made: async () => made };
  }

  /** Answers what they were lost to, if they were. */
  async #make(sent: readonly Decided<unknown>[]): Promise<{ readonly error: unknown } | undefined> {
    try {
      // The row of the wallet comes first: what is written after it, is written under its lock.
      await this.#driver.makeAtOnce?.(
        gathered(
          UPDATE_WALLET_AFTER,
          sent.map(({ changes }) => changes.changes),
        ),
      );
      return undefined;
    } catch (error) {
      for (const { org } of sent) this.#distrust(org, error);
      return { error };
    }
  }

  async #decide<T>({ org, facts, foreseen, work }: WriteJob<T>): Promise<Decided<T> | undefined> {
    const wallet = this.#known(org);
    if (wallet === undefined) return undefined;
    const changes = new DecidedChanges();
    const unit = new SqlLedgerUnit(this.#driver, changes, { org, facts }, this.#tools);
    try {
      unit.assume(wallet, foreseen);
      const result = await work(unit);
      unit.seal();
      // What writes nothing is held against nothing: its answer has to come from the ledger.
      return unit.hasChanged ? { org, unit, changes, result } : undefined;
    } catch {
      return undefined;
    }
  }

  #known(org: number) {
    const wary = this.#wary.get(org);
    if (wary === undefined) return this.#tools.journals.wallet(org);
    if (wary > 1) this.#wary.set(org, wary - 1);
    else this.#wary.delete(org);
    return undefined;
  }

  /** A key that was taken says nothing of the wallet: somebody asked for the same again. */
  #distrust(org: number, error: unknown): void {
    this.#tools.journals.forget(org);
    if (!(error instanceof UniqueViolation)) this.#wary.set(org, WARY);
  }
}

function outcomeOf<T>({ unit, result }: Decided<T>, lost: { readonly error: unknown } | undefined): Tried<T> {
  if (lost === undefined) return { result };
  const { error } = lost;
  if (error instanceof InDoubt) return { doubt: { unit, result, verdict: error.verdict } };
  return error instanceof WalletError ? { failure: error } : undefined;
}
