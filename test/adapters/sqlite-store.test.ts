import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { digest } from '../../src/adapters/system';
import type { Store } from '../../src/ports/store';
import { createSandbox } from '../helpers/cli';
import { codeOf } from '../helpers/ledger';
import { describeKnownJournal } from '../suites/known-journal-suite';
import type { StoreUnderTest } from '../suites/store-books';
import { bring, facts, foundOrganisation, NOON, post, use } from '../suites/store-ledger';
import { describeStore } from '../suites/store-suite';
import { describeTogether } from '../suites/together-suite';

async function openStore(file: string, create = true): Promise<Store> {
  return new SqlStore(await openSqlite({ file, create }), digest);
}

async function openFresh(): Promise<StoreUnderTest> {
  const home = mkdtempSync(join(tmpdir(), 'wallet-store-'));
  const file = join(home, 'ledger.db');
  const stores = [await openStore(file)];
  return {
    store: stores[0] as Store,
    async another() {
      const store = await openStore(file);
      stores.push(store);
      return store;
    },
    async sql(statement) {
      const database = openDatabase(file, { timeoutMs: 5_000 });
      try {
        database.exec(statement);
      } finally {
        database.close();
      }
    },
    async remove() {
      for (const store of stores) await store.close();
      rmSync(home, { recursive: true });
    },
  };
}

describeStore('a SQLite file', openFresh);
describeTogether('a SQLite file', openFresh);
describeKnownJournal('a SQLite file', openFresh);

describe('the file', () => {
  let home: string;
  let file: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'wallet-file-'));
    file = join(home, 'deep', 'ledger.db');
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const mode = (path: string) => statSync(path).mode & 0o777;
  const make = async () => {
    const store = await openStore(file);
    const org = await foundOrganisation(store);
    return { store, org: org.number };
  };

  test("is its owner's alone, with its log and its folder, whatever the umask", async () => {
    const umask = process.umask(0);
    const { store } = await make();
    process.umask(umask);
    expect([file, `${file}-wal`, `${file}-shm`].map(mode)).toEqual([0o600, 0o600, 0o600]);
    expect(mode(join(home, 'deep'))).toBe(0o700);
    await store.close();
  });

  test('keeps a write-ahead log, and every connection syncs, guards its keys and asks its triggers', async () => {
    const driver = await openSqlite({ file, create: true });
    const pragmas = await driver.read(async (connection) => {
      const read = async (name: string) => (await connection.column(`SELECT * FROM pragma_${name}`))[0];
      return Promise.all(
        ['journal_mode', 'synchronous', 'foreign_keys', 'recursive_triggers', 'trusted_schema'].map(read),
      );
    });
    expect(pragmas).toEqual(['wal', 2, 1, 1, 0]);
    await driver.close();
  });

  test('that is not there is not made unless asked for', async () => {
    expect(await codeOf(openStore(file, false))).toBe('not_initialised');
    expect(existsSync(join(home, 'deep'))).toBe(false);
  });

  test('of a newer wallet is refused and left as it is', async () => {
    const { store } = await make();
    await store.close();
    const database = openDatabase(file, { timeoutMs: 0 });
    database.pragma('user_version = 99');
    database.close();
    const before = readFileSync(file);
    expect(await codeOf(openStore(file))).toBe('newer_schema');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test.each([
    [
      'of another program',
      (path: string) => {
        const database = openDatabase(path, { timeoutMs: 0 });
        database.exec('CREATE TABLE songs (title TEXT)');
        database.close();
      },
    ],
    ['of text', (path: string) => writeFileSync(path, 'To whom it may concern, '.repeat(200))],
  ])('%s is refused and left as it is', async (_title, write) => {
    mkdirSync(join(home, 'deep'));
    write(file);
    const before = readFileSync(file);
    for (const create of [true, false]) expect(await codeOf(openStore(file, create))).toBe('invalid_value');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([false, false]);
  });

  test('that is empty, as a shell leaves one, becomes a ledger only where one may be made', async () => {
    mkdirSync(join(home, 'deep'));
    writeFileSync(file, '');
    expect(await codeOf(openStore(file, false))).toBe('not_initialised');
    const { store, org } = await make();
    await post(store, org, (journal) => bring(journal, 5, 'grant_a'));
    await store.close();
  });

  test('can not be rewritten by INSERT OR REPLACE: the triggers are asked', async () => {
    const driver = await openSqlite({ file, create: true });
    const store = new SqlStore(driver, digest);
    const org = (await foundOrganisation(store)).number;
    await post(store, org, (journal) => use(journal, { memo: 'as it was', externalId: 'e1' }));
    for (const table of ['transactions', 'event_ids', 'audit']) {
      const replace = driver.write((connection) =>
        connection.run(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`),
      );
      await expect(replace, table).rejects.toThrow('append-only');
    }
    await store.close();
  });

  test('that cannot be written says so, and is safe to try again', async () => {
    mkdirSync(join(home, 'deep'));
    writeFileSync(join(home, 'deep', 'folder'), '');
    expect(await codeOf(openStore(join(home, 'deep', 'folder', 'ledger.db')))).toBe('ledger_unavailable');
    chmodSync(join(home, 'deep'), 0o700);
  });

  test('leaves what large writes change in its log, and whoever waited for one does; another writer copies it back', async () => {
    const [one, other] = [await openSqlite({ file, create: true }), await openSqlite({ file, create: true })];
    const sql = 'INSERT INTO sandbox_requests (key, fingerprint, answer) VALUES (?, ?, ?)';
    const large = Array.from({ length: 700 }, (_, at) => [`k${at}`, 'f', 'x'.repeat(50_000)]);
    const writeOne = (key: string) => other.write((connection) => connection.run(sql, [key, 'f', 'x']));
    const [small, all] = [1_000_000, 35_000_000];
    let waiting: Promise<number> | undefined;
    await one.write(async (connection) => {
      await connection.bulk(sql, large);
      waiting = writeOne('waited');
      await new Promise((resolve) => setTimeout(resolve, 80));
    });
    await waiting;
    expect(statSync(file).size).toBeLessThan(small);
    // What a kill leaves.
    const copy = `${file}-copy`;
    for (const end of ['', '-wal']) copyFileSync(`${file}${end}`, `${copy}${end}`);
    await writeOne('alone');
    expect(statSync(file).size).toBeGreaterThan(all);

    await one.close();
    expect(statSync(`${file}-wal`).size).toBe(0);
    await other.close();
    const found = await openSqlite({ file: copy, create: false });
    const count = 'SELECT count(*) FROM sandbox_requests WHERE length(answer) = ?';
    const counted = await found.read(async (connection) => [
      ...(await connection.column(count, [50_000])),
      ...(await connection.column(count, [1])),
    ]);
    expect([counted, await found.storageFaults()]).toEqual([[700, 1], []]);
    await found.close();
  });

  test('is free for others while a large write after another is decided, which is decided anew where they wrote', async () => {
    const [one, other] = [await openSqlite({ file, create: true }), await openSqlite({ file, create: true })];
    const sql = 'INSERT INTO sandbox_requests (key, fingerprint, answer) VALUES (?, ?, ?)';
    const largeWrite = (name: string, between: () => Promise<unknown>) => {
      const seen: unknown[] = [];
      return one.write(async (connection) => {
        seen.push(...(await connection.column("SELECT count(*) FROM sandbox_requests WHERE fingerprint = 'other'")));
        await between();
        const rows = Array.from({ length: 300 }, (_, at) => [`${name}${at}`, 'large', 'x'.repeat(5_000)]);
        await connection.bulk(sql, rows);
        return seen;
      });
    };
    const nothing = async () => undefined;
    const writeOne = (key: string) => other.write((connection) => connection.run(sql, [key, 'other', 'x']));
    let written = 0;
    const writeUntil = (last: number) => async () => {
      if (written === last) return;
      written += 1;
      await writeOne(`other${written}`);
    };
    expect(await largeWrite('a', nothing)).toEqual([0]);
    expect(await largeWrite('b', writeUntil(1))).toEqual([0, 1]);
    expect(await largeWrite('c', writeUntil(4))).toEqual([1, 2, 3, 4]);
    expect(await largeWrite('d', nothing)).toEqual([4]);
    // It was done with the ledger taken first. So is the next one, and the other waits until it is done.
    let waiting: Promise<number> | undefined;
    const begin = async () => {
      waiting = writeOne('last');
    };
    expect(await largeWrite('e', begin)).toEqual([4]);
    expect(await waiting).toBe(1);
    const count = 'SELECT count(*) FROM sandbox_requests GROUP BY fingerprint ORDER BY 1';
    expect(await other.read((connection) => connection.column(count))).toEqual([5, 1_500]);
    for (const driver of [one, other]) await driver.close();
  });

  test('can be made by many at once', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(file)));
    const infos = await Promise.all(
      stores.map((store, i) =>
        store.found({ instance: `i${i}`, provider: 'sandbox', mode: 'sandbox', account: null, createdAt: NOON }),
      ),
    );
    expect(new Set(infos.map((info) => info.instance)).size).toBe(1);
    for (const store of stores) await store.close();
  });

  test('that another program keeps locked is busy, though only after ten seconds; a shorter lock is waited for', async () => {
    const { store, org } = await make();
    const other = openDatabase(file, { timeoutMs: 0 });
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 300);
    await post(store, org, (journal) => bring(journal, 5, 'grant_a'));
    other.exec('BEGIN IMMEDIATE');
    const started = Date.now();
    expect(await codeOf(store.write(org, facts(), async () => undefined))).toBe('ledger_busy');
    expect(Date.now() - started).toBeGreaterThan(9_900);
    other.exec('COMMIT');
    other.close();
    await store.close();
  });
});

test('killed in the middle of posting, what was answered is there and nothing is half there', async () => {
  const sandbox = createSandbox();
  await sandbox.ok('init --org Acme');
  await sandbox.ok('app add crm');
  await sandbox.ok('adjust add 1000 --reason start');
  let acknowledged = 0;
  for (let round = 0; round < 3; round += 1) acknowledged += await killWhilePosting(sandbox, round);
  expect(acknowledged).toBeGreaterThan(0);
  const { transactions } = (await sandbox.ok('transactions --json --type usage')).json() as {
    transactions: { externalId: string }[];
  };
  const kept = new Set(transactions.map((each) => each.externalId));
  expect(kept.size).toBeGreaterThanOrEqual(acknowledged);
  expect((await sandbox.wallet('verify --full')).status).toBe(0);
  sandbox.remove();
});

/** A shell posts one event after another until it and what it runs is killed; answers how many it was told are in. */
async function killWhilePosting(sandbox: ReturnType<typeof createSandbox>, round: number): Promise<number> {
  const bin = join(process.cwd(), 'bin/wallet.js');
  const loop = `i=0; while :; do i=$((i+1)); "${process.execPath}" "${bin}" usage record --app crm --service sms --quantity 1 --id r${round}-$i >/dev/null && echo done; done`;
  const child = spawn('sh', ['-c', loop], { env: sandbox.env(), detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  await new Promise((resolve) => setTimeout(resolve, 900 + round * 37));
  process.kill(-(child.pid as number), 'SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  return told.split('\n').length - 1;
}
