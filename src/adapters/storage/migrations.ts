import { assert } from '../../core/errors';
import { alertTables } from './alert-tables';
import { SCHEMA_VERSION } from './schema-version';
import type { Dialect } from './sql-driver';

/**
 * The schema, as numbered steps that are never edited once released. The organisation comes first in every key, so that
 * the tables can be spread by organisation. Amounts are micro-credits, times milliseconds since 1970 (UTC), days and
 * months counts since 1970 in the organisation's time zone.
 */
const MIGRATIONS: readonly ((dialect: Dialect) => readonly string[])[] = [firstSchema];

/** The statements of each step in the engine's own words. Steps write text as `TEXT`. */
export function schemaSteps(dialect: Dialect): readonly (readonly string[])[] {
  assert(MIGRATIONS.length === SCHEMA_VERSION, 'the schema has as many steps as its version says');
  return MIGRATIONS.map((step) => step(dialect).map((sql) => sql.replace(/\bTEXT\b/g, dialect.text)));
}

/** Tables whose rows are never changed or removed, by anybody. */
export const APPEND_ONLY = ['transactions', 'draws', 'event_ids', 'audit', 'idempotency_keys', 'prices'] as const;

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Of a whole number that may be negative, that it is a safe integer. */
function bounded(name: string): string {
  return `abs(${name}) <= ${LARGEST}`;
}

function firstSchema(dialect: Dialect): readonly string[] {
  const int = dialect.integer;
  const end = dialect.tableOptions;
  const busy = dialect.busyTableOptions;
  const org = `org ${int} NOT NULL REFERENCES organisations(org)`;
  const amount = (name: string) => `${name} ${int} NOT NULL CHECK (${bounded(name)})`;
  return [
    `CREATE TABLE ledger (
      id ${int} NOT NULL PRIMARY KEY CHECK (id = 1), instance TEXT NOT NULL, provider TEXT NOT NULL, mode TEXT NOT NULL,
      account TEXT, created_at ${int} NOT NULL, moved_to TEXT)${end}`,
    `CREATE TABLE organisations (
      org ${int} NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, tag TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
      email TEXT, time_zone TEXT NOT NULL, accounting_contact TEXT, postal_address TEXT, customer TEXT, key_mark TEXT,
      daily_limit ${int}, confirm_above ${int}, frozen_at ${int}, restored_at ${int}, reconciled_at ${int},
      created_at ${int} NOT NULL, version ${int} NOT NULL)${end}`,
    // One short check where postings write, and no reference of a wallet, which is made with its organisation:
    // PostgreSQL reads a table's checks anew for every statement.
    `CREATE TABLE wallets (
      org ${int} NOT NULL PRIMARY KEY, posted ${int} NOT NULL, held ${int} NOT NULL, overdrawn ${int} NOT NULL,
      overdraft_limit ${int} NOT NULL, postpaid ${int} NOT NULL, seq ${int} NOT NULL, recorded_at ${int} NOT NULL,
      links ${int} NOT NULL, head TEXT NOT NULL, settings_seal TEXT NOT NULL, moved_to TEXT,
      CHECK (held >= 0 AND overdrawn >= 0 AND overdraft_limit >= 0 AND ${bounded('posted')} AND ${bounded('postpaid')}))${busy}`,
    `CREATE TABLE transactions (
      org ${int} NOT NULL, seq ${int} NOT NULL, type TEXT NOT NULL, occurred_at ${int} NOT NULL,
      recorded_at ${int} NOT NULL, service TEXT, app TEXT, user_name TEXT, campaign TEXT, quantity ${int},
      free_quantity ${int}, unit_price ${int}, debit ${int}, credit ${int}, amount ${int} NOT NULL,
      balance ${int} NOT NULL, memo TEXT, reference TEXT, external_id TEXT, actor TEXT NOT NULL, grant_seq ${int}, row_check ${int} NOT NULL,
      PRIMARY KEY (org, seq), CHECK (amount BETWEEN 0 AND ${LARGEST} AND ${bounded('balance')} AND debit <> credit
        AND (debit IS NULL) = (amount = 0) AND (credit IS NULL) = (amount = 0)))${end}`,
    'CREATE INDEX transactions_by_time ON transactions (org, occurred_at, seq)',
    'CREATE INDEX transactions_by_service ON transactions (org, service, occurred_at, seq)',
    "CREATE INDEX transactions_but_usage ON transactions (org, occurred_at, seq) WHERE type <> 'usage'",
    'CREATE INDEX transactions_by_reference ON transactions (org, reference, seq) WHERE reference IS NOT NULL',
    `CREATE TABLE draws (
      org ${int} NOT NULL, seq ${int} NOT NULL, place ${int} NOT NULL, grant_seq ${int} NOT NULL, ${amount('amount')},
      PRIMARY KEY (org, seq, place))${end}`,
    // By a hash of the id (core/ledger/event-key): random texts in an index cost more than all the rest of an import.
    `CREATE TABLE event_ids (
      org ${int} NOT NULL, id_key ${int} NOT NULL, seq ${int} NOT NULL, PRIMARY KEY (org, id_key))${end}`,
    `CREATE TABLE grants (
      org ${int} NOT NULL, seq ${int} NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, credits ${int} NOT NULL,
      priority ${int} NOT NULL, expires_at ${int}, source TEXT NOT NULL, created_at ${int} NOT NULL,
      remaining ${int} NOT NULL, held ${int} NOT NULL, is_open ${int} NOT NULL,
      PRIMARY KEY (org, seq), UNIQUE (org, id), CHECK (held >= 0 AND remaining >= held AND credits >= remaining
        AND is_open = CASE WHEN remaining > 0 THEN 1 ELSE 0 END))${busy}`,
    // By a mark of its own: were it by what remains, every posting would write it again.
    'CREATE INDEX grants_open ON grants (org, expires_at) WHERE is_open = 1',
    `CREATE TABLE day_totals (
      org ${int} NOT NULL, day ${int} NOT NULL, type TEXT NOT NULL, service TEXT NOT NULL, app TEXT NOT NULL,
      user_name TEXT NOT NULL, campaign TEXT NOT NULL, transactions ${int} NOT NULL, quantity ${int} NOT NULL,
      free_quantity ${int} NOT NULL, amount ${int} NOT NULL, invoiced ${int} NOT NULL,
      PRIMARY KEY (org, day, type, service, app, user_name, campaign),
      CHECK (${bounded('amount')} AND ${bounded('invoiced')}))${busy}`,
    `CREATE TABLE month_totals (
      org ${int} NOT NULL, month ${int} NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, quantity ${int} NOT NULL,
      free_quantity ${int} NOT NULL, ${amount('spent')}, PRIMARY KEY (org, month, kind, name))${busy}`,
    `CREATE TABLE audit (
      org ${int} NOT NULL, number ${int} NOT NULL, recorded_at ${int} NOT NULL, actor TEXT NOT NULL,
      action TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT, changes TEXT NOT NULL, first_seq ${int} NOT NULL,
      entries ${int} NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (org, number))${end}`,
    `CREATE TABLE idempotency_keys (
      org ${int} NOT NULL, key TEXT NOT NULL, operation TEXT NOT NULL, fingerprint TEXT NOT NULL, result TEXT NOT NULL,
      recorded_at ${int} NOT NULL, PRIMARY KEY (org, key))${end}`,
    `CREATE TABLE cards (
      ${org}, id TEXT NOT NULL, payment_method TEXT NOT NULL, fingerprint TEXT NOT NULL, brand TEXT NOT NULL,
      last4 TEXT NOT NULL, exp_month ${int} NOT NULL, exp_year ${int} NOT NULL, name TEXT, email TEXT,
      address TEXT NOT NULL, role TEXT NOT NULL, verified_at ${int}, removed_at ${int}, created_at ${int} NOT NULL,
      version ${int} NOT NULL, PRIMARY KEY (org, id), UNIQUE (org, payment_method))${end}`,
    "CREATE UNIQUE INDEX cards_one_of_each_role ON cards (org, role) WHERE role <> 'none' AND removed_at IS NULL",
    `CREATE TABLE apps (
      ${org}, id TEXT NOT NULL, app TEXT NOT NULL, name TEXT NOT NULL, archived_at ${int}, limit_monthly ${int},
      on_limit TEXT NOT NULL, created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id),
      UNIQUE (org, app))${end}`,
    `CREATE TABLE services (
      ${org}, id TEXT NOT NULL, number ${int} NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
      created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id), UNIQUE (org, number))${end}`,
    `CREATE TABLE prices (
      ${org}, id TEXT NOT NULL, service TEXT NOT NULL, number ${int} NOT NULL, effective_from ${int} NOT NULL,
      price ${int} NOT NULL, tiers TEXT NOT NULL, free_quota ${int} NOT NULL, billing TEXT NOT NULL,
      example ${int} NOT NULL, created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id),
      UNIQUE (org, service, number), FOREIGN KEY (org, service) REFERENCES services (org, id))${end}`,
    `CREATE TABLE purchases (
      ${org}, id TEXT NOT NULL, state TEXT NOT NULL, trigger_name TEXT NOT NULL, credits ${int} NOT NULL CHECK (credits > 0),
      refunded ${int} NOT NULL, disputed ${int} NOT NULL, payment_method TEXT NOT NULL, cards TEXT NOT NULL, attempts TEXT NOT NULL,
      customer TEXT NOT NULL, payment TEXT, failure TEXT, entry ${int}, memo TEXT, hosted TEXT, looked_at ${int}, created_at ${int} NOT NULL,
      settled_at ${int}, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    // One payment settles one purchase, and one purchase brings credits in once.
    'CREATE UNIQUE INDEX purchases_by_payment ON purchases (org, payment) WHERE payment IS NOT NULL',
    'CREATE UNIQUE INDEX purchases_by_entry ON purchases (org, entry) WHERE entry IS NOT NULL',
    "CREATE INDEX purchases_unresolved ON purchases (org, id) WHERE state NOT IN ('succeeded', 'failed')",
    // One object of the processor's settles one refund or dispute.
    `CREATE TABLE refunds (
      ${org}, id TEXT NOT NULL, purchase TEXT NOT NULL, payment TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
      credits ${int} NOT NULL CHECK (credits > 0), reference TEXT, draws TEXT NOT NULL, failure TEXT, sent_at ${int},
      created_at ${int} NOT NULL, settled_at ${int}, version ${int} NOT NULL, PRIMARY KEY (org, id),
      FOREIGN KEY (org, purchase) REFERENCES purchases (org, id))${end}`,
    'CREATE UNIQUE INDEX refunds_by_reference ON refunds (org, reference) WHERE reference IS NOT NULL',
    'CREATE INDEX refunds_by_purchase ON refunds (org, purchase, id)',
    `CREATE TABLE setups (
      ${org}, id TEXT NOT NULL, state TEXT NOT NULL, role TEXT, page TEXT NOT NULL, card TEXT,
      created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    `CREATE TABLE billing (
      ${org}, id TEXT NOT NULL, email TEXT NOT NULL, net_days ${int} NOT NULL, purchase_order TEXT, off_at ${int},
      created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    `CREATE TABLE holds (
      ${org}, id TEXT NOT NULL, state TEXT NOT NULL, app TEXT NOT NULL, service TEXT NOT NULL, quantity ${int},
      credits ${int} NOT NULL CHECK (credits >= 0), captured ${int} NOT NULL, campaign TEXT, expires_at ${int} NOT NULL,
      created_at ${int} NOT NULL, draws TEXT NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    "CREATE INDEX holds_open ON holds (org, expires_at) WHERE state = 'open'",
    `CREATE TABLE invoices (
      ${org}, id TEXT NOT NULL, number ${int} NOT NULL, period TEXT NOT NULL, state TEXT NOT NULL, lines TEXT NOT NULL,
      ${amount('rounding')}, total ${int} NOT NULL CHECK (total > 0), purchase TEXT, issued_at ${int} NOT NULL,
      due_at ${int} NOT NULL, paid_at ${int}, version ${int} NOT NULL, PRIMARY KEY (org, id), UNIQUE (org, number),
      UNIQUE (org, period))${end}`,
    `CREATE TABLE periods (
      ${org}, id TEXT NOT NULL, from_at ${int} NOT NULL, to_at ${int} NOT NULL, ${amount('opening')}, ${amount('closing')},
      digest TEXT NOT NULL, closed_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    `CREATE TABLE leads (
      ${org}, id TEXT NOT NULL, app TEXT NOT NULL, service TEXT NOT NULL, campaign TEXT NOT NULL,
      delivered ${int} NOT NULL CHECK (delivered >= 0), leads ${int} NOT NULL CHECK (leads >= 0),
      occurred_at ${int} NOT NULL, created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    `CREATE TABLE tokens (
      ${org}, id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, app TEXT, hash TEXT NOT NULL, expires_at ${int},
      revoked_at ${int}, created_at ${int} NOT NULL, version ${int} NOT NULL,
      PRIMARY KEY (org, id))${end}`,
    `CREATE TABLE token_uses (
      ${org}, id TEXT NOT NULL, used_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    `CREATE TABLE users (
      ${org}, id TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL, app TEXT, removed_at ${int},
      created_at ${int} NOT NULL, version ${int} NOT NULL, PRIMARY KEY (org, id))${end}`,
    ...alertTables(dialect),
    // The sandbox processor's own memory: what Stripe would keep on its side. No part of the books.
    `CREATE TABLE sandbox_objects (
      id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, purchase TEXT, body TEXT NOT NULL)${end}`,
    'CREATE INDEX sandbox_objects_by_purchase ON sandbox_objects (purchase) WHERE purchase IS NOT NULL',
    `CREATE TABLE sandbox_requests (
      key TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, answer TEXT NOT NULL)${end}`,
    ...APPEND_ONLY.flatMap((table) => dialect.appendOnly(table)),
  ];
}
