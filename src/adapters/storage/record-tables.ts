import { WalletError } from '../../core/errors';
import { type RecordKind, type RecordTypes, SETTINGS_KINDS } from '../../ports/record-types';
import type { ListOptions, WritableRecords } from '../../ports/records';
import type { Recall } from './known-settings';
import { type SqlConnection, type SqlRow, type SqlValue, UniqueViolation } from './sql-driver';

/** How a field is kept: as it is, as JSON, or (a boolean) as 0 or 1. */
type Kept = 'plain' | 'json' | 'flag';

/** Fields in column order: field, column, how it is kept. `id` and `version` are every record's. */
type Columns = readonly (readonly [field: string, column: string, kept: Kept])[];

const plain = (...names: readonly (readonly [string, string])[]): Columns =>
  names.map(([f, c]) => [f, c, 'plain'] as const);

const TABLES: Readonly<Record<RecordKind, Columns>> = {
  organisations: plain(
    ['number', 'org'],
    ['tag', 'tag'],
    ['name', 'name'],
    ['email', 'email'],
    ['timeZone', 'time_zone'],
    ['accountingContact', 'accounting_contact'],
    ['postalAddress', 'postal_address'],
    ['customer', 'customer'],
    ['keyMark', 'key_mark'],
    ['dailyLimit', 'daily_limit'],
    ['confirmAbove', 'confirm_above'],
    ['frozenAt', 'frozen_at'],
    ['restoredAt', 'restored_at'],
    ['reconciledAt', 'reconciled_at'],
    ['createdAt', 'created_at'],
  ),
  cards: [
    ...plain(
      ['paymentMethod', 'payment_method'],
      ['fingerprint', 'fingerprint'],
      ['brand', 'brand'],
      ['last4', 'last4'],
      ['expMonth', 'exp_month'],
      ['expYear', 'exp_year'],
      ['name', 'name'],
      ['email', 'email'],
    ),
    ['address', 'address', 'json'],
    ...plain(['role', 'role'], ['verifiedAt', 'verified_at'], ['removedAt', 'removed_at'], ['createdAt', 'created_at']),
  ],
  apps: plain(
    ['app', 'app'],
    ['name', 'name'],
    ['archivedAt', 'archived_at'],
    ['limitMonthly', 'limit_monthly'],
    ['onLimit', 'on_limit'],
    ['createdAt', 'created_at'],
  ),
  services: plain(['number', 'number'], ['name', 'name'], ['unit', 'unit'], ['createdAt', 'created_at']),
  prices: [
    ...plain(['service', 'service'], ['number', 'number'], ['effectiveFrom', 'effective_from'], ['price', 'price']),
    ['tiers', 'tiers', 'json'],
    ...plain(['freeQuota', 'free_quota'], ['billing', 'billing']),
    ['example', 'example', 'flag'],
    ...plain(['createdAt', 'created_at']),
  ],
  purchases: [
    ...plain(['state', 'state'], ['trigger', 'trigger_name'], ['credits', 'credits'], ['refunded', 'refunded']),
    ['disputed', 'disputed', 'flag'],
    ...plain(['paymentMethod', 'payment_method']),
    ['cards', 'cards', 'json'],
    ['attempts', 'attempts', 'json'],
    ...plain(['customer', 'customer'], ['payment', 'payment']),
    ['failure', 'failure', 'json'],
    ...plain(['entry', 'entry'], ['memo', 'memo']),
    ['hosted', 'hosted', 'json'],
    ...plain(['lookedAt', 'looked_at'], ['createdAt', 'created_at'], ['settledAt', 'settled_at']),
  ],
  refunds: [
    ...plain(
      ['purchase', 'purchase'],
      ['payment', 'payment'],
      ['kind', 'kind'],
      ['state', 'state'],
      ['credits', 'credits'],
      ['reference', 'reference'],
    ),
    ['draws', 'draws', 'json'],
    ...plain(['failure', 'failure'], ['sentAt', 'sent_at'], ['createdAt', 'created_at'], ['settledAt', 'settled_at']),
  ],
  setups: [
    ...plain(['state', 'state'], ['role', 'role']),
    ['page', 'page', 'json'],
    ...plain(['card', 'card'], ['createdAt', 'created_at']),
  ],
  billing: plain(
    ['email', 'email'],
    ['netDays', 'net_days'],
    ['purchaseOrder', 'purchase_order'],
    ['offAt', 'off_at'],
    ['createdAt', 'created_at'],
  ),
  holds: [
    ...plain(
      ['state', 'state'],
      ['app', 'app'],
      ['service', 'service'],
      ['quantity', 'quantity'],
      ['credits', 'credits'],
      ['captured', 'captured'],
      ['campaign', 'campaign'],
      ['expiresAt', 'expires_at'],
      ['createdAt', 'created_at'],
    ),
    ['draws', 'draws', 'json'],
  ],
  invoices: [
    ...plain(['number', 'number'], ['period', 'period'], ['state', 'state']),
    ['lines', 'lines', 'json'],
    ...plain(
      ['rounding', 'rounding'],
      ['total', 'total'],
      ['purchase', 'purchase'],
      ['issuedAt', 'issued_at'],
      ['dueAt', 'due_at'],
      ['paidAt', 'paid_at'],
    ),
  ],
  periods: plain(
    ['from', 'from_at'],
    ['to', 'to_at'],
    ['opening', 'opening'],
    ['closing', 'closing'],
    ['digest', 'digest'],
    ['closedAt', 'closed_at'],
  ),
  tokens: plain(
    ['name', 'name'],
    ['role', 'role'],
    ['app', 'app'],
    ['hash', 'hash'],
    ['expiresAt', 'expires_at'],
    ['revokedAt', 'revoked_at'],
    ['createdAt', 'created_at'],
  ),
  token_uses: plain(['usedAt', 'used_at']),
  users: plain(
    ['email', 'email'],
    ['role', 'role'],
    ['app', 'app'],
    ['removedAt', 'removed_at'],
    ['createdAt', 'created_at'],
  ),
  leads: plain(
    ['app', 'app'],
    ['service', 'service'],
    ['campaign', 'campaign'],
    ['delivered', 'delivered'],
    ['leads', 'leads'],
    ['occurredAt', 'occurred_at'],
    ['createdAt', 'created_at'],
  ),
  recharge_rules: [
    ['enabled', 'enabled', 'flag'],
    ...plain(
      ['below', 'below'],
      ['amount', 'amount'],
      ['refillTo', 'refill_to'],
      ['monthlyCap', 'monthly_cap'],
      ['dailyCount', 'daily_count'],
      ['cooldownMs', 'cooldown_ms'],
      ['maxFailures', 'max_failures'],
      ['revision', 'revision'],
      ['attempts', 'attempts'],
      ['failures', 'failures'],
      ['retryAt', 'retry_at'],
      ['pausedAt', 'paused_at'],
      ['pausedBecause', 'paused_because'],
    ),
    ['cardsAtPause', 'cards_at_pause', 'json'],
    ['blocked', 'blocked', 'json'],
    ['failingSince', 'failing_since', 'plain'],
    ['told', 'told', 'json'],
    ...plain(
      ['toldCap', 'told_cap'],
      ['lastChargeAt', 'last_charge_at'],
      ['lastAttemptAt', 'last_attempt_at'],
      ['lastOutcome', 'last_outcome'],
      ['createdAt', 'created_at'],
    ),
  ],
  alerts: [
    ...plain(['kind', 'kind'], ['threshold', 'threshold'], ['per', 'per'], ['app', 'app'], ['service', 'service']),
    ['to', 'destinations', 'json'],
    ...plain(['removedAt', 'removed_at'], ['createdAt', 'created_at']),
  ],
  evaluations: [
    ...plain(
      ['firstAt', 'first_at'],
      ['lastAt', 'last_at'],
      ['times', 'times'],
      ['outcome', 'outcome'],
      ['guard', 'guard'],
    ),
    ['inputs', 'inputs', 'json'],
    ['purchase', 'purchase', 'plain'],
  ],
  watches: [
    ['crossed', 'crossed', 'flag'],
    ...plain(
      ['window', 'spend_window'],
      ['spent', 'spent'],
      ['mutedSince', 'muted_since'],
      ['changedAt', 'changed_at'],
    ),
  ],
  notices: [
    ...plain(['kind', 'kind'], ['alert', 'alert'], ['subject', 'subject']),
    ['recovered', 'recovered', 'flag'],
    ...plain(['at', 'at'], ['value', 'value'], ['threshold', 'threshold'], ['title', 'title']),
    ['lines', 'lines', 'json'],
    ['reportedAt', 'reported_at', 'plain'],
  ],
  deliveries: plain(
    ['notice', 'notice'],
    ['destination', 'destination'],
    ['state', 'state'],
    ['attempts', 'attempts'],
    ['nextAt', 'next_at'],
    ['error', 'error'],
    ['createdAt', 'created_at'],
    ['deliveredAt', 'delivered_at'],
  ),
};

/** Working notes that follow from the log: no seal covers them. */
const UNSEALED: ReadonlySet<RecordKind> = new Set(['token_uses', 'evaluations', 'watches', 'notices', 'deliveries']);

/** The kinds that the seal covers: a state of one that was made by hand is found. */
export const RECORD_KINDS = (Object.keys(TABLES) as readonly RecordKind[]).filter((kind) => !UNSEALED.has(kind));

const SETTINGS: ReadonlySet<RecordKind> = new Set(SETTINGS_KINDS);

/** Called with every record as it is stored, so that no state of one escapes the seal. */
export type Witness = (kind: RecordKind, id: string, value: unknown) => void;

/** A record's row, back as the record: fields in column order, the same object that was witnessed when it was stored. */
export function fromRow<K extends RecordKind>(kind: K, row: SqlRow): RecordTypes[K] {
  const record: Record<string, unknown> = { id: row.id };
  for (const [field, column, kept] of TABLES[kind]) {
    try {
      record[field] = read(row[column] ?? null, kept);
    } catch (cause) {
      throw unreadable(kind, row.id, column, cause);
    }
  }
  record.version = row.version;
  // The columns are the record's fields by the table above; the engine has checked their types.
  return record as unknown as RecordTypes[K];
}

function read(value: SqlValue, kept: Kept): unknown {
  if (kept === 'json') return typeof value === 'string' ? JSON.parse(value) : null;
  // Anything but 0 and 1 was put there by hand, and must show.
  return kept === 'flag' && (value === 0 || value === 1) ? value === 1 : value;
}

function write(value: unknown, kept: Kept): SqlValue {
  if (kept === 'json') return value === null ? null : JSON.stringify(value);
  if (kept === 'flag') return value === true ? 1 : 0;
  return value as SqlValue;
}

/** The records of one kind and organisation, inside one transaction. */
function recordsOf<K extends RecordKind>(
  kind: K,
  org: number,
  connection: SqlConnection,
  witness: Witness,
  recall: Recall,
): WritableRecords<RecordTypes[K]> {
  type T = RecordTypes[K];
  const columns = TABLES[kind];
  const select = `SELECT * FROM ${kind} WHERE org = ?`;

  const look = async (id: string): Promise<T | undefined> => {
    const row = await connection.get(`${select} AND id = ?`, [org, id]);
    return row === undefined ? undefined : fromRow(kind, row);
  };

  const search = async (where: Partial<T>, options: ListOptions): Promise<readonly T[]> => {
    const params: SqlValue[] = [org];
    let sql = select;
    for (const [field, value] of Object.entries(where)) {
      sql += ` AND ${columnOf(kind, field)} ${value === null ? 'IS NULL' : '= ?'}`;
      if (value !== null) params.push(value as SqlValue);
    }
    const newest = options.newestFirst === true;
    if (options.after !== undefined) {
      sql += ` AND id ${newest ? '<' : '>'} ?`;
      params.push(options.after);
    }
    sql += ` ORDER BY id${newest ? ' DESC' : ''}`;
    if (options.limit !== undefined) {
      sql += ' LIMIT ?';
      params.push(options.limit);
    }
    return (await connection.all(sql, params)).map((row) => fromRow(kind, row));
  };

  const insert = async (record: T): Promise<void> => {
    const all = allColumns(kind);
    const sql = `INSERT INTO ${kind} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
    await taken(kind, record, () => connection.run(sql, rowOf(kind, org, record)));
    witness(kind, record.id, ordered(kind, record));
  };

  const update = async (record: T): Promise<T> => {
    const next = { ...record, version: record.version + 1 };
    const sets = columns.filter(([, column]) => column !== 'org').map(([, column]) => `${column} = ?`);
    const values = columns
      .filter(([, column]) => column !== 'org')
      .map(([field, , kept]) => write(fieldOf(next, field), kept));
    const sql = `UPDATE ${kind} SET ${sets.join(', ')}, version = ? WHERE org = ? AND id = ? AND version = ?`;
    const changed = await taken(kind, record, () =>
      connection.run(sql, [...values, next.version, org, record.id, record.version]),
    );
    if (changed !== 1)
      throw new WalletError('ledger_busy', `${record.id} was changed by somebody else meanwhile`, {
        why: 'nothing was changed',
        hint: 'run the command again',
      });
    witness(kind, record.id, ordered(kind, next));
    return next;
  };

  const isSetting = SETTINGS.has(kind);
  const find = (id: string) => (isSetting ? recall(`${kind} ${id}`, () => look(id)) : look(id));
  const list = (where: Partial<T> = {}, options: ListOptions = {}) =>
    isSetting
      ? recall(`${kind} ${JSON.stringify([where, options])}`, () => search(where, options))
      : search(where, options);
  return { find, list, insert, update };
}

type AllRecords = { readonly [K in RecordKind]: WritableRecords<RecordTypes[K]> };

/** The records of every kind of one organisation, each opened when it is first asked for: a write touches few of them. */
export function openRecords(org: number, connection: SqlConnection, witness: Witness, recall: Recall): AllRecords {
  const open = (kind: RecordKind) =>
    recordsOf(kind, org, connection, UNSEALED.has(kind) ? () => undefined : witness, recall);
  // It has a property for each kind of the tables above.
  return new RecordShelf(open) as unknown as AllRecords;
}

class RecordShelf {
  readonly #open: (kind: RecordKind) => unknown;
  readonly #opened = new Map<RecordKind, unknown>();

  static {
    for (const kind of Object.keys(TABLES) as readonly RecordKind[])
      Object.defineProperty(RecordShelf.prototype, kind, {
        get(this: RecordShelf) {
          return RecordShelf.#of(this, kind);
        },
      });
  }

  constructor(open: (kind: RecordKind) => unknown) {
    this.#open = open;
  }

  static #of(shelf: RecordShelf, kind: RecordKind): unknown {
    let records = shelf.#opened.get(kind);
    if (records === undefined) {
      records = shelf.#open(kind);
      shelf.#opened.set(kind, records);
    }
    return records;
  }
}

function unreadable(kind: RecordKind, id: SqlValue | undefined, column: string, cause: unknown): WalletError {
  return new WalletError('integrity_failure', `${kind} ${id}: its ${column} can not be read`, {
    why: 'it is not as it was written',
    hint: 'wallet verify',
    cause,
  });
}

/** A field by its name in the tables above, which name nothing that the records lack. */
function fieldOf(record: object, field: string): unknown {
  return (record as Record<string, unknown>)[field] ?? null;
}

function allColumns(kind: RecordKind): readonly string[] {
  const own = TABLES[kind].map(([, column]) => column).filter((column) => column !== 'org');
  return ['org', 'id', ...own, 'version'];
}

function rowOf<K extends RecordKind>(kind: K, org: number, record: RecordTypes[K]): SqlValue[] {
  const own = TABLES[kind].filter(([, column]) => column !== 'org');
  return [org, record.id, ...own.map(([field, , kept]) => write(fieldOf(record, field), kept)), record.version];
}

function ordered<K extends RecordKind>(kind: K, record: RecordTypes[K]): unknown {
  return fromRow(kind, {
    id: record.id,
    version: record.version,
    ...Object.fromEntries(TABLES[kind].map(([field, column, kept]) => [column, write(fieldOf(record, field), kept)])),
  });
}

function columnOf(kind: RecordKind, field: string): string {
  const found = TABLES[kind].find(([name]) => name === field);
  if (found === undefined) throw new Error(`${kind} has no field ${field}`);
  return found[1];
}

async function taken<R>(kind: RecordKind, record: { id: string }, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new WalletError('already_exists', `this already exists in ${kind}`, {
      why: 'its name or id is taken',
      details: { record: kind, id: record.id },
      cause: error,
    });
  }
}
