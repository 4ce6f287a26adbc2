import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { createSandbox, type Sandbox } from '../helpers/cli';

const isRoot = process.getuid?.() === 0;

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

describe('a ledger in trouble', () => {
  it('with a page that was overwritten is not written to, and says how to go on', async () => {
    const bytes = readFileSync(ledger);
    for (let page = 1; page < bytes.length / 4096; page += 1) bytes.fill(0xa5, page * 4096, page * 4096 + 64);
    writeFileSync(ledger, bytes);

    const outcome = await home.wallet('usage record --app crm --service sms --quantity 1 --json');

    expect([outcome.status, outcome.error().code]).toEqual([11, 'integrity_failure']);
    expect(outcome.error().hint).toContain('wallet restore FILE');
    expect(readFileSync(ledger).equals(bytes)).toBe(true);
  });

  it('whose log was cut short or exchanged after a kill charges nothing, until it is back', async () => {
    await home.ok('card add --payment-method pm_card_visa');
    await home.wallet('buy 10 --yes', { env: { WALLET_FAILPOINT: 'pi.after_commit' } });
    const older = readFileSync(`${ledger}-wal`);
    await home.wallet('buy 10 --yes', { env: { WALLET_FAILPOINT: 'confirm.after_send' } });
    const log = readFileSync(`${ledger}-wal`);
    const index = readFileSync(`${ledger}-shm`);
    const broken = [log.subarray(0, -100), log.subarray(0, 32), Buffer.alloc(0), older, Buffer.alloc(log.length)];

    for (const bytes of broken) {
      writeFileSync(`${ledger}-wal`, bytes);
      for (const line of ['balance --json', 'buy 10 --yes --new --json']) {
        const { status, error } = await home.wallet(line);
        expect([bytes.length, line, status, error().code]).toEqual([bytes.length, line, 11, 'integrity_failure']);
      }
    }
    expect(readFileSync(`${ledger}-shm`).equals(index)).toBe(true);

    writeFileSync(`${ledger}-wal`, log);
    await home.ok('reconcile');
    expect((await home.ok('balance -q')).stdout).toBe('110.00\n');
    expect((await home.ok('verify --full --json')).json()).toMatchObject({ ok: true });
  });

  it('that comes back from a power failure with an index from before has every write of its log', async () => {
    await home.ok('card add --payment-method pm_card_visa');
    await home.wallet('buy 10 --yes', { env: { WALLET_FAILPOINT: 'confirm.after_send' } });
    const index = readFileSync(`${ledger}-shm`);
    await home.ok('reconcile');
    await home.wallet('buy 10 --yes', { env: { WALLET_FAILPOINT: 'credit.before_commit' } });
    writeFileSync(`${ledger}-shm`, index);
    expect((await home.wallet('balance')).status).toBe(11);

    const lastYear = Date.now() / 1000 - 365 * 86_400;
    utimesSync(`${ledger}-shm`, lastYear, lastYear);
    await home.ok('reconcile');

    expect((await home.ok('balance -q')).stdout).toBe('120.00\n');
    expect((await home.ok('verify --full --json')).json()).toMatchObject({ ok: true });
  });

  it('that was copied without its index has every write that the log beside it proves', async () => {
    await home.ok('card add --payment-method pm_card_visa');
    await home.wallet('buy 10 --yes', { env: { WALLET_FAILPOINT: 'credit.before_commit' } });
    const copy = path.join(home.home, 'after-the-cut.db');
    writeFileSync(copy, readFileSync(ledger), { mode: 0o600 });
    writeFileSync(`${copy}-wal`, readFileSync(`${ledger}-wal`).subarray(0, -100));

    const proof = await home.wallet(['verify', '--json', '--ledger', copy]);

    expect(proof.json()).toMatchObject({ ok: true, transactions: 1 });
  });

  it('whose log was removed after a kill charges nothing, until it is back or a backup is restored', async () => {
    await home.ok('card add --payment-method pm_card_visa');
    await home.ok('backup copy.db');
    await home.wallet('buy 10 --yes', { env: { WALLET_FAILPOINT: 'confirm.after_send' } });
    const log = readFileSync(`${ledger}-wal`);
    const rest = () => ['', '-shm'].map((end) => readFileSync(ledger + end).toString('base64'));
    const before = rest();
    rmSync(`${ledger}-wal`);

    for (const line of ['balance', 'buy 10 --yes --new', 'cron run', 'backup copy-2.db']) {
      const { status, stdout, stderr } = await home.wallet(line);
      expect([line, status, stdout]).toEqual([line, 11, '']);
      expect(stderr).toMatch(/^error: .* has lost its newest writes\nwhy: .*\nnext: .*wallet restore FILE.*\n$/);
    }
    expect(rest()).toEqual(before);

    writeFileSync(`${ledger}-wal`, log);
    await home.ok('reconcile');
    expect((await home.ok('balance -q')).stdout).toBe('110.00\n');
    writeFileSync(`${ledger}-shm`, ''); // and as it was, once more
    await home.ok('restore copy.db --force');
    expect((await home.ok('balance -q')).stdout).toBe('100.00\n');
    expect((await home.ok('verify --full --json')).json()).toMatchObject({ ok: true });
  });

  it('of a newer wallet is left alone', async () => {
    const database = openDatabase(ledger, { timeoutMs: 0 });
    database.pragma('user_version = 99');
    database.close();

    for (const line of ['balance --json', 'grant add 1 --reason x --json', 'backup copy.db --json']) {
      const outcome = await home.wallet(line);
      expect([line, outcome.status, outcome.error().code]).toEqual([line, 9, 'newer_schema']);
    }
    expect(readdirSync(home.home)).not.toContain('copy.db');
  });
});

it('with too few files to open, a command charges once or not at all, and says why', async () => {
  await home.ok('card add --payment-method pm_card_visa');
  const before = Number((await home.ok('balance -q')).stdout);
  const limited = (files: number, words: readonly string[]) =>
    spawnSync('sh', ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath, ...words], {
      env: home.env(),
      encoding: 'utf8',
    });
  // Below some limit Node itself does not come up.
  const limits = Array.from({ length: 16 }, (_, at) => 14 + at).filter(
    (files) => limited(files, ['-e', 'require("fs").openSync("/dev/null")']).status === 0,
  );

  const ends = limits.map((files) => limited(files, [path.resolve('bin/wallet.js'), 'buy', '5', '--yes']));

  const statuses = ends.map(({ status }) => status);
  expect([...new Set(statuses)].sort()).toEqual([0, 9]);
  expect(ends.filter(({ stderr }) => /\n {4}at /.test(stderr))).toEqual([]);
  await home.ok('reconcile');
  const bought = (await home.ok('purchase list --json')).json() as { purchases: { credits: string; status: string }[] };
  const charged = bought.purchases.filter(({ status }) => status === 'succeeded').length;
  expect(charged).toBeGreaterThanOrEqual(statuses.filter((status) => status === 0).length);
  expect(Number((await home.ok('balance -q')).stdout)).toBe(before + 5 * charged);
  expect((await home.ok('verify --provider --json')).json()).toMatchObject({ ok: true });
});

it('killed while a ledger is made, the same command makes it whole', async () => {
  for (let wait = 20; wait <= 80; wait += 4) {
    const file = path.join(home.home, `cut-${wait}.db`);
    spawnSync(process.execPath, [path.resolve('bin/wallet.js'), 'init', '--org', 'acme', '--ledger', file], {
      env: home.env(),
      timeout: wait,
      killSignal: 'SIGKILL',
    });
    await home.ok(['init', '--org', 'acme', '--ledger', file]);
    expect((await home.ok(['verify', '--json', '--ledger', file])).json()).toMatchObject({ ok: true });
  }
});

/** A disk of a few hundred kilobytes can be mounted by root alone, where the container lets it. */
const canMount = isRoot && mounts();

describe.runIf(canMount)('a full disk', () => {
  let disk: string;
  beforeEach(() => {
    disk = path.join(home.home, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
  });
  afterEach(() => {
    execFileSync('umount', [disk]);
  });

  it('in the middle of an export leaves no partial file', async () => {
    const rows = Array.from({ length: 6000 }, (_, at) => `e${at},crm,sms,1`);
    await home.ok('usage import - --json', { input: `id,app,service,quantity\n${rows.join('\n')}\n` });

    writeFileSync(path.join(disk, 'other'), Buffer.alloc(1_600_000));
    for (const name of ['all.csv', 'all.ndjson']) {
      const outcome = await home.wallet(['transactions', '--all', '-o', path.join(disk, name), '--json']);
      expect([outcome.status, outcome.error().code]).toEqual([9, 'output_failed']);
    }
    expect(readdirSync(disk)).toEqual(['other']);
  });

  it('in the middle of a backup leaves no partial file', async () => {
    writeFileSync(path.join(disk, 'other'), Buffer.alloc(1_900_000));
    const outcome = await home.wallet(['backup', path.join(disk, 'copy.db'), '--json']);
    expect([outcome.status, outcome.error().code]).toEqual([9, 'output_failed']);
    expect(readdirSync(disk)).toEqual(['other']);
  });

  it('that may only be read keeps a ledger from being written, and leaves it whole', async () => {
    const small = path.join(disk, 'small.db');
    await home.ok(['init', '--org', 'small', '--ledger', small]);
    execFileSync('mount', ['-o', 'remount,ro', disk]);

    const outcome = await home.wallet(['grant', 'add', '1', '--reason', 'x', '--json', '--ledger', small]);
    execFileSync('mount', ['-o', 'remount,rw', disk]);

    expect([outcome.status, outcome.error().code]).toEqual([9, 'ledger_unavailable']);
    expect((await home.ok(['balance', '-q', '--ledger', small])).stdout).toBe('0.00\n');
  });

  it('under the ledger refuses the write whole, and it goes on when there is room', async () => {
    const small = path.join(disk, 'small.db');
    await home.ok(['init', '--org', 'small', '--ledger', small]);
    await home.ok(['card', 'add', '--payment-method', 'pm_card_visa', '--ledger', small]);
    const filler = path.join(disk, 'filler');
    execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=1k count=4000 2>/dev/null || true`]);

    const full = await home.wallet(['buy', '10', '--yes', '--json', '--ledger', small]);
    expect([full.status, full.error().code]).toEqual([9, 'ledger_unavailable']);

    truncateSync(filler, 0);
    await home.wallet(['reconcile', '--ledger', small]);
    await home.ok(['buy', '10', '--yes', '--ledger', small]);
    expect((await home.ok(['balance', '-q', '--ledger', small])).stdout).toBe('10.00\n');
    expect((await home.ok(['verify', '--json', '--ledger', small])).json()).toMatchObject({ ok: true });
  });
});

function mounts(): boolean {
  try {
    execFileSync('sh', ['-c', 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d" && rmdir "$d"'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
