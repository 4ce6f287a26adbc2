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

test('a wallet that another process has locked keeps none of the others waiting', async () => {
  const { store, another, remove } = await openFresh();
  const [locked, free] = [await foundOrganisation(store), await foundOrganisation(store)];
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
  const jobs = [locked, free].map(({ number }) => ({
    org: number,
    facts: facts(),
    work: (unit: LedgerUnit) => postIn(unit, (journal) => bring(journal, 70, 'grant_own')),
  }));
  const writing = store.writeTogether(jobs);
  const posted = ({ number }: OrganisationRecord) => store.read(number, async (view) => (await view.wallet()).posted);
  await expect.poll(() => posted(free), { timeout: 20_000 }).toBe(70);
  expect(await posted(locked)).toBe(0);
  release();
  await Promise.all([holding, writing]);
  expect(await posted(locked)).toBe(570);
  await remove();
});
