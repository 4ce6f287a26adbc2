import type { Grant } from '../../core/credit/grant';
import type { Posting } from '../../core/ledger/posting';
import type { JournalNeeds, JournalState } from '../../ports/journal-state';
import { journalStateOf, readJournal, withMonths } from './journal-state';
import type { JournalMemory, KnownJournal } from './known-journals';
import type { WalletRow } from './ledger-rows';
import type { SqlConnection } from './sql-driver';

/** What one unit knows of its organisation's journal: remembered or read, and kept in step with what the unit writes. */
export class UnitJournal {
  readonly #connection: SqlConnection;
  readonly #org: number;
  readonly #memory: JournalMemory;
  #known: KnownJournal | undefined;
  /** Whether what was remembered still stands for all that this unit has not written. */
  #isRemembered = true;
  #open: readonly Grant[] = [];

  constructor(connection: SqlConnection, org: number, memory: JournalMemory) {
    this.#connection = connection;
    this.#org = org;
    this.#memory = memory;
  }

  /** Grants that were read as open ones. */
  get open(): readonly Grant[] {
    return this.#open;
  }

  async state({ wallet, head }: WalletRow, needs: JournalNeeds): Promise<JournalState> {
    const before = this.#known ?? (this.#isRemembered ? this.#memory.under(this.#org, head) : undefined);
    this.#known =
      before === undefined
        ? await readJournal(this.#connection, this.#org, needs.months)
        : await withMonths(this.#connection, this.#org, before, needs.months);
    this.#open = this.#known.grants;
    return journalStateOf(this.#connection, this.#org, { known: this.#known, wallet, needs });
  }

  post(posting: Posting): void {
    this.#known = this.#known?.after(posting);
    this.#isRemembered = false;
  }

  /** A hold was made or has changed: when the next one ends is to be read again. */
  changeHolds(): void {
    this.#known = undefined;
    this.#isRemembered = false;
  }

  /** Remembers it with the wallet as it stands under the new end of the chain. */
  keep(before: string, wallet: WalletRow): void {
    const unmoved = this.#isRemembered ? this.#memory.under(this.#org, before) : undefined;
    this.#memory.keep(this.#org, wallet, this.#known ?? unmoved);
  }
}
