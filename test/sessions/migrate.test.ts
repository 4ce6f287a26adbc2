import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { furnish } from '../helpers/furnished-ledger';
import { createTestLedger, type TestLedger } from '../helpers/ledger';
import { createDatabase, type TestDatabase } from '../helpers/postgres';

let database: TestDatabase;
let books: TestLedger;
let home: Sandbox;
beforeEach(async () => {
  database = await createDatabase();
  books = createTestLedger();
  home = createSandbox();
});
afterEach(async () => {
  home.remove();
  await books.remove();
  await database.drop();
});

const on = (ledger: string, more: Record<string, string> = {}) => ({ env: { WALLET_LEDGER: ledger, ...more } });
const move = (from: string, to: string, more: Record<string, string> = {}) =>
  home.wallet('migrate --json', on(from, { WALLET_MIGRATE_TO: to, ...more }));
const RECORD = 'usage record --app crm --service sms --quantity 1 -q';

interface Migration {
  readonly transactions: number;
  readonly heads: readonly { org: string; links: number; hash: string }[];
}

/** What people see of a ledger, and all of what they can see of its chain. */
async function shown(ledger: string): Promise<readonly string[]> {
  const commands = ['transactions --all --format csv', 'audit --all --json', 'grant list --json', 'hold list --json'];
  const clock = { WALLET_NOW: '2026-10-06T13:00:00Z' };
  const both = commands.flatMap((command) => [`${command} --org Acme`, `${command} --org Beta`]);
  return Promise.all(both.map(async (command) => (await home.ok(command, on(ledger, clock))).stdout));
}

test('a ledger moves into a database and back into a file, and stays the same in every byte', async () => {
  await furnish(books);
  const before = await shown(books.file);

  const there = await move(books.file, database.url);
  expect(there.stderr).toBe('');
  const after = await shown(database.url);
  // On the way back the password is where PostgreSQL's own programs look for it, and the place is on the command line.
  const { host, hostname, port, username, password, pathname } = new URL(database.url);
  const PGPASSFILE = path.join(home.home, 'passwords');
  const entry = `${hostname}:${port}:*:${username}:${decodeURIComponent(password)}\n`;
  writeFileSync(PGPASSFILE, entry, { mode: 0o600 });
  const source = `postgres://${username}@${host}${pathname}`;
  const back = await home.wallet(['migrate', '--ledger', source, '--to', 'back.db', '--json'], { env: { PGPASSFILE } });
  expect(back.stderr).toBe('');

  expect(after).toEqual(before);
  expect(await shown(path.join(home.home, 'back.db'))).toEqual(before);
  const [first, second] = [there, back].map((each) => (each.json() as { migration: Migration }).migration);
  expect(first).toMatchObject({ transactions: 17, heads: [{ org: 'Acme' }, { org: 'Beta' }] });
  expect(second?.heads).toEqual(first?.heads);
  expect(there.stdout).not.toContain('secret');
  // What was left behind is read as before, is whole, and takes no changes.
  expect(await shown(books.file)).toEqual(before);
  const stale = await home.ok('balance --json', on(books.file));
  expect(stale.stderr).toMatch(
    /^warning: this ledger was moved to postgres:\/\/\S+, and has stood still since then\n$/,
  );
  expect(stale.stderr).not.toContain('secret');
  expect((await home.ok('balance --json', on('back.db'))).stderr).toBe('');
  await home.ok('verify --full', on(books.file));
  await home.ok('verify --full', on('back.db'));
  const refused = await home.wallet('usage record --app crm --service sms --quantity 1 --json', on(books.file));
  expect(refused.status).toBe(8);
  expect(refused.error()).toMatchObject({
    code: 'invalid_state',
    hint: expect.stringContaining('--ledger postgres://'),
  });
  expect((await home.wallet('init --org Gamma', on(books.file))).status).toBe(8);
  await home.ok(RECORD, on('back.db'));
  // And once more, into the file that it came from and has outgrown.
  expect((await move('back.db', books.file)).stderr).toBe('');
  expect(await shown(books.file)).toEqual(await shown('back.db'));
  await home.ok(RECORD, on(books.file));
  expect((await home.wallet(RECORD, on('back.db'))).status).toBe(8);
}, 120_000);

describe('a process that is killed while it moves a ledger', () => {
  test.each(['move.log', 'move.records', 'move.copied', 'move.marked'])(
    'at %s is run again, and then one place has it all',
    async (point) => {
      await furnish(books);

      const killed = await move(books.file, database.url, { WALLET_FAILPOINT: point });
      expect(killed.status).toBe(null);
      // Nobody works on half a ledger; up to the mark, the old one goes on being used, and after it neither is.
      const [early, goesOn] = await Promise.all([
        home.wallet(point === 'move.log' ? 'init --org Gamma' : RECORD, on(database.url)),
        home.wallet(RECORD, on(books.file)),
      ]);
      expect([early.status, goesOn.status]).toEqual([8, point === 'move.marked' ? 8 : 0]);

      const again = await move(books.file, database.url);
      expect(again.stderr).toBe('');
      const transactions = point === 'move.marked' ? 17 : 18;
      expect(again.json()).toMatchObject({ migration: { transactions } });
      const [late, left] = await Promise.all([
        home.wallet(RECORD, on(database.url)),
        home.wallet(RECORD, on(books.file)),
      ]);
      expect([late.status, left.status]).toEqual([0, 8]);
      await home.ok('verify --full', on(database.url));
    },
    60_000,
  );
});

test.each(['into a database', 'out of one'])(
  'whoever posts while a ledger moves %s is told so, or is in the copy',
  async (way) => {
    const file = path.join(home.home, 'file.db');
    const [from, to] = way === 'out of one' ? [database.url, file] : [file, database.url];
    await home.ok('init --org Acme', on(from));
    await home.ok('app add crm', on(from));
    await home.ok('adjust add 10 --reason start', on(from));

    const moving = move(from, to);
    const posts = await Promise.all(Array.from({ length: 8 }, () => home.wallet(RECORD, on(from))));
    expect((await moving).stderr).toBe('');

    expect(posts.every(({ status }) => status === 0 || status === 8)).toBe(true);
    const { transactions } = (await home.ok('transactions --type usage --json', on(to))).json() as {
      transactions: { id: string }[];
    };
    const acknowledged = posts.filter(({ status }) => status === 0).map(({ stdout }) => stdout.trim());
    expect(transactions.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
  },
  60_000,
);

describe('a ledger stays where it is', () => {
  beforeEach(async () => {
    await home.ok('init --org Acme', on(books.file));
  });
  const stays = () => home.ok('app add crm', on(books.file));

  test('if another one is in the place, which stays as well', async () => {
    await home.ok('init --org Beta', on(database.url));
    const refused = await move(books.file, database.url);
    expect([refused.status, refused.error().code]).toEqual([8, 'already_exists']);
    await stays();
    await home.ok('app add crm', on(database.url));
  });

  test('if it is that place itself', async () => {
    expect((await move(books.file, books.file)).error().code).toBe('already_exists');
    await stays();
  });

  test('if a copy that was begun is of another ledger', async () => {
    await home.ok('init --org Beta', on('beta.db'));
    await move('beta.db', database.url, { WALLET_FAILPOINT: 'move.log' });
    expect((await move(books.file, database.url)).error().code).toBe('already_exists');
    await stays();
  });

  test.each<[string, number, string, (url: string) => string]>([
    ['nothing answers there', 9, 'ledger_unavailable', (url) => url.replace(/:\d+\//, ':1/')],
    ['the password is wrong', 9, 'ledger_unavailable', (url) => url.replace(/:[^:@]*@/, ':hunter2@')],
    ['the database is of another program', 2, 'invalid_value', (url) => url],
    ['it is some other kind of place', 2, 'invalid_config', () => 'mysql://db/wallet'],
    ['nothing names one', 2, 'invalid_usage', () => ''],
  ])('if %s', async (_title, status, code, change) => {
    await database.sql('CREATE TABLE songs (title TEXT)');
    const refused = await move(books.file, change(database.url));
    expect([refused.status, refused.error().code]).toEqual([status, code]);
    expect(refused.stderr).not.toContain('hunter2');
    await stays();
  });

  test('if a password is on the command line', async () => {
    const refused = await home.wallet('migrate --to postgres://ada:hunter2@db/w --json', on(books.file));
    expect([refused.status, refused.error().code]).toEqual([2, 'secret_refused']);
  });
});
