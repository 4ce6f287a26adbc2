import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../helpers/postgres';
import { runSession } from '../helpers/session';

/** One of each kind of write; what else a command does has nothing to do with the engine. */
const files = ['buying', 'spending', 'records', 'import'].map((name) => `${name}.session`);

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

test.each(files)(
  '%s goes the same way on a database server',
  async (file) => {
    const { actual, expected } = await runSession(file, { WALLET_LEDGER: database.url });
    expect(actual).toBe(expected);
  },
  90_000,
);
