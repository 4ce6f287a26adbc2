import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { furnish } from '../helpers/furnished-ledger';
import { createTestLedger } from '../helpers/ledger';

/**
 * A ledger with something of everything in it, made by the version whose schema is in its name, and never made anew once
 * that version is out. Until then: UPDATE_FIXTURE=1 npx vitest run test/sessions/upgrade.test.ts
 */
const FIXTURE = path.resolve('test/fixtures/ledger-schema-1.db.gz');
const NOW = '2026-10-06T13:00:00Z';

let home: Sandbox;
beforeEach(async () => {
  if (process.env.UPDATE_FIXTURE === '1') await makeFixture();
  home = createSandbox({ WALLET_LEDGER: 'ledger.db', WALLET_NOW: NOW });
  writeFileSync(path.join(home.home, 'ledger.db'), gunzipSync(readFileSync(FIXTURE)), { mode: 0o600 });
});
afterEach(() => home.remove());

async function makeFixture(): Promise<void> {
  const ledger = createTestLedger();
  await furnish(ledger);
  // What the log beside the file holds goes into the file.
  ledger.edit((database) => database.pragma('wal_checkpoint(TRUNCATE)'));
  writeFileSync(FIXTURE, gzipSync(readFileSync(ledger.file), { level: 9 }));
  await ledger.remove();
}

test('a ledger of an earlier version is brought up to date, proved, and goes on', async () => {
  const { ok, transactions } = (await home.ok('verify --full --json')).json() as { ok: boolean; transactions: number };
  expect({ ok, transactions }).toEqual({ ok: true, transactions: 17 });
  const balance = async (org: string) =>
    ((await home.ok(`balance --org ${org} --json`)).json() as { balance: object }).balance;
  expect(await balance('Acme')).toMatchObject({ posted: '18.451', held: '1.50', available: '16.951' });
  expect(await balance('Beta')).toMatchObject({ posted: '6.9964', held: '0.00' });
  // What it had posted it knows again, and what was held, bought and due can be dealt with.
  const again = await home.ok(
    'usage record --app shop --service email --quantity 250 --id evt-3 --at 2026-10-06T12:00:00Z --json',
  );
  expect(again.json()).toMatchObject({ duplicate: true });
  const event = '--app crm --service sms --user bob --campaign autumn --memo "first job" --quantity 30 --id evt-1';
  const replayed = await home.ok(`usage record ${event} --idempotency-key use-1 --json`);
  expect(replayed.json()).toMatchObject({ replayed: true, transaction: { quantity: 30 } });
  const { holds } = (await home.ok('hold list --json')).json() as { holds: { id: string; status: string }[] };
  const open = holds.find(({ status }) => status === 'open')?.id;
  await home.ok(`hold release ${open}`);
  await home.ok('usage record --app crm --service sms --quantity 5 --id new-1');
  await home.ok('buy 5 --yes');
  await home.ok('cron run');
  await home.ok('verify --full --provider');
});

test('a ledger of a later version is left alone by every command', async () => {
  const database = openDatabase(path.join(home.home, 'ledger.db'), { timeoutMs: 5_000 });
  database.pragma('user_version = 99');
  database.close();
  const before = readFileSync(path.join(home.home, 'ledger.db'));

  for (const command of [
    'balance',
    'usage record --app crm --service sms --quantity 1',
    'backup copy.db',
    'migrate --to b.db',
  ]) {
    const refused = await home.wallet(`${command} --json`);
    expect([command, refused.status, refused.error().code]).toEqual([command, 9, 'newer_schema']);
  }

  expect(readFileSync(path.join(home.home, 'ledger.db')).equals(before)).toBe(true);
});
