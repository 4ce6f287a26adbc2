import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/adapters/storage/postgres-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { digest } from '../../src/adapters/system';
import type { Store } from '../../src/ports/store';
import { openProxy } from '../helpers/cutting-proxy';
import { codeOf } from '../helpers/ledger';
import { createDatabase, type TestDatabase } from '../helpers/postgres';
import { bring, foundOrganisation, NOON, post } from '../suites/store-ledger';

let database: TestDatabase;
let stores: Store[];
beforeEach(async () => {
  database = await createDatabase();
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await database.drop();
});

async function openStore(url = database.url): Promise<Store> {
  const store = new SqlStore(await openPostgres({ url, create: true }), digest);
  stores.push(store);
  return store;
}

const refusal = (url: string, create = true): Promise<Error> =>
  openPostgres({ url, create }).then(
    async (driver) => {
      await driver.close();
      throw new Error('it was opened');
    },
    (error: Error) => error,
  );

describe('a database that will not do is refused without a word of the password', () => {
  const at = (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  test.each<[string, (url: URL) => void, string]>([
    ['a wrong password', (url) => (url.password = 'hunter2'), 'ledger_unavailable'],
    ['no password', (url) => (url.password = ''), 'ledger_unavailable'],
    ['an unknown user', (url) => (url.username = 'nobody'), 'ledger_unavailable'],
    ['a database that is not there', (url) => (url.pathname = '/nowhere'), 'ledger_unavailable'],
    ['a port where nothing listens', (url) => (url.port = '1'), 'ledger_unavailable'],
    ['a host that has no address', (url) => (url.hostname = 'no-such-host.invalid'), 'ledger_unavailable'],
    [
      'TLS that is not checked',
      (url) => (url.href = 'postgres://u:hunter2@db.example/w?sslmode=disable'),
      'invalid_config',
    ],
    ['TLS where the server has none', (url) => (url.search = '?sslmode=verify-full'), 'ledger_unavailable'],
    ['an option nobody knows', (url) => (url.search = '?sslmod=require'), 'invalid_config'],
  ])('%s', async (_title, change, code) => {
    const error = await refusal(at(change));
    expect(error).toMatchObject({ code });
    const { message, why, hint } = error as Error & { why?: string; hint?: string };
    const { password } = new URL(database.url);
    for (const secret of ['hunter2', password, decodeURIComponent(password)])
      expect(`${message} ${why} ${hint}`).not.toContain(secret);
  });

  test('that is empty, unless a ledger may be made there', async () => {
    expect(await refusal(database.url, false)).toMatchObject({ code: 'not_initialised' });
  });

  test("with another program's tables, which stay as they are", async () => {
    await database.sql('CREATE TABLE songs (title TEXT)');
    expect(await refusal(database.url)).toMatchObject({ code: 'invalid_value' });
    expect((await database.sql("SELECT relname FROM pg_class WHERE relname = 'ledger'")).rowCount).toBe(0);
  });

  test('of a newer wallet', async () => {
    await foundOrganisation(await openStore());
    await database.sql("COMMENT ON TABLE ledger IS 'wallet schema 99'");
    expect(await refusal(database.url)).toMatchObject({ code: 'newer_schema' });
  });

  test('where the user may not make tables, and then where the user may not write, until the page’s rights are given', async () => {
    const role = `r${database.name}`;
    // Up to version 14 everybody may make tables in a new database.
    await database.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'p'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    const url = at((each) => {
      each.username = role;
      each.password = 'p';
    });
    expect(await refusal(url)).toMatchObject({
      code: 'ledger_unavailable',
      why: expect.stringContaining('permission'),
    });
    const org = (await foundOrganisation(await openStore())).number;
    await database.sql(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
    const reader = await openStore(url);
    expect((await reader.read(org, (view) => view.wallet())).seq).toBe(0);
    expect(await codeOf(post(reader, org, (journal) => bring(journal, 5, 'grant_a')))).toBe('ledger_unavailable');
    const [granted = ''] = /(?<=```sql\n)[^`]*(?=```)/.exec(readFileSync('docs/scale.md', 'utf8')) ?? [];
    await database.sql(granted.replaceAll('clerk', role));
    expect(await codeOf(post(reader, org, (journal) => bring(journal, 5, 'grant_a')))).toBeUndefined();
    await reader.close();
    stores.pop();
    await database.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});

test('can be made a ledger by many at once', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => openStore()));
  const found = { provider: 'sandbox', mode: 'sandbox', account: null, createdAt: NOON } as const;
  const infos = await Promise.all(all.map((store, i) => store.found({ ...found, instance: `i${i}` })));
  expect(new Set(infos.map((info) => info.instance)).size).toBe(1);
});

test.each([
  ['a trigger dropped', 'DROP TRIGGER audit_append_only ON audit', 'audit_append_only is missing'],
  ['a trigger switched off', 'ALTER TABLE audit DISABLE TRIGGER audit_append_only', 'audit_append_only was altered'],
  ['a check dropped', 'ALTER TABLE wallets DROP CONSTRAINT wallets_check', 'wallets was altered'],
  ['a table added', 'CREATE TABLE extra (a int)', 'extra was added by hand'],
  [
    'the guard hollowed out',
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    'audit_append_only was altered',
  ],
])('%s by hand is found', async (_title, tampering, fault) => {
  const store = await openStore();
  const org = (await foundOrganisation(store)).number;
  const faults = () => store.read(org, async (view) => (await view.proof()).schemaFaults());
  expect(await faults()).toEqual([]);
  await database.sql(tampering);
  expect(await faults()).toContain(fault);
});

test.each(['transactions', 'audit', 'draws', 'event_ids', 'idempotency_keys', 'prices'])(
  '%s can not be emptied',
  async (table) => {
    await foundOrganisation(await openStore());
    await expect(database.sql(`TRUNCATE ${table}`)).rejects.toThrow('append-only');
  },
);

test.each(['before', 'after'] as const)('a line cut %s any statement of a write leaves it done once', async (where) => {
  const org = (await foundOrganisation(await openStore())).number;
  const proxy = await openProxy(Number(new URL(database.url).port));
  const store = await openStore(database.url.replace(/:\d+\//, `:${proxy.port}/`));
  await store.read(org, (view) => view.wallet());
  let writes = 0;
  for (let statement = 1; ; statement += 1) {
    proxy.cutAt(statement, where);
    writes += 1;
    const grant = `grant_${writes}`;
    await post(store, org, (journal) => bring(journal, 5, grant), NOON + writes);
    if (!proxy.hasCut()) break;
  }
  // A write begins, locks, changes and commits: there was something to cut.
  expect(writes).toBeGreaterThan(6);
  const { wallet, links } = await (stores[0] as Store).read(org, async (view) => ({
    wallet: await view.wallet(),
    links: await view.links({ order: 'asc', limit: 1_000 }),
  }));
  expect(wallet).toMatchObject({ posted: 5 * writes, seq: writes });
  expect(links).toHaveLength(writes + 1);
  await store.close();
  stores.pop();
  proxy.close();
});

test('connections that the server ends under load cost no posting and double none', async () => {
  const org = (await foundOrganisation(await openStore())).number;
  const all = [await openStore(), await openStore()];
  let last: Promise<unknown> = Promise.resolve();
  const ending = setInterval(() => {
    const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5`;
    last = database.sql(others).catch(() => undefined);
  }, 120);
  try {
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        post(all[i % 2] as Store, org, (journal) => bring(journal, i + 1, `grant_${i}`), NOON + i),
      ),
    );
  } finally {
    clearInterval(ending);
    await last;
  }
  const wallet = await (await openStore()).read(org, (view) => view.wallet());
  expect(wallet).toMatchObject({ posted: (60 * 61) / 2, seq: 60 });
});
