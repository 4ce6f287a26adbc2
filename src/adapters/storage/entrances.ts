import type { Entrance } from '../../ports/store';
import { toLedgerInfo } from './ledger-rows';
import { fromRow } from './record-rows';
import type { SqlConnection, SqlDriver } from './sql-driver';

/** As found; nothing of it where the ledger's row is missing. */
type Found = Partial<Entrance>;

/** Different callers than these are looked up anew: a server has as many as it has users and organisations. */
const MOST_KNOWN = 10_000;
const ORGANISATION = `SELECT o.*, w.settings_seal FROM organisations o LEFT JOIN wallets w ON w.org = o.org`;

/** What calls begin with, remembered until a setting of the organisation changes. */
export class Entrances {
  readonly #driver: SqlDriver;
  readonly #known = new Map<string, Found>();

  constructor(driver: SqlDriver) {
    this.#driver = driver;
  }

  /** The ledger, the organisation of that name or the first, and its user of that name. */
  async find(name: string | undefined, user: string | undefined): Promise<Found> {
    const key = keyOf(name, user);
    const known = this.#known.get(key);
    if (known?.org !== undefined && (await this.sealOf(known.org.number)) === known.seal) return known;
    const found = await this.#driver.read((connection) => readEntrance(connection, name, user));
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  /** The seal of the last change of a setting; of no organisation, none. */
  async sealOf(org: number): Promise<string> {
    const row = await this.#driver.look('SELECT settings_seal FROM wallets WHERE org = ?', [org]);
    return String(row?.settings_seal);
  }
}

/** No name has a line feed in it, or is empty. */
function keyOf(name: string | undefined, user: string | undefined): string {
  return `${name ?? ''}\n${user ?? ''}`;
}

async function readEntrance(
  connection: SqlConnection,
  name: string | undefined,
  userName: string | undefined,
): Promise<Found> {
  const ledger = await connection.get('SELECT * FROM ledger WHERE id = 1');
  if (ledger === undefined) return {};
  const info = toLedgerInfo(ledger);
  const movedTo = ledger.moved_to as string | null;
  const row =
    name === undefined
      ? await connection.get(`${ORGANISATION} ORDER BY o.org LIMIT 1`)
      : await connection.get(`${ORGANISATION} WHERE o.name = ?`, [name]);
  if (row === undefined) return { info, movedTo };
  const org = fromRow('organisations', row);
  const user =
    userName === undefined
      ? undefined
      : await connection.get('SELECT * FROM users WHERE org = ? AND id = ?', [org.number, userName]);
  return {
    info,
    org,
    movedTo,
    user: user === undefined ? undefined : fromRow('users', user),
    seal: String(row.settings_seal),
  };
}
