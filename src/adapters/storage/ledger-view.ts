import type { Grant } from '../../core/credit/grant';
import type { Credits } from '../../core/credits';
import { WalletError } from '../../core/errors';
import type { Link } from '../../core/ledger/chain';
import type { Entry } from '../../core/ledger/entry';
import type { DayTotal, MonthTotal } from '../../core/ledger/totals';
import type { WalletState } from '../../core/ledger/wallet-state';
import type { Instant } from '../../core/time';
import type { DayTotalsQuery, EntryPageQuery, EntryQuery, EntryTotals } from '../../ports/entry-query';
import type { JournalNeeds, JournalState } from '../../ports/journal-state';
import type { KeyRecord } from '../../ports/key-record';
import type { AskedBy, AskedEvent, LedgerView, LinkQuery, ListedEntry, PostedEvent } from '../../ports/ledger-view';
import type { RecordKind, RecordTypes } from '../../ports/record-types';
import type { Records } from '../../ports/records';
import type { CsvPage } from './csv-page';
import { ENTRY_COLUMNS, toEntry, toListedEntry } from './entry-rows';
import { findEvents, findUnposted } from './event-search';
import { allIn, tableIn } from './in-lists';
import { journalStateOf, readJournal, readMonthTotals } from './journal-state';
import type { LedgerProofReader } from './ledger-proof';
import {
  GRANT_COLUMNS,
  groupDraws,
  numberOf,
  toDayTotal,
  toGrant,
  toKeyRecord,
  toLink,
  toWalletRow,
  WALLET_COLUMNS,
  type WalletRow,
} from './ledger-rows';
import { fromRow } from './record-rows';
import { RecordShelf } from './record-shelf';
import type { SqlConnection, SqlDriver, SqlValue } from './sql-driver';
import type { Witness } from './stored-records';

const WALLET_ROW = `SELECT ${WALLET_COLUMNS} FROM wallets WHERE org = ?`;
const SOME_GRANTS = `SELECT ${GRANT_COLUMNS} FROM grants WHERE org = ? AND`;
const ENTRIES_BY_SEQ = `SELECT ${ENTRY_COLUMNS} FROM transactions WHERE org = ? AND seq IN`;
/** Where these stand among `ENTRY_COLUMNS`. */
const [SEQ, AMOUNT, GRANT_SEQ] = [1, 14, 20] as const;

/**
 * Reads one organisation's ledger inside one transaction, with statements that every engine understands. What lists, sums
 * and proves is loaded when it is first asked for: a balance needs none of it.
 */
export class SqlLedgerView implements LedgerView {
  readonly records: { readonly [K in RecordKind]: Records<RecordTypes[K]> };
  protected readonly org: number;
  protected readonly connection: SqlConnection;
  readonly #driver: SqlDriver;

  constructor(driver: SqlDriver, connection: SqlConnection, org: number, witness: Witness = () => undefined) {
    this.#driver = driver;
    this.connection = connection;
    this.org = org;
    this.records = new RecordShelf(org, connection, witness, (name, read) => this.recall(name, read));
  }

  async wallet(): Promise<WalletState> {
    return (await this.readRow()).wallet;
  }

  async journalState(needs: JournalNeeds): Promise<JournalState> {
    const wallet = await this.wallet();
    const known = await readJournal(this.connection, this.org, needs.months);
    return journalStateOf(this.connection, this.org, { known, wallet, needs });
  }

  async grants(query: { ids?: readonly string[]; seqs?: readonly number[] }): Promise<readonly Grant[]> {
    const rows = [
      ...(await tableIn(this.connection, this.org, `${SOME_GRANTS} id IN`, query.ids ?? [])),
      ...(await tableIn(this.connection, this.org, `${SOME_GRANTS} seq IN`, query.seqs ?? [])),
    ];
    return rows.map(toGrant);
  }

  async listGrants(query: { all: boolean; limit: number; after?: number }): Promise<readonly Grant[]> {
    const open = query.all ? '' : ' AND is_open = 1';
    const sql = `${SOME_GRANTS} seq > ?${open} ORDER BY seq LIMIT ?`;
    return (await this.connection.table(sql, [this.org, query.after ?? 0, query.limit])).map(toGrant);
  }

  async hasDue(now: Instant): Promise<boolean> {
    const sql = `SELECT EXISTS (SELECT 1 FROM grants WHERE org = ? AND is_open = 1 AND expires_at <= ? AND remaining > held)
      OR EXISTS (SELECT 1 FROM holds WHERE org = ? AND state = 'open' AND expires_at <= ?) AS due`;
    return Boolean((await this.connection.get(sql, [this.org, now, this.org, now]))?.due);
  }

  async openRefunds() {
    const sql = "SELECT * FROM refunds WHERE org = ? AND state NOT IN ('succeeded', 'failed', 'reversed') ORDER BY id";
    return (await this.connection.all(sql, [this.org])).map((row) => fromRow('refunds', row));
  }

  async unresolvedPurchases() {
    const sql = "SELECT * FROM purchases WHERE org = ? AND state NOT IN ('succeeded', 'failed') ORDER BY id";
    return (await this.connection.all(sql, [this.org])).map((row) => fromRow('purchases', row));
  }

  async heldByApp(app: string, at: Instant): Promise<Credits> {
    const sql = `SELECT coalesce(sum(credits), 0) AS held FROM holds
      WHERE org = ? AND state = 'open' AND app = ? AND expires_at > ?`;
    return numberOf(await this.connection.get(sql, [this.org, app, at]), 'held') as Credits;
  }

  monthTotals(keys: NonNullable<JournalNeeds['months']>): Promise<readonly MonthTotal[]> {
    return readMonthTotals(this.connection, this.org, keys);
  }

  findUnposted(by: AskedBy, events: Iterable<AskedEvent>): Promise<readonly number[]> {
    return findUnposted(this.connection, this.org, by, events);
  }

  findEvents(externalIds: readonly string[]): Promise<ReadonlyMap<string, PostedEvent>> {
    return findEvents(this.connection, this.org, externalIds);
  }

  async entries(seqs: readonly number[]): Promise<readonly Entry[]> {
    return this.#withDraws(await tableIn(this.connection, this.org, ENTRIES_BY_SEQ, seqs));
  }

  async entriesAbout(reference: string): Promise<readonly Entry[]> {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM transactions WHERE org = ? AND reference = ? ORDER BY seq`;
    return this.#withDraws(await this.connection.table(sql, [this.org, reference]));
  }

  async monthUsageBefore(service: string, from: Instant, to: Instant, seq: number) {
    const { usageBefore } = await import('./entry-sums');
    return usageBefore(this.connection, this.org, { service, from, to, seq });
  }

  async page(query: EntryPageQuery): Promise<readonly ListedEntry[]> {
    const { pageOfEntries } = await import('./entry-query');
    const { where, params } = pageOfEntries(this.org, query);
    const sql = `SELECT ${ENTRY_COLUMNS} FROM transactions WHERE ${where}`;
    return (await this.connection.table(sql, params)).map(toListedEntry);
  }

  async csvPage(query: EntryPageQuery): Promise<CsvPage> {
    const { readCsvPage } = await import('./csv-page');
    return readCsvPage(this.connection, this.#driver.dialect, this.org, query);
  }

  async totals(query: EntryQuery): Promise<EntryTotals> {
    const { sumOfEntries } = await import('./entry-sums');
    return sumOfEntries(this.connection, this.org, query);
  }

  async dayTotals(query: DayTotalsQuery): Promise<readonly DayTotal[]> {
    const { sumOfDays } = await import('./entry-query');
    const { sql, params } = sumOfDays(this.org, query);
    return (await this.connection.all(sql, params)).map(toDayTotal);
  }

  async accountSums(before: Instant): Promise<readonly { account: number; amount: Credits }[]> {
    const { sumsOfAccounts } = await import('./entry-sums');
    return sumsOfAccounts(this.connection, this.org, before);
  }

  async closedUntil(): Promise<Instant> {
    const sql = 'SELECT coalesce(max(to_at), 0) AS closed FROM periods WHERE org = ?';
    return this.recall('closed', async () => numberOf(await this.connection.get(sql, [this.org]), 'closed') as Instant);
  }

  async campaigns(): Promise<readonly string[]> {
    const sql = "SELECT DISTINCT campaign FROM day_totals WHERE org = ? AND campaign <> '' ORDER BY campaign";
    return (await this.connection.column(sql, [this.org])).map(String);
  }

  async findKey(key: string): Promise<KeyRecord | undefined> {
    const row = await this.connection.get('SELECT * FROM idempotency_keys WHERE org = ? AND key = ?', [this.org, key]);
    return row === undefined ? undefined : toKeyRecord(row);
  }

  async findKeys(keys: readonly string[]): Promise<ReadonlyMap<string, KeyRecord>> {
    const rows = await allIn(
      this.connection,
      this.org,
      'SELECT * FROM idempotency_keys WHERE org = ? AND key IN',
      keys,
    );
    return new Map(rows.map((row) => [String(row.key), toKeyRecord(row)]));
  }

  async links(query: LinkQuery): Promise<readonly Link[]> {
    const { pageOfLinks } = await import('./link-query');
    const { sql, params } = pageOfLinks(this.org, query);
    return (await this.connection.all(sql, params)).map(toLink);
  }

  async proof(): Promise<LedgerProofReader> {
    const { LedgerProofReader } = await import('./ledger-proof');
    return new LedgerProofReader(this.#driver, this.connection, this.org);
  }

  /** The seal of the last change of a setting; of no organisation, none. */
  async settingsSeal(): Promise<string> {
    const row = await this.connection.get('SELECT settings_seal FROM wallets WHERE org = ?', [this.org]);
    return String(row?.settings_seal);
  }

  /** Who only reads has no lock that makes what was known before still stand. */
  recall<T>(_name: string, read: () => Promise<T>): Promise<T> {
    return read();
  }

  protected async readRow(lock = ''): Promise<WalletRow> {
    const sql = lock === '' ? WALLET_ROW : WALLET_ROW + lock;
    const [row] = await this.connection.table(sql, [this.org]);
    if (row === undefined) throw noWallet(this.org);
    return toWalletRow(row);
  }

  async #withDraws(rows: readonly (readonly SqlValue[])[]): Promise<readonly Entry[]> {
    const split = rows.filter((row) => row[GRANT_SEQ] === null && row[AMOUNT] !== 0).map((row) => row[SEQ] as number);
    const found = await allIn(
      this.connection,
      this.org,
      'SELECT seq, place, grant_seq, amount FROM draws WHERE org = ? AND seq IN',
      split,
    );
    const draws = groupDraws(found);
    return rows.map((row) => toEntry(row, draws.get(row[SEQ] as number)));
  }
}

function noWallet(org: number): WalletError {
  return new WalletError('integrity_failure', `the row of wallets of organisation ${org} is missing`, {
    why: 'it is made with the organisation, and never removed',
    hint: 'restore the newest backup: wallet restore FILE',
  });
}
