import type { Grant } from '../../core/credit/grant';
import type { Credits } from '../../core/credits';
import type { DayTotal, MonthTotal } from '../../core/ledger/totals';
import type { KeyRecord, LedgerProof, StoredEntry } from '../../ports/store';
import { ENTRY_COLUMNS, withDraws } from './entry-rows';
import { groupDraws, numberOf, toDayTotal, toGrant, toKeyRecord } from './ledger-rows';
import { MIGRATIONS } from './migrations';
import type { SqlConnection, SqlDriver } from './sql-driver';

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
    const rows = await this.#connection.all(sql, [this.#org, after, limit]);
    const last = rows.at(-1)?.seq ?? after;
    const split = 'SELECT seq, place, grant_seq, amount FROM draws WHERE org = ? AND seq > ? AND seq <= ?';
    const draws = groupDraws(await this.#connection.all(split, [this.#org, after, last]));
    return rows.map((row) => ({
      entry: withDraws(row, draws.get(numberOf(row, 'seq'))),
      check: numberOf(row, 'row_check'),
    }));
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
    return (await this.#connection.all('SELECT * FROM grants WHERE org = ? ORDER BY seq', [this.#org])).map(toGrant);
  }

  async brokenEventIds(): Promise<readonly string[]> {
    const unregistered = `SELECT t.external_id FROM transactions t LEFT JOIN event_ids e ON e.org = t.org
      AND e.external_id = t.external_id AND e.seq = t.seq WHERE t.org = ? AND t.external_id IS NOT NULL AND e.seq IS NULL LIMIT 5`;
    const count = 'SELECT count(*) FROM event_ids WHERE org = ?';
    const used = 'SELECT count(*) FROM transactions WHERE org = ? AND external_id IS NOT NULL';
    const [registered] = await this.#connection.column(count, [this.#org]);
    const [entries] = await this.#connection.column(used, [this.#org]);
    if (registered === entries) return (await this.#connection.column(unregistered, [this.#org])).map(String);
    return [`${registered} registered for ${entries} entries`];
  }

  async head(): Promise<{ links: number; hash: string }> {
    const row = await this.#connection.get('SELECT links, head FROM wallets WHERE org = ?', [this.#org]);
    return { links: numberOf(row, 'links'), hash: String(row?.head) };
  }

  async keys(): Promise<readonly KeyRecord[]> {
    return (await this.#connection.all('SELECT * FROM idempotency_keys WHERE org = ?', [this.#org])).map(toKeyRecord);
  }

  async schemaFaults(): Promise<readonly string[]> {
    const found = await this.#driver.schema();
    const faults: string[] = [];
    for (const statement of MIGRATIONS.flatMap((step) => step(this.#driver.dialect))) {
      const name = /^CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) (\w+)/.exec(statement)?.[1] ?? '';
      const stored = found.get(name);
      if (stored === undefined) faults.push(`${name} is missing`);
      else if (plainText(stored) !== plainText(statement)) faults.push(`${name} was altered`);
    }
    return faults;
  }

  storageFaults(): Promise<readonly string[]> {
    return this.#driver.storageFaults();
  }
}

function plainText(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}
