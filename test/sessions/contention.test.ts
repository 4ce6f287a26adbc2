import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

const NODE = process.execPath;
const BIN = resolve('bin/wallet.js');

async function furnished(credits: number): Promise<Sandbox> {
  const sandbox = createSandbox({ WALLET_NOW: '2026-10-20T12:00:00Z' });
  await sandbox.ok('init --org Acme');
  await sandbox.ok('app add crm');
  await sandbox.ok('service set postcard --price 1 --from 2026-01-01');
  await sandbox.ok(`adjust add ${credits} --reason start`);
  return sandbox;
}

test('eight processes on one wallet spend exactly what there is, and none of them fails', async () => {
  const [funds, each] = [40, 7];
  const sandbox = await furnished(funds);
  const loop = (worker: number) =>
    `for i in $(seq ${each}); do "${NODE}" "${BIN}" usage record --app crm --service postcard --quantity 1 --id w${worker}-$i >/dev/null 2>&1; echo $?; done`;
  const statuses = (await Promise.all(Array.from({ length: 8 }, (_, worker) => shell(sandbox, loop(worker))))).flat();

  expect(statuses).toHaveLength(8 * each);
  expect(statuses.filter((status) => status === '0')).toHaveLength(funds);
  expect(statuses.filter((status) => status === '5')).toHaveLength(8 * each - funds);
  const { balance } = (await sandbox.ok('balance --json')).json() as { balance: object };
  expect(balance).toMatchObject({ posted: '0.00', held: '0.00', available: '0.00' });
  const proof = (await sandbox.ok('verify --full --json')).json();
  expect(proof).toMatchObject({ ok: true, transactions: funds + 1 });
  sandbox.remove();
}, 120_000);

test('an import that is killed wherever, and run again, ends as one that was left alone', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => {
    const day = String(1 + (i % 19)).padStart(2, '0');
    return `evt-${(i * 7919) % 19_900},2026-10-${day}T10:00:00Z,crm,${i % 3 === 0 ? 'email' : 'sms'},${1 + (i % 9)},user${i % 50}`;
  });
  const csv = `id,time,app,service,quantity,user\n${rows.join('\n')}\n`;
  const [clean, killed] = [await furnished(100_000), await furnished(100_000)];
  for (const { home } of [clean, killed]) writeFileSync(join(home, 'usage.csv'), csv);
  const plain = await clean.wallet('usage import usage.csv --json');
  let kills = 0;
  for (let after = 160; kills < 6; after += 70) {
    if (!(await killedAfter(killed, after))) break;
    kills += 1;
  }
  const last = await killed.wallet('usage import usage.csv --json');

  expect(kills).toBeGreaterThan(1);
  expect([plain.status, last.status]).toEqual([10, 10]);
  const [a, b] = [plain.json(), last.json()] as {
    read: number;
    posted: number;
    duplicates: number;
    rejected: number;
  }[];
  expect(a).toMatchObject({ read: 20_000, rejected: b?.rejected });
  expect((b?.posted ?? 0) + (b?.duplicates ?? 0)).toBe((a?.posted ?? 0) + (a?.duplicates ?? 0));
  expect(await listed(killed)).toBe(await listed(clean));
  expect((await killed.ok('balance --json')).stdout).toBe((await clean.ok('balance --json')).stdout);
  expect((await killed.wallet('verify --full')).status).toBe(0);
  for (const sandbox of [clean, killed]) sandbox.remove();
}, 120_000);

test('an import of several batches beside other commands loses nothing of either', async () => {
  const [funds, rows] = [200_000, 110_000];
  const sandbox = await furnished(funds);
  const events = Array.from({ length: rows }, (_, i) => `evt-${i},2026-10-01T10:00:00Z,crm,postcard,1`);
  writeFileSync(join(sandbox.home, 'usage.csv'), `id,time,app,service,quantity\n${events.join('\n')}\n`);
  const record = `"${NODE}" "${BIN}" usage record --app crm --service postcard --quantity 1 --id`;
  const beside = `while [ ! -e imported ]; do i=$((i+1)); ${record} w$i >/dev/null 2>&1; echo $?; done`;
  const [statuses, imported] = await Promise.all([
    shell(sandbox, beside),
    sandbox.wallet('usage import usage.csv --json').finally(() => writeFileSync(join(sandbox.home, 'imported'), '')),
  ]);

  expect(imported.json()).toMatchObject({ read: rows, posted: rows, rejected: 0 });
  expect(new Set(statuses)).toEqual(new Set(['0']));
  const { balance } = (await sandbox.ok('balance --json')).json() as { balance: object };
  expect(balance).toMatchObject({ posted: `${funds - rows - statuses.length}.00` });
  expect((await sandbox.ok('verify --json')).json()).toMatchObject({ ok: true });
  sandbox.remove();
}, 120_000);

/** Every transaction, but for the mark of the organisation in its id. */
async function listed(sandbox: Sandbox): Promise<string> {
  const { stdout } = await sandbox.ok('transactions --all --order asc --format csv');
  return stdout.replaceAll(/^(txn_[0-9a-f]{22})[0-9a-f]{6}/gm, '$1');
}

/** Starts the import and kills it; false where it was done before. */
async function killedAfter(sandbox: Sandbox, ms: number): Promise<boolean> {
  const child = spawn(NODE, [BIN, 'usage', 'import', 'usage.csv'], {
    env: sandbox.env(),
    cwd: sandbox.home,
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  const signal = await new Promise((done) => child.on('close', (_status, by) => done(by)));
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

function shell(sandbox: Sandbox, script: string): Promise<readonly string[]> {
  return new Promise((done, fail) => {
    const child = spawn('sh', ['-c', script], {
      env: sandbox.env(),
      cwd: sandbox.home,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('error', fail);
    child.on('close', () => done(out.trim().split('\n')));
  });
}
