import { expect, test } from 'vitest';
import { openPostgres } from '../../src/adapters/storage/postgres-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { digest } from '../../src/adapters/system';
import type { LedgerUnit } from '../../src/ports/ledger-unit';
import type { OrganisationRecord } from '../../src/ports/record-types';
import { createDatabase } from '../helpers/postgres';
import { describeKnownJournal } from '../suites/known-journal-suite';
import type { StoreUnderTest } from '../suites/store-books';
import { bring, facts, foundOrganisation, postIn } from '../suites/store-ledger';
import { describeStore } from '../suites/store-suite';
import { describeTogether } from '../suites/together-suite';

async function openFresh(): Promise<StoreUnderTest> {
  const database = await createDatabase();
  const openStore = async () => new SqlStore(await openPostgres({ url: database.url, create: true }), digest);
  const stores = [await openStore()];
  return {
    store: stores[0] as SqlStore,
    async another() {
      const store = await openStore();
      stores.push(store);
      return store;
    },
    async sql(statement) {
      await database.sql(statement);
    },
    async remove() {
      for (const store of stores) await store.close();
      await database.drop();
    },
  };
}

describeStore('a PostgreSQL database', openFresh);
describeTogether('a PostgreSQL database', openFresh);
describeKnownJournal('a PostgreSQL database', openFresh);

test.each([
  ['that are read first', false],
  ['that are known', true],
])(
  'a wallet that another process has locked keeps none of the others waiting, of those %s',
  async (_what, areKnown) => {
    const { store, another, remove } = await openFresh();
    const [locked, free] = [await foundOrganisation(store), await foundOrganisation(store)];
    const jobsFor = (micro: number) =>
      [locked, free].map(({ number }) => ({
        org: number,
        facts: facts(),
        work: (unit: LedgerUnit) => postIn(unit, (journal) => bring(journal, micro, `grant_${micro}`)),
      }));
    if (areKnown) for (const micro of [1, 2]) await store.writeTogether(jobsFor(micro));
    const before = areKnown ? 3 : 0;
    const other = await another();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isLocked = () => {};
    const locking = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    const holding = other.write(locked.number, facts(), async (unit) => {
      isLocked();
      await held;
      await postIn(unit, (journal) => bring(journal, 500, 'grant_other'));
    });
    await locking;
    const writing = store.writeTogether(jobsFor(70));
    const posted = ({ number }: OrganisationRecord) => store.read(number, async (view) => (await view.wallet()).posted);
    // A lock is waited for ten seconds at most.
    await expect.poll(() => posted(free), { timeout: 8_000 }).toBe(before + 70);
    expect(await posted(locked)).toBe(before);
    release();
    await Promise.all([holding, writing]);
    expect(await posted(locked)).toBe(before + 570);
    await remove();
  },
);

test('rows that go up at once come back as they were', async () => {
  const database = await createDatabase();
  const driver = await openPostgres({ url: database.url, create: true });
  const most = Number.MAX_SAFE_INTEGER;
  const rows = [
    [1, most, 'a "quoted" one, with \\ and {braces}'],
    [2, -most, ''],
    [3, null, 'Größe 漢字 🧾'],
    [4, -1, null],
    [5, 2 ** 32, 'NULL'],
  ];
  const [all, some] = await driver.write(async (connection) => {
    await connection.run('CREATE TABLE sample (place BIGINT, number BIGINT, words TEXT)');
    await connection.bulk('INSERT INTO sample (place, number, words) VALUES (?, ?, ?)', rows);
    const read = 'SELECT place, number, words FROM sample';
    return [
      await connection.table(`${read} ORDER BY place`),
      await connection.table(`${read} WHERE number IN (?, ?) ORDER BY place`, [-most, 2 ** 32]),
    ];
  });
  expect(all).toEqual(rows);
  expect(some).toEqual([rows[1], rows[4]]);
  await driver.close();
  await database.drop();
});

test('what comes too late for its transaction is not done outside of it', async () => {
  const database = await createDatabase();
  const driver = await openPostgres({ url: database.url, create: true });
  const insert = 'INSERT INTO sandbox_requests (key, fingerprint, answer) VALUES (?, ?, ?)';
  let tell: (outcome: unknown) => void = () => undefined;
  const late = new Promise((resolve) => {
    tell = resolve;
  });
  const failing = driver.write(async (connection) => {
    connection.send(insert, [['sent', '', '']]);
    setTimeout(() => connection.run(insert, ['late', '', '']).then(tell, tell));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await late).toMatchObject({ message: 'the transaction is over' });
  expect((await database.sql('SELECT key FROM sandbox_requests')).rows).toEqual([]);
  await driver.close();
  await database.drop();
});
