import { openPostgres } from '../../src/adapters/storage/postgres-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { digest } from '../../src/adapters/system';
import { createDatabase } from '../helpers/postgres';
import { describeStore, type StoreUnderTest } from '../suites/store-suite';

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
