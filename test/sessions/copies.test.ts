import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { createSandbox, type Sandbox } from '../helpers/cli';

let home: Sandbox;
let ledger: string;
beforeEach(async () => {
  home = createSandbox();
  ledger = path.join(home.home, '.local/share/wallet/ledger.db');
  await home.ok('init --org acme');
  await home.ok('app add crm');
  await home.ok('grant add 100 --reason test');
});
afterEach(() => home.remove());

describe('a backup', () => {
  it('is one file for its owner alone, and verifies', async () => {
    const copy = path.join(home.home, 'copy.db');
    await home.ok('backup copy.db');

    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(home.home).filter((name) => name.includes('copy'))).toEqual(['copy.db']);
    expect((await home.ok(['verify', '--full', '--json', '--ledger', copy])).json()).toMatchObject({ ok: true });
  });

  it('of a ledger that fails verification is not kept', async () => {
    const database = openDatabase(ledger, { timeoutMs: 0 });
    database.exec('UPDATE wallets SET posted = posted + 1');
    database.close();

    const outcome = await home.wallet('backup copy.db --json');

    expect([outcome.status, outcome.error().code]).toEqual([11, 'integrity_failure']);
    expect(readdirSync(home.home).some((name) => name.includes('copy'))).toBe(false);
  });

  it('made while usage is posted holds the writes up to one moment', async () => {
    const posts = Array.from({ length: 6 }, () => home.ok('usage record --app crm --service sms --quantity 1'));
    const copies = ['a.db', 'b.db'].map((name) => home.ok(['backup', name]));
    await Promise.all([...posts, ...copies]);

    for (const name of ['a.db', 'b.db'])
      expect((await home.ok(['verify', '--json', '--ledger', name])).json()).toMatchObject({ ok: true });
  });

  it('replaces a ledger that it contains, which is kept beside it', async () => {
    await home.ok('backup copy.db');
    const outcome = await home.ok('restore copy.db --force --json');

    const { restore } = outcome.json() as { restore: { kept: string } };
    expect(existsSync(restore.kept)).toBe(true);
    expect((await home.ok('verify --json')).json()).toMatchObject({ ok: true });
  });

  it('replaces a ledger that can not be read any more', async () => {
    await home.ok('backup copy.db');
    writeFileSync(ledger, 'rubbish'.repeat(1000));
    const unread = await home.wallet('buy 10 --yes --json');
    expect([unread.status, unread.error().hint]).toEqual([2, expect.stringContaining('wallet restore FILE --force')]);
    await home.ok('restore copy.db --force');
    const refused = await home.wallet('usage record --app crm --service sms --quantity 1 --json');
    expect([refused.status, refused.error().code]).toEqual([8, 'invalid_state']);
    await home.ok('reconcile');
    await home.ok('usage record --app crm --service sms --quantity 1');
    expect((await home.ok('verify --full --json')).json()).toMatchObject({ ok: true, transactions: 2 });
    expect((await home.ok('audit --action ledger.restore --format csv')).stdout).toContain('from copy.db');
  });

  it('is restored whole where the ledger was moved away and its log was left', async () => {
    await home.ok('backup copy.db');
    const env = { WALLET_FAILPOINT: 'credit.before_commit' };
    await home.ok('card add --payment-method pm_card_visa');
    await home.wallet('buy 10 --yes', { env });
    const log = readFileSync(`${ledger}-wal`);
    renameSync(ledger, path.join(home.home, 'moved.db'));

    await home.ok('restore copy.db');

    expect((await home.ok('verify --full --json')).json()).toMatchObject({ ok: true, transactions: 1 });
    const folder = path.dirname(ledger);
    const kept = readdirSync(folder).filter((name) => /^ledger\.db\.replaced-\w+-wal$/.test(name));
    expect(kept.map((name) => readFileSync(path.join(folder, name)).equals(log))).toEqual([true]);
  });

  it('that was edited by hand is not restored', async () => {
    await home.ok('backup copy.db');
    const database = openDatabase(path.join(home.home, 'copy.db'), { timeoutMs: 0 });
    database.exec('UPDATE wallets SET posted = posted * 2');
    database.close();

    const outcome = await home.wallet('restore copy.db --ledger other.db --json');

    expect(outcome.status).toBe(11);
    expect(existsSync(path.join(home.home, 'other.db'))).toBe(false);
  });
});
