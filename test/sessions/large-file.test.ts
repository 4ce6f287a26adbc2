import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

// A large file is read on a thread of its own.

let home: Sandbox;

beforeAll(async () => {
  home = createSandbox();
  await home.ok('init --org acme');
  await home.ok('grant add 1000 --reason test');
  await home.ok('app add crm');
});

afterAll(() => home.remove());

/** An answer but for the moments in it. */
function timeless(json: string): object {
  return JSON.parse(json.replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'then'));
}

const line = (n: number, id = `l-${n}`) => `${id},2026-10-01T10:00:00.000Z,crm,email,1,${'m'.repeat(90)}`;

const imported = async (rows: readonly string[]) => {
  writeFileSync(path.join(home.home, 'more.csv'), `id,time,app,service,quantity,memo\n${rows.join('\n')}\n`);
  return JSON.parse((await home.wallet('usage import more.csv --json')).stdout);
};

test('a large file is posted as a small one: good rows go in, bad ones are listed as they stood there', async () => {
  const rows = Array.from({ length: 21_000 }, (_, n) => line(n));
  rows[11_000] = 'l-x,2026-10-01T10:00:00.000Z,nobody,email,1,memo';
  rows[11_001] = 'l-y,2026-10-01T10:00:00.000Z,crm,email';
  rows[11_002] = 'l-z,2026-10-01,crm,email,none,memo';
  rows[20_500] = line(17);
  rows[20_501] = line(18).replace(',1,', ',2,');
  writeFileSync(path.join(home.home, 'large.csv'), `id,time,app,service,quantity,memo\n${rows.join('\n')}\n`);
  const dry = await home.wallet('usage import large.csv --dry-run --json');
  const { status, stdout } = await home.wallet('usage import large.csv --rejects bad.csv --json');
  expect(status).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject({ read: 21_000, posted: 20_995, duplicates: 1, rejected: 4 });
  expect(timeless(dry.stdout)).toEqual({ ...timeless(stdout), dryRun: true });
  const bad = readFileSync(path.join(home.home, 'bad.csv'), 'utf8').trimEnd().split('\n').slice(1);
  const codes = bad.map(
    (text) => /(?:unknown_app|invalid_input|invalid_quantity|idempotency_conflict)/.exec(text)?.[0],
  );
  expect(codes).toEqual(['unknown_app', 'invalid_input', 'invalid_quantity', 'idempotency_conflict']);
  expect(bad.join('\n')).toContain('2026-10-01T10:00:00.000Z,nobody,email,1,memo');
  expect((await home.wallet('verify --full')).status).toBe(0);
  const again = await home.wallet('usage import large.csv --json');
  expect(JSON.parse(again.stdout)).toMatchObject({ posted: 0, duplicates: 20_996, rejected: 4 });
  // Repeated where a look at some of the ids does not find it, and once with another content.
  const fresh = Array.from({ length: 3_000 }, (_, n) => line(n, `n-${n}`));
  fresh[77] = line(17);
  fresh[78] = line(18).replace(',1,', ',2,');
  expect(await imported(fresh)).toMatchObject({ posted: 2_998, duplicates: 1, rejected: 1 });
  // In another order, with new ones among them, and one that another program sent again without its memo.
  const mixed = [
    ...rows.slice(2_000, 3_000).reverse(),
    ...Array.from({ length: 9 }, (_, n) => line(n, `o-${n}`)),
    ...fresh,
  ];
  mixed[500] = (mixed[500] ?? '').replace(/m+$/, '');
  expect(await imported(mixed)).toMatchObject({ posted: 9, duplicates: 3_998, rejected: 2 });
  expect((await home.wallet('verify --full')).status).toBe(0);
});

test('a large file is refused as a small one, and the program ends', async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => line(n));
  writeFileSync(path.join(home.home, 'headless.csv'), `id,time,program,service,quantity,memo\n${rows.join('\n')}\n`);
  const { status, stderr } = await home.wallet('usage import headless.csv');
  expect([status, stderr.split('\n')[0]]).toEqual([2, 'error: the header has no column for app']);
});
