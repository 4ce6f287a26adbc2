import { assert } from '../../core/errors';
import { type Digest, GENESIS, sealLink } from '../../core/ledger/chain';
import type { Entry } from '../../core/ledger/entry';
import type { EntryBytes } from '../../core/ledger/entry-bytes';
import type { Posting } from '../../core/ledger/posting';
import type { WalletState } from '../../core/ledger/wallet-state';
import type { JournalNeeds, JournalState } from '../../ports/journal-state';
import { type KeyRecord, sealedKey } from '../../ports/key-record';
import type { LedgerInfo } from '../../ports/ledger-info';
import { type LedgerUnit, SettingsChanged, type WriteFacts } from '../../ports/ledger-unit';
import type { PostedEvent } from '../../ports/ledger-view';
import type { RecordKind, RecordTypes } from '../../ports/record-types';
import type { WritableRecords } from '../../ports/records';
import type { Foreseen } from '../../ports/store';
import { Undecided } from './decided-changes';
import type { JournalMemory } from './known-journals';
import { isSetting, type KnownSettings, type SettingsMemory } from './known-settings';
import type { WalletRow } from './ledger-rows';
import { SqlLedgerView } from './ledger-view';
import { LookAhead } from './look-ahead';
import { movedAway } from './moved-ledger';
import {
  changesOf,
  grantTerms,
  INSERT_KEY,
  INSERT_LINK,
  keyRow,
  linkRow,
  rowAfter,
  UPDATE_WALLET,
  UPDATE_WALLET_AFTER,
  walletRow,
} from './posting-rows';
import type { SqlConnection, SqlDriver } from './sql-driver';
import { UnitEntries } from './unit-entries';
import { UnitJournal } from './unit-journal';

/** What a write changed beside the log, as the audit row keeps it: the last state of each record. */
type Change = { readonly record: string; readonly id: string; readonly value: unknown };

/** What the units of one store share. Its bytes are empty between any two calls. */
export interface UnitTools {
  readonly digest: Digest;
  readonly memory: SettingsMemory;
  readonly journals: JournalMemory;
  readonly bytes: EntryBytes;
}

/** Changes one organisation's ledger inside one database transaction, and seals what was changed at its end. */
export class SqlLedgerUnit extends SqlLedgerView implements LedgerUnit {
  declare readonly records: { readonly [K in RecordKind]: WritableRecords<RecordTypes[K]> };
  readonly #tools: UnitTools;
  readonly #lockRow: string;
  /** Whether an earlier try failed of what it had taken to be so. */
  readonly #isCareful: boolean;
  readonly #changes = new Map<string, Change>();
  /** Settings as they stand, until this unit changes one. */
  #settings: KnownSettings | undefined;
  #changedSettings = false;
  readonly #journal: UnitJournal;
  #facts: WriteFacts;
  #wallet: WalletState | undefined;
  /** The row of the wallet as this unit found it: nobody else can change it, and `seal` is the last to touch it. */
  #found: WalletRow | undefined;
  /** Whether the row was not read, but taken to be as this process left it. */
  #isAssumed = false;
  readonly #entries: UnitEntries;
  #ahead: LookAhead | undefined;
  #sealed: WalletRow | undefined;

  constructor(
    driver: SqlDriver,
    connection: SqlConnection,
    { org, facts, isCareful = false }: { org: number; facts: WriteFacts; isCareful?: boolean },
    tools: UnitTools,
  ) {
    super(driver, connection, org, (record, id, value) => this.#witness(record, id, value));
    this.#facts = facts;
    this.#isCareful = isCareful;
    this.#tools = tools;
    this.#lockRow = driver.dialect.lockRow;
    this.#journal = new UnitJournal(connection, org, tools.journals);
    this.#entries = new UnitEntries(connection, org, tools.bytes);
  }

  /**
   * Makes every other write to the organisation wait until this one is done, or else lets this one fail and be done again:
   * whatever is read from now on stands.
   * Throws `SettingsChanged` where it was opened by settings that are no longer those that stand. What will be looked up
   * first is asked for at once, to be answered in the same trip: it is read after the lock is there.
   */
  async lock(foreseen?: Foreseen): Promise<void> {
    const locking = this.readRow(this.#lockRow);
    if (foreseen !== undefined)
      this.#ahead = new LookAhead(foreseen, {
        keys: (keys) => super.findKeys(keys),
        events: (ids) => super.findEvents(ids),
      });
    const found = await locking;
    // Looked at under the lock: whoever waited here while the ledger was moved must not write to what was left behind.
    if (found.movedTo !== null) throw movedAway(found.movedTo);
    this.#begin(found);
  }

  /**
   * In the place of `lock`: takes the wallet to stand as this process left it, and nothing of what is foreseen to be in the
   * ledger yet. Where that is not so, what this unit writes is refused as a whole: by the seal, or by a key that is taken.
   * Throws `SettingsChanged` as `lock` does.
   */
  assume(row: WalletRow, foreseen?: Foreseen): void {
    this.#isAssumed = true;
    if (foreseen !== undefined) this.#ahead = LookAhead.inVain(foreseen);
    this.#begin(row);
  }

  #begin(row: WalletRow): void {
    const { under } = this.#facts;
    if (under !== undefined && under !== row.settingsSeal) throw new SettingsChanged();
    this.#found = row;
    if (!this.#changedSettings) this.#settings = this.#tools.memory.under(this.org, row.settingsSeal);
  }

  override findKeys(keys: readonly string[]): Promise<ReadonlyMap<string, KeyRecord>> {
    return this.#ahead?.keys(keys) ?? super.findKeys(keys);
  }

  override findEvents(ids: readonly string[]): Promise<ReadonlyMap<string, PostedEvent>> {
    return this.#ahead?.events(ids) ?? super.findEvents(ids);
  }

  override journalState(needs: JournalNeeds): Promise<JournalState> {
    return this.#journal.state(this.#row, needs);
  }

  override async wallet(): Promise<WalletState> {
    return this.#row.wallet;
  }

  override recall<T>(name: string, read: () => Promise<T>): Promise<T> {
    return this.#settings?.recall(name, read, () => this.#settings) ?? read();
  }

  refuse(): void {
    if (this.#isAssumed) throw new Undecided();
  }

  describe(facts: Partial<Pick<WriteFacts, 'subject' | 'reason'>>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  async append(entries: readonly Entry[]): Promise<void> {
    this.#append(entries);
  }

  #append(entries: readonly Entry[]): void {
    assert(this.#wallet === undefined, 'entries come before the posting that they belong to');
    this.#entries.append(entries);
  }

  async post(posting: Posting): Promise<void> {
    this.#append(posting.entries);
    this.#ahead = undefined; // what is looked up from now on has this write in it
    this.#wallet = posting.wallet;
    for (const grant of posting.opened) this.#witness('grants', grant.id, grantTerms(grant));
    for (const [sql, rows] of changesOf(this.org, posting, this.#journal.open)) this.connection.send(sql, rows);
    this.#journal.post(posting);
    // Last: what it answers is waited for.
    await this.#entries.registerIds(this.#isCareful);
  }

  saveKey(record: KeyRecord): Promise<void> {
    return this.saveKeys([record]);
  }

  async saveKeys(records: readonly KeyRecord[]): Promise<void> {
    this.connection.send(
      INSERT_KEY,
      records.map((record) => keyRow(this.org, record)),
    );
    const { digest } = this.#tools;
    for (const record of records) this.#witness('idempotency_keys', record.key, sealedKey(record, digest));
  }

  /** Puts what the ledger is under the seal of an organisation's first write. */
  sealLedger(info: LedgerInfo): void {
    this.#witness('ledger', '1', info);
  }

  /** Seals what this unit changed as the next link of the chain; a unit that changed nothing leaves none. */
  seal(): void {
    if (!this.hasChanged) return;
    const { wallet: before, links, head, settingsSeal } = this.#row;
    const { actor, action, subject, reason, at } = this.#facts;
    const recordedAt = this.#entries.recordedAt ?? at;
    const changes = JSON.stringify([...this.#changes.values()]);
    const [number, firstSeq, entries] = [links + 1, before.seq + 1, this.#entries.count];
    // Named one by one: to add to what was spread takes V8 microseconds, and every posting comes by here.
    const link = { number, recordedAt, actor, action, subject, reason, changes, firstSeq, entries };
    const hash = sealLink(this.#tools.digest, links === 0 ? GENESIS : head, link, this.#entries.runs);
    const wallet = this.#wallet ?? before;
    const seals = { links: number, head: hash, settingsSeal: this.#changedSettings ? hash : settingsSeal };
    const row = walletRow(this.org, wallet, seals);
    this.connection.send(INSERT_LINK, [linkRow(this.org, link, hash)]);
    if (this.#isAssumed) this.connection.send(UPDATE_WALLET_AFTER, [rowAfter(head, row)]);
    else this.connection.send(UPDATE_WALLET, [row]);
    this.#sealed = { wallet, ...seals, movedTo: null };
  }

  /** Whether there is something to seal. */
  get hasChanged(): boolean {
    return this.#changes.size > 0 || this.#entries.count > 0;
  }

  /** Whether what this unit sealed is in the ledger. What is under no seal may be lost with a server that crashed. */
  async hasLanded(connection: SqlConnection): Promise<boolean> {
    if (this.#sealed === undefined) return true;
    const sql = 'SELECT hash FROM audit WHERE org = ? AND number = ?';
    return (await connection.get(sql, [this.org, this.#sealed.links]))?.hash === this.#sealed.head;
  }

  /** Keeps what is known of the wallet and its journal once all this is in the ledger. */
  remember(): void {
    if (this.#sealed !== undefined) this.#journal.keep(this.#row.head, this.#sealed);
  }

  get #row(): WalletRow {
    assert(this.#found !== undefined, 'a unit locks its wallet before anything else');
    return this.#found;
  }

  #witness(record: string, id: string, value: unknown): void {
    this.#changes.set(`${record}/${id}`, { record, id, value });
    if (record === 'holds') this.#journal.changeHolds();
    if (!isSetting(record)) return;
    this.#settings = undefined;
    this.#changedSettings = true;
  }
}
