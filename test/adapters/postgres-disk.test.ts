import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPostgres } from '../../src/adapters/storage/postgres-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { digest } from '../../src/adapters/system';
import type { Store } from '../../src/ports/store';
import { codeOf } from '../helpers/ledger';
import { openServer, type PostgresServer } from '../helpers/postgres-server';
import { bring, foundOrganisation, NOON, post, use } from '../suites/store-ledger';

const LARGEST_FILE = 1_572_864;
const EVENTS = 1_000;

let server: PostgresServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.remove());

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = new SqlStore(await openPostgres({ url: server.url('postgres'), create: true }), digest);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const addEvents = (store: Store, org: number, batch: number) =>
  post(
    store,
    org,
    (journal) => {
      for (let i = 0; i < EVENTS; i += 1)
        use(journal, { micro: 1, externalId: `e${batch}-${i}`, memo: 'x'.repeat(200) });
    },
    NOON + batch,
  );

test('a full disk and a broken page of the server change nothing, and are called by their names', async () => {
  await server.kill();
  await server.start(LARGEST_FILE);
  const { org, posted } = await withStore(async (store) => {
    const org = (await foundOrganisation(store)).number;
    await post(store, org, (journal) => bring(journal, 1_000_000, 'grant_a'));
    let posted = 0;
    for (; ; posted += 1) {
      const code = await codeOf(addEvents(store, org, posted));
      if (code === undefined) continue;
      expect(code).toBe('ledger_unavailable');
      break;
    }
    expect(posted).toBeGreaterThan(0);
    expect((await store.read(org, (view) => view.wallet())).seq).toBe(1 + posted * EVENTS);
    return { org, posted };
  });

  // With room again, what was refused goes in.
  await server.kill();
  await server.start();
  await withStore(async (store) => {
    await addEvents(store, org, posted);
    expect((await store.read(org, (view) => view.wallet())).seq).toBe(1 + (posted + 1) * EVENTS);
  });

  await breakPage('transactions');
  await withStore(async (store) => {
    expect(await codeOf(store.read(org, async (view) => (await view.proof()).entries(0, 10)))).toBe(
      'integrity_failure',
    );
    expect((await store.read(org, (view) => view.wallet())).seq).toBe(1 + (posted + 1) * EVENTS);
  });
});

/** Flips bits in the middle of the first page of a table, on a server at rest. */
async function breakPage(table: string): Promise<void> {
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  const { rows } = await client
    .query<{ file: string }>(`CHECKPOINT; SELECT pg_relation_filepath('${table}') AS file`)
    .then(
      (results) => (results as unknown as pg.QueryResult<{ file: string }>[])[1] as pg.QueryResult<{ file: string }>,
    );
  await client.end();
  await server.stop();
  const file = path.join(server.data, rows[0]?.file ?? '');
  const byte = readFileSync(file)[4_000] ?? 0;
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([byte ^ 0xff]), 0, 1, 4_000);
  closeSync(handle);
  await server.start();
}
