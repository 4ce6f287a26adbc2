import type { Dialect } from './sql-driver';

/**
 * Auto top-up and alerts. The rules are records like any other, sealed into the chain; evaluations, watches, notices
 * and deliveries are working notes that follow from the log, and are not.
 */
export function alertTables(dialect: Dialect): readonly string[] {
  const int = dialect.integer;
  const end = dialect.tableOptions;
  const org = `org ${int} NOT NULL REFERENCES organisations(org)`;
  const key = `version ${int} NOT NULL, PRIMARY KEY (org, id)`;
  return [
    `CREATE TABLE recharge_rules (
      ${org}, id TEXT NOT NULL, enabled ${int} NOT NULL, below ${int} NOT NULL CHECK (below > 0), amount ${int},
      refill_to ${int}, monthly_cap ${int}, daily_count ${int} NOT NULL, cooldown_ms ${int} NOT NULL,
      max_failures ${int} NOT NULL, revision ${int} NOT NULL, attempts ${int} NOT NULL, failures ${int} NOT NULL,
      retry_at ${int}, paused_at ${int}, paused_because TEXT, cards_at_pause TEXT NOT NULL, blocked TEXT NOT NULL,
      failing_since ${int}, told TEXT NOT NULL, told_cap TEXT, last_charge_at ${int}, last_attempt_at ${int},
      last_outcome TEXT, created_at ${int} NOT NULL, ${key}, CHECK ((amount IS NULL) <> (refill_to IS NULL)))${end}`,
    `CREATE TABLE evaluations (
      ${org}, id TEXT NOT NULL, first_at ${int} NOT NULL, last_at ${int} NOT NULL, times ${int} NOT NULL,
      outcome TEXT NOT NULL, guard TEXT NOT NULL, inputs TEXT NOT NULL, purchase TEXT, ${key})${end}`,
    'CREATE INDEX evaluations_by_purchase ON evaluations (org, purchase) WHERE purchase IS NOT NULL',
    `CREATE TABLE alerts (
      ${org}, id TEXT NOT NULL, kind TEXT NOT NULL, threshold ${int}, per TEXT, app TEXT, service TEXT,
      destinations TEXT NOT NULL, removed_at ${int}, created_at ${int} NOT NULL, ${key})${end}`,
    `CREATE TABLE watches (
      ${org}, id TEXT NOT NULL, crossed ${int} NOT NULL, spend_window TEXT, spent ${int} NOT NULL, muted_since ${int},
      changed_at ${int},
      ${key})${end}`,
    `CREATE TABLE notices (
      ${org}, id TEXT NOT NULL, kind TEXT NOT NULL, alert TEXT, subject TEXT NOT NULL, recovered ${int} NOT NULL,
      at ${int} NOT NULL, value TEXT, threshold TEXT, title TEXT NOT NULL, lines TEXT NOT NULL, reported_at ${int},
      ${key}, UNIQUE (org, subject))${end}`,
    'CREATE INDEX notices_unreported ON notices (org, id) WHERE reported_at IS NULL',
    `CREATE TABLE deliveries (
      ${org}, id TEXT NOT NULL, notice TEXT NOT NULL, destination TEXT NOT NULL, state TEXT NOT NULL,
      attempts ${int} NOT NULL, next_at ${int} NOT NULL, error TEXT, created_at ${int} NOT NULL, delivered_at ${int},
      ${key}, UNIQUE (org, notice, destination))${end}`,
    "CREATE INDEX deliveries_open ON deliveries (org, state) WHERE state <> 'delivered'",
  ];
}
