import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/adapters/storage/postgres-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { digest } from '../../src/adapters/system';
import type { Journal } from '../../src/core/ledger/journal';
import type { Store, WriteJob } from '../../src/ports/store';
import { type CuttingProxy, openProxy } from '../helpers/cutting-proxy';
import { createDatabase, type TestDatabase } from '../helpers/postgres';
import { bring, facts, foundOrganisation, NOON, post, postIn, use } from '../suites/store-ledger';

/** Writes that are decided by what a process remembers of the wallet, and are sent without a look at the ledger. */
describe('a posting that is decided from memory', () => {
  let database: TestDatabase;
  let proxy: CuttingProxy;
  let store: Store;
  let other: Store;
  let org: number;
  let runs: string[];
  beforeEach(async () => {
    runs = [];
    database = await createDatabase();
    proxy = await openProxy(Number(new URL(database.url).port));
    other = new SqlStore(await openPostgres({ url: database.url, create: true }), digest);
    const url = database.url.replace(/:\d+\//, `:${proxy.port}/`);
    store = new SqlStore(await openPostgres({ url, create: true, patienceMs: 1_500 }), digest);
    org = (await foundOrganisation(store)).number;
    await store.writeTogether([job('grant', (journal) => bring(journal, 1_001, 'grant_first'))]);
    await store.writeTogether([spend('first', 1)]);
    expect(runs).toEqual(['grant', 'first']);
    runs = [];
  });
  afterEach(async () => {
    await Promise.all([store.close(), other.close()]);
    proxy.close();
    await database.drop();
  });

  /** Tells how often it was decided. */
  const job = (name: string, work: (journal: Journal) => void): WriteJob<number> => ({
    org,
    facts: facts(),
    work: async (unit) => {
      runs.push(name);
      await postIn(unit, work);
      return (await unit.wallet()).posted;
    },
  });
  const spend = (name: string, micro: number, externalId: string | null = null) =>
    job(name, (journal) => use(journal, { micro, externalId }));
  const write = async (...jobs: WriteJob<number>[]) =>
    (await Promise.all(jobs.map((each) => store.writeTogether([each])))).flat().map(({ status }) => status);
  const state = () =>
    other.read(org, async (view) => {
      const { posted, seq } = await view.wallet();
      const { length } = await view.links({ order: 'asc', limit: 1_000 });
      return { posted: posted as number, seq, links: length };
    });

  test('is decided once, also while the one before it is under way', async () => {
    expect(await write(spend('a', 1), spend('b', 2), spend('c', 3))).toEqual(Array(3).fill('fulfilled'));
    expect(runs).toEqual(['a', 'b', 'c']);
    expect(await state()).toEqual({ posted: 994, seq: 5, links: 6 });
  });

  test('is decided again where another process has written, and so are those behind it', async () => {
    await post(other, org, (journal) => bring(journal, 500, 'grant_other'));
    expect(await write(spend('a', 1), spend('b', 2))).toEqual(Array(2).fill('fulfilled'));
    expect(runs.slice(0, 2)).toEqual(['a', 'b']);
    expect(runs.slice(2).sort()).toEqual(['a', 'b']);
    expect(await state()).toEqual({ posted: 1_497, seq: 5, links: 6 });
  });

  test('is not refused by what is remembered', async () => {
    await post(other, org, (journal) => bring(journal, 5_000, 'grant_other'));
    const dear: WriteJob<string> = {
      org,
      facts: facts(),
      work: async (unit) => {
        const { posted } = await unit.wallet();
        if (posted < 2_000) return 'too little';
        await postIn(unit, (journal) => use(journal, { micro: 2_000 }));
        return 'spent';
      },
    };
    expect(await store.writeTogether([dear])).toEqual([{ status: 'fulfilled', value: 'spent' }]);
  });

  test('is made once where an event id comes again, whoever had it first', async () => {
    await other.writeTogether([spend('other', 5, 'taken')]);
    const again: WriteJob<string> = {
      org,
      facts: facts(),
      foreseen: { keys: [], eventIds: ['taken'] },
      work: async (unit) => {
        if ((await unit.findEvents(['taken'])).has('taken')) return 'duplicate';
        await postIn(unit, (journal) => use(journal, { micro: 7, externalId: 'taken' }));
        return 'posted';
      },
    };
    expect(await store.writeTogether([again])).toEqual([{ status: 'fulfilled', value: 'duplicate' }]);
    expect((await state()).posted).toBe(995);
  });

  test('waits for a wallet that another process has locked', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const holding = other.write(org, facts(), async (unit) => {
      await held;
      await postIn(unit, (journal) => bring(journal, 30, 'grant_held'));
    });
    await expect
      .poll(async () => (await database.sql("SELECT 1 FROM pg_locks WHERE mode = 'RowShareLock'")).rowCount)
      .toBeGreaterThan(0);
    const written = write(spend('a', 1));
    await expect.poll(() => runs.length).toBe(1);
    release();
    await holding;
    expect(await written).toEqual(['fulfilled']);
    expect(await state()).toEqual({ posted: 1_029, seq: 4, links: 5 });
  });

  test('is refused in a ledger that was moved meanwhile', async () => {
    await database.sql("UPDATE wallets SET moved_to = 'elsewhere'");
    expect(await store.writeTogether([spend('a', 1)])).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'invalid_state' }) },
    ]);
    expect((await state()).posted).toBe(1_000);
  });

  test('is refused where its link has a place already that the wallet knows nothing of', async () => {
    // An older copy of the row was put back under a server that runs.
    const before = (await database.sql(`SELECT * FROM wallets WHERE org = ${org}`)).rows[0];
    await write(spend('a', 1));
    await database.sql(
      `UPDATE wallets SET posted = ${before.posted}, seq = ${before.seq}, links = ${before.links}, head = '${before.head}'`,
    );
    expect(await write(spend('b', 2))).toEqual(['rejected']);
    expect((await state()).links).toBe(4);
  });

  test.each(['before', 'after'] as const)('is made once where the line is cut %s any statement', async (where) => {
    let writes = 0;
    for (let statement = 1; ; statement += 1) {
      // Those that go first find the line that was cut, and bring what is remembered up to date.
      await write(spend('first', 1));
      proxy.cutAt(statement, where);
      writes += 1;
      expect(await write(spend('cut', 1))).toEqual(['fulfilled']);
      if (!proxy.hasCut()) break;
    }
    expect(writes).toBeGreaterThan(5);
    expect(await state()).toEqual({ posted: 1_000 - 2 * writes, seq: 2 + 2 * writes, links: 3 + 2 * writes });
  });

  test('that arrives after it was given up and made anew is not made twice', async () => {
    proxy.keepNext();
    expect(await write(spend('late', 10))).toEqual(['fulfilled']);
    expect(runs).toEqual(['late', 'late']);
    expect(await state()).toEqual({ posted: 990, seq: 3, links: 4 });
    await proxy.letGo();
    expect(await state()).toEqual({ posted: 990, seq: 3, links: 4 });
    expect(await write(spend('next', 1))).toEqual(['fulfilled']);
    expect(await state()).toEqual({ posted: 989, seq: 4, links: 5 });
  });

  test('that may arrive yet is answered with status 9 where nothing can take its place', async () => {
    let tries = 0;
    const fickle: WriteJob<void> = {
      org,
      facts: facts(NOON),
      work: async (unit) => {
        tries += 1;
        if (tries === 1) await postIn(unit, (journal) => use(journal, { micro: 10 }));
      },
    };
    proxy.keepNext();
    expect(await store.writeTogether([fickle])).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'ledger_unavailable' }) },
    ]);
    expect(tries).toBe(2);
    await proxy.letGo();
    expect((await state()).posted).toBe(990);
  });
});
