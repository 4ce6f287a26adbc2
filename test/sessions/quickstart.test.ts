import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'wallet-quickstart-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the quickstart tells the main job without colour, question or remains, whatever settings there are', () => {
  const theirs = { WALLET_LEDGER: '/nowhere/ledger.db', WALLET_PROFILE: 'work', FORCE_COLOR: '1', CLICOLOR_FORCE: '1' };
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, NODE_EXTRA_CA_CERTS: '', ...theirs };

  const run = spawnSync(process.execPath, ['scripts/quickstart.cjs'], { env, encoding: 'utf8' });

  expect(run.status).toBe(0);
  expect(run.stdout.match(/^\$ .*$/gm)?.map((line) => line.split(' ').slice(1, 4).join(' '))).toEqual([
    'wallet init --org',
    'wallet card add',
    'wallet buy 100',
    'wallet service set',
    'wallet app add',
    'wallet app add',
    'wallet app add',
    'wallet usage import',
    'wallet balance',
    'wallet transactions --app',
    'wallet transactions --period',
    'head -n 3',
    'wallet verify',
  ]);
  expect(run.stdout).toContain('204 rows read, 201 posted, 1 seen before, 2 rejected; 62.6473 credits\n');
  expect(run.stdout).toContain('202 transactions: the ledger is whole\n');
  expect(run.stdout + run.stderr).not.toMatch(/\u001b|warn/i);
  expect(readdirSync(folder)).toEqual([]);
});
