import type { Grant } from '../../core/credit/grant';
import type { Credits } from '../../core/credits';
import type { DayTotal, MonthTotal } from '../../core/ledger/totals';
import type { KeyRecord } from '../../ports/key-record';
import type { LedgerInfo } from '../../ports/ledger-info';
import type { LedgerProof, StoredEntry } from '../../ports/ledger-proof';
import { ENTRY_COLUMNS, toStoredEntry } from './entry-rows';
import { EventIdWalk } from './event-id-walk';
import { GRANT_COLUMNS, groupDraws, numberOf, toDayTotal, toGrant, toKeyRecord, toLedgerInfo } from './ledger-rows';
import type { SqlConnection, SqlDriver, SqlValue } from './sql-driver';

const PAGE = 5_000;
const MOST_FAULTS = 5;

/** Reads everything that is stored about one organisation, as it stands, for `verify`. */
export class LedgerProofReader implements LedgerProof {
  readonly #driver: SqlDriver;
  readonly #connection: SqlConnection;
  readonly #org: number;

  constructor(driver: SqlDriver, connection: SqlConnection, org: number) {
    this.#driver = driver;
    this.#connection = connection;
    this.#org = org;
  }

  async entries(after: number, limit: number): Promise<readonly StoredEntry[]> {
    const sql = `SELECT ${ENTRY_COLUMNS} FROM transactions WHERE org = ? AND seq > ? ORDER BY seq LIMIT ?`;
    const rows = await this.#connection.table(sql, [this.#org, after, limit]);
    const last = rows.at(-1)?.[1] ?? after;
    const split = 'SELECT seq, place, grant_seq, amount FROM draws WHERE org = ? AND seq > ? AND seq <= ?';
    const draws = groupDraws(await this.#connection.all(split, [this.#org, after, last]));
    return rows.map((row) => toStoredEntry(row, draws.get(Number(row[1]))));
  }

  async dayTotals(): Promise<readonly DayTotal[]> {
    const rows = await this.#connection.all('SELECT * FROM day_totals WHERE org = ?', [this.#org]);
    return rows.map(toDayTotal);
  }

  async monthTotals(): Promise<readonly MonthTotal[]> {
    const rows = await this.#connection.all('SELECT * FROM month_totals WHERE org = ?', [this.#org]);
    return rows.map((row) => ({
      kind: row.kind as MonthTotal['kind'],
      name: row.name as string,
      month: numberOf(row, 'month'),
      quantity: numberOf(row, 'quantity'),
      freeQuantity: numberOf(row, 'free_quantity'),
      spent: row.spent as Credits,
    }));
  }

  async allGrants(): Promise<readonly Grant[]> {
    const sql = `SELECT ${GRANT_COLUMNS} FROM grants WHERE org = ? ORDER BY seq`;
    return (await this.#connection.table(sql, [this.#org])).map(toGrant);
  }

  async mismarkedGrants(): Promise<readonly string[]> {
    const sql = `SELECT id FROM grants WHERE org = ? AND is_open <> CASE WHEN remaining > 0 THEN 1 ELSE 0 END
      ORDER BY seq LIMIT ${MOST_FAULTS}`;
    return (await this.#connection.column(sql, [this.#org])).map(String);
  }

  async brokenEventIds(): Promise<readonly string[]> {
    const faults: string[] = [];
    const walk = new EventIdWalk((fault) => faults.length < MOST_FAULTS && faults.push(fault));
    // The page comes first: joined before it is cut off, all that is left would be joined for each page.
    const page = `SELECT org, id_key, seq FROM event_ids WHERE org = ? AND id_key > ? ORDER BY id_key LIMIT ${PAGE}`;
    const sql = `SELECT e.id_key, e.seq, t.external_id FROM (${page}) e
      LEFT JOIN transactions t ON t.org = e.org AND t.seq = e.seq ORDER BY e.id_key`;
    for (let after: SqlValue = Number.MIN_SAFE_INTEGER; ; ) {
      const rows = await this.#connection.table(sql, [this.#org, after]);
      for (const [key, seq, id] of rows) walk.take(Number(key), Number(seq), id as string | null);
      if (rows.length < PAGE) break;
      after = rows.at(-1)?.[0] ?? null;
    }
    // Each row that passed is of an entry of its own, so it is enough to count them.
    const used = 'SELECT count(*) FROM transactions WHERE org = ? AND external_id IS NOT NULL';
    const [entries] = await this.#connection.column(used, [this.#org]);
    if (walk.rows === Number(entries)) return faults;
    const unregistered = `SELECT t.external_id FROM transactions t LEFT JOIN event_ids e ON e.org = t.org
      AND e.seq = t.seq WHERE t.org = ? AND t.external_id IS NOT NULL AND e.seq IS NULL LIMIT ${MOST_FAULTS}`;
    const lost = await this.#connection.column(unregistered, [this.#org]);
    return [
      ...lost.map((id) => `event ${id} is not registered`),
      ...faults,
      `${walk.rows} ids are registered for ${entries} entries`,
    ];
  }

  async head(): Promise<{ links: number; hash: string; settingsSeal: string }> {
    const row = await this.#connection.get('SELECT links, head, settings_seal FROM wallets WHERE org = ?', [this.#org]);
    return { links: numberOf(row, 'links'), hash: String(row?.head), settingsSeal: String(row?.settings_seal) };
  }

  async keys(): Promise<readonly KeyRecord[]> {
    return (await this.#connection.all('SELECT * FROM idempotency_keys WHERE org = ?', [this.#org])).map(toKeyRecord);
  }

  async info(): Promise<LedgerInfo> {
    const row = await this.#connection.get('SELECT * FROM ledger WHERE id = 1');
    if (row === undefined) throw new Error('the row of ledger is missing');
    return toLedgerInfo(row);
  }

  async strayRows(): Promise<readonly string[]> {
    const orgs = (await this.#connection.column('SELECT org FROM organisations ORDER BY org')).map(Number);
    const faults = orgs.flatMap((org, index) => (org === index + 1 ? [] : [`organisations: ${org} has no place`]));
    const last = orgs.at(-1) ?? 0;
    for (const table of await this.#tablesByOrganisation()) {
      const stray = `SELECT org FROM ${table} WHERE org < 1 UNION ALL SELECT org FROM ${table} WHERE org > ? LIMIT 1`;
      const found = await this.#connection.column(stray, [last]);
      faults.push(...found.map((org) => `${table}: a row belongs to organisation ${org}, which is not there`));
    }
    const elsewhere = `SELECT w.org, w.moved_to, l.moved_to FROM wallets w CROSS JOIN ledger l
      WHERE w.moved_to IS DISTINCT FROM l.moved_to LIMIT 5`;
    for (const [org, own, whole] of await this.#connection.table(elsewhere))
      faults.push(`moved to ${own} by the row of wallets of organisation ${org}, to ${whole} by the row of ledger`);
    const draws = `SELECT d.seq FROM draws d LEFT JOIN transactions t ON t.org = d.org AND t.seq = d.seq
      WHERE t.seq IS NULL OR t.grant_seq IS NOT NULL OR d.place < 0 OR (d.place > 0 AND NOT EXISTS
        (SELECT 1 FROM draws p WHERE p.org = d.org AND p.seq = d.seq AND p.place = d.place - 1)) LIMIT 5`;
    const strays = await this.#connection.column(draws);
    return [...faults, ...strays.map((seq) => `draws: a row of entry ${seq} is none of it`)];
  }

  async #tablesByOrganisation(): Promise<readonly string[]> {
    return (await this.#statements()).flatMap((sql) => /^CREATE TABLE (\w+) \(\s*org /.exec(sql)?.[1] ?? []);
  }

  async #statements(): Promise<readonly string[]> {
    const { schemaSteps } = await import('./migrations');
    return schemaSteps(this.#driver.dialect).flat();
  }

  async schemaFaults(): Promise<readonly string[]> {
    const found = await this.#driver.schema();
    const faults: string[] = [];
    const known = new Set<string>();
    for (const statement of await this.#statements()) {
      const name = /^CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) (\w+)/.exec(statement)?.[1] ?? '';
      known.add(name);
      const stored = found.get(name);
      if (stored === undefined) faults.push(`${name} is missing`);
      else if (plainText(stored) !== plainText(statement)) faults.push(`${name} was altered`);
    }
    for (const name of found.keys()) if (!known.has(name)) faults.push(`${name} was added by hand`);
    return faults;
  }

  storageFaults(): Promise<readonly string[]> {
    return this.#driver.storageFaults();
  }
}

function plainText(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}
