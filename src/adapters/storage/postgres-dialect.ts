import type { Dialect } from './sql-driver';

/** What PostgreSQL spells in its own way. Works from PostgreSQL 14 on. */
export const postgresDialect: Dialect = {
  integer: 'BIGINT',
  // Text is ordered by its bytes, as everywhere else in the product, whatever the database's own collation.
  text: 'TEXT COLLATE "C"',
  tableOptions: '',
  // Room beside each row for what it becomes: put on another page, it would need new places in the indexes as well.
  busyTableOptions: ' WITH (fillfactor = 70)',
  lockRow: ' FOR UPDATE',
  // In the order in which writers take them; what no row stands for is locked as a table.
  holdStill: [
    'SET LOCAL idle_in_transaction_session_timeout = 0',
    'SELECT id FROM ledger FOR UPDATE',
    'SELECT org FROM wallets ORDER BY org FOR UPDATE',
    'LOCK TABLE sandbox_objects, sandbox_requests IN SHARE MODE',
  ],
  afterLoad: ['ANALYZE'],
  appendOnly: (table) => [
    `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  ],
  csvText,
  csvNumber: (x) => `coalesce((${x})::text, '')`,
  decimal: (x) =>
    `(CASE WHEN ${x} < 0 THEN '-' ELSE '' END || (abs(${x}) / 1000000)::text || '.' || lpad((abs(${x}) / 10000 % 100)::text, 2, '0') || rtrim(lpad((abs(${x}) % 10000)::text, 4, '0'), '0'))`,
  time: (x) =>
    `(to_char(to_timestamp(${x} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || CASE WHEN ${x} % 1000 = 0 THEN 'Z' ELSE '.' || lpad((${x} % 1000)::text, 3, '0') || 'Z' END)`,
  joined: (x) => `string_agg(${x}, '')`,
  hex: (x, digits) => `lpad(to_hex(${x}), greatest(${digits}, length(to_hex(${x}))), '0')`,
};

/** Plain text goes out as it is; the costly expression runs only for what needs quotes or defusing. */
function csvText(x: string): string {
  const plain = `${x} ~ '^[0-9A-Za-z]' AND ${x} !~ '[,"\\r\\n]' AND ${x} !~ ' $'`;
  const defused = `CASE WHEN ltrim(${x}, ' ') ~ '^[-=+@＝＋－＠\\t\\r]' THEN '''' || ${x} ELSE ${x} END`;
  const quoted = `CASE WHEN ${defused} ~ '[,"\\r\\n]|^ | $' THEN '"' || replace(${defused}, '"', '""') || '"' ELSE ${defused} END`;
  return `CASE WHEN ${x} IS NULL THEN '' WHEN ${plain} THEN ${x} ELSE ${quoted} END`;
}
