import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../helpers/cli';

const sandbox = createSandbox();
afterAll(sandbox.remove);

test('the demo ends with a proven ledger and leaves nothing behind', async () => {
  const demo = await sandbox.wallet('demo');

  expect(demo.status).toBe(0);
  expect(demo.stdout).toContain('$ wallet buy 100 --yes --idempotency-key order-77\nbought already under this key\n');
  expect(demo.stdout).toContain('$ wallet recharge check\nrecharged: 100.00 credits\nbalance: 141.30');
  expect(demo.stdout).toContain('$ wallet alert history\nSpending is over 50.00 this month\n');
  expect(demo.stdout).toMatch(/7 transactions: the ledger is whole\n\n$/);
  expect(demo.stdout).not.toContain('\u001b');
  expect(demo.stderr).toBe('that was the demo: its ledger is gone again. Your own begins with: wallet init\n');
  expect(readdirSync(path.join(sandbox.home, 'tmp'))).toEqual([]);
  expect(existsSync(path.join(sandbox.home, '.local'))).toBe(false);
});

test("the demo keeps away from the user's own ledger and organisation", async () => {
  await sandbox.ok('init --org acme');
  const before = await sandbox.ok('transactions --json');

  await sandbox.ok('demo --quiet --org acme');

  expect((await sandbox.ok('transactions --json')).stdout).toBe(before.stdout);
  expect((await sandbox.ok('app list --json')).json()).toEqual({ apps: [], next: null });
});

test('as JSON the demo is one document with every step and its answer', async () => {
  const demo = await sandbox.ok('demo --json');

  const { demo: steps } = demo.json() as { demo: { says: string; command: string; result: Record<string, unknown> }[] };
  expect(steps.map(({ command }) => command.split(' ')[1])).toEqual(
    (
      'init card buy buy buy grant app usage usage usage hold hold usage ' +
      'recharge alert usage recharge recharge alert transactions report verify'
    ).split(' '),
  );
  expect(steps[3]?.result).toMatchObject({ replayed: true, balance: { posted: '100.00' } });
  expect(steps[4]?.result).toMatchObject({ error: { code: 'card_declined' } });
  expect(steps[8]?.result).toMatchObject({ duplicate: true });
  expect(steps.slice(16, 18).map(({ result }) => result.outcome)).toEqual(['recharged', 'not_needed']);
  expect(steps.at(-2)?.result).toMatchObject({ purchased: '200.00', closing: '141.30' });
  expect(steps.at(-1)?.result).toMatchObject({ ok: true, transactions: 7 });
  expect(demo.stderr).toBe('');
});
