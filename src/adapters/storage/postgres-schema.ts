import type pg from 'pg';
import { WalletError } from '../../core/errors';
import { APPEND_ONLY, schemaSteps } from './migrations';
import { postgresDialect } from './postgres-dialect';

const MARK = 'wallet schema ';
const REFUSE_CHANGE = `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$`;

/** What is in the database's schema: whose it is by the mark on its first table, and whether there is anything. */
const LOOK = `SELECT obj_description(to_regclass('ledger'), 'pg_class') AS mark, (SELECT count(*) FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')) AS tables`;

/**
 * Brings the schema up to date, in one transaction and one process at a time. Throws `not_initialised` for an empty
 * database where none may be made, `newer_schema`, or `invalid_value` for a database of another program.
 */
export async function migrate(client: pg.ClientBase, label: string, create: boolean): Promise<void> {
  const steps = schemaSteps(postgresDialect);
  if ((await schemaVersion(client, label, steps.length, create)) === steps.length) return;
  await client.query('BEGIN');
  await client.query("SELECT pg_advisory_xact_lock(hashtext('wallet schema'), hashtext(current_schema()))");
  // Another process may have done it while this one waited.
  const version = await schemaVersion(client, label, steps.length, create);
  for (const statement of statementsFrom(version)) await client.query(statement);
  await client.query(`COMMENT ON TABLE ledger IS '${MARK}${steps.length}'`);
  await client.query('COMMIT');
}

function statementsFrom(version: number): readonly string[] {
  return [
    ...(version === 0 ? [REFUSE_CHANGE] : []),
    ...schemaSteps(postgresDialect).slice(version).flat(),
    ...APPEND_ONLY.flatMap((table) => [
      // It fires for replicas and restores as well, and even the owner has no right to what it refuses.
      `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_append_only`,
      `REVOKE UPDATE, DELETE, TRUNCATE ON ${table} FROM PUBLIC, CURRENT_USER`,
    ]),
  ];
}

async function schemaVersion(client: pg.ClientBase, label: string, newest: number, create: boolean): Promise<number> {
  const { rows } = await client.query<{ mark: string | null; tables: number }>(LOOK);
  const { mark = null, tables = 0 } = rows[0] ?? {};
  const version = mark?.startsWith(MARK) ? Number(mark.slice(MARK.length)) : 0;
  if (version > newest) throw newerSchema(label, version, newest);
  if (version === 0 && tables > 0) throw notALedger(label);
  if (version === 0 && !create) throw notInitialised(label);
  return version;
}

/**
 * Tables, indexes and triggers by name. One that is as a fresh schema has it comes as the statement that makes it; any
 * other as what it is. The fresh one is made beside it among temporary tables, and is gone at once.
 */
export async function describeSchema(client: pg.ClientBase): Promise<ReadonlyMap<string, string>> {
  const found = await describe(client, 'current_schema()');
  await client.query('BEGIN');
  await client.query('SET LOCAL search_path = pg_temp');
  for (const statement of statementsFrom(0)) await client.query(inTemporarySchema(statement));
  const fresh = await describe(client, '(SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema())');
  await client.query('ROLLBACK');
  const statements = new Map(
    schemaSteps(postgresDialect)
      .flat()
      .map((sql) => [nameOf(sql), sql]),
  );
  return new Map(
    [...found].map(([name, text]) => [name, fresh.get(name) === text ? (statements.get(name) ?? text) : text]),
  );
}

/** Functions are never looked for among temporary objects unless it is said. */
function inTemporarySchema(statement: string): string {
  return statement.replace(/\brefuse_change\(\)/, 'pg_temp.refuse_change()');
}

function nameOf(statement: string): string {
  return /^CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) (\w+)/.exec(statement)?.[1] ?? '';
}

async function describe(client: pg.ClientBase, schema: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; text: string }>(`
    WITH relations AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${schema})
    SELECT relname AS name, relkind::text || ' ' || (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod),
        (SELECT collname FROM pg_collation WHERE oid = attcollation), attnotnull,
        (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)), ', ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = relations.oid AND attnum > 0 AND NOT attisdropped)
      || coalesce((SELECT string_agg(conname || ' ' || pg_get_constraintdef(k.oid) || convalidated, ', ' ORDER BY conname)
        FROM pg_constraint k WHERE conrelid = relations.oid), '') AS text
      FROM relations WHERE relkind NOT IN ('i', 't', 'I')
    UNION ALL SELECT relname, pg_get_indexdef(relations.oid) FROM relations WHERE relkind = 'i'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE conindid = relations.oid AND contype IN ('p', 'u'))
    UNION ALL SELECT tgname, pg_get_triggerdef(t.oid) || ' ' || tgenabled::text || ' ' || prosrc FROM pg_trigger t
      JOIN relations ON relations.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal`);
  return new Map(rows.map(({ name, text }) => [name, withoutSchema(text)]));
}

function withoutSchema(text: string): string {
  return text.replace(/\b(ON|REFERENCES|FUNCTION) (?:ONLY )?(?:"[^"]+"|\w+)\.(?=\w)/g, '$1 ');
}

function newerSchema(label: string, version: number, newest: number): WalletError {
  return new WalletError('newer_schema', `the ledger ${label} was made by a newer wallet`, {
    why: `it has schema ${version}, and this wallet knows ${newest}`,
    hint: 'update wallet',
  });
}

function notALedger(label: string): WalletError {
  return new WalletError('invalid_value', `${label} is not a wallet ledger`, {
    why: 'the database has the tables of another program, and was left as it is',
    hint: 'name another database with --ledger',
  });
}

function notInitialised(label: string): WalletError {
  return new WalletError('not_initialised', `there is no ledger in ${label}`, {
    why: 'a ledger is made by its first organisation',
    hint: 'wallet init --org NAME',
  });
}
