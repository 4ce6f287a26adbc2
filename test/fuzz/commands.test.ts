import { rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { type CommandRunner, startRunner } from '../helpers/command-runner';
import { commandLines } from './arguments';
import { faultsOf } from './promises';

const CASES = Number(process.env.WALLET_FUZZ_CASES ?? 2_000);
const SEED = Number(process.env.WALLET_FUZZ_SEED ?? 20261124);
/** What earlier runs found. */
const FOUND: [readonly string[]][] = [
  [['recharge', 'check', '--idempotency-key', 'a\nb']],
  [['service', 'list', '--output', 'constructor']],
  [['plan', '-']],
  [['apply', '-', '--yes']],
  [['usage', 'import', '-']],
  [['leads', 'import', '-']],
  [['profile', 'add', 'work', '--token-stdin']],
];
const NOW = '2026-10-06T12:00:00Z';

let home: Sandbox;
let runner: CommandRunner;
let watch: Database;

beforeAll(async () => {
  home = createSandbox({ WALLET_NOW: NOW, WALLET_NO_INPUT: '1' });
  for (const line of FURNITURE) await home.ok(line);
  runner = startRunner(home.home, home.env());
  watch = openDatabase(path.join(home.home, '.local/share/wallet/ledger.db'), { timeoutMs: 0 });
});

afterAll(() => {
  runner.stop();
  watch.close();
  home.remove();
});

test('no command line, however hostile, ends outside the table of statuses, shows a stack or changes what it refuses', {
  timeout: 240_000,
}, async () => {
  const lines = await commandLines(await knownIds());
  const seen = new Map<unknown, number>();

  await fc.assert(
    fc.asyncProperty(lines, async (words) => {
      const status = await checkLine(words);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }),
    { numRuns: CASES, seed: SEED, examples: FOUND },
  );

  // Lines that were all refused for the same reason would prove nothing.
  expect([...seen.keys()]).toEqual(expect.arrayContaining([0, 2, 3, 8]));
  expect(seen.get(0)).toBeGreaterThan(CASES / 20);
});

async function checkLine(words: readonly string[]): Promise<number | string> {
  const before = writes();
  const ran = await runner.run(words);
  const changed = writes() !== before;
  // Settings that a line saved are no concern of the next one.
  rmSync(path.join(home.home, '.config'), { recursive: true, force: true });

  expect(faultsOf(words, ran, changed)).toEqual([]);
  return ran.status;
}

/** Rises when another connection commits a change. */
function writes(): unknown {
  return watch.pragma('data_version', { simple: true });
}

async function knownIds(): Promise<readonly string[]> {
  const lists = ['transactions', 'card list', 'purchase list', 'hold list', 'grant list', 'invoice list'];
  const pages = await Promise.all(lists.map((list) => home.ok(`${list} --json`)));
  return pages.flatMap(({ stdout }) => [...stdout.matchAll(/"id": "(\w+)"/g)].map(([, id]) => id ?? '').slice(0, 4));
}

const FURNITURE = [
  'init --org Acme --email ada@example.com --tz Europe/Berlin',
  'card add --payment-method pm_card_visa',
  'card add --payment-method pm_card_mastercard --role backup',
  'buy 500 --yes',
  'service set sms --price 0.0079 --free-quota 10/month',
  'app add crm',
  'app add shop',
  'app limit shop --monthly 5 --on-limit block',
  'usage record --app crm --service sms --quantity 100 --id e1 --campaign autumn',
  'usage record --app crm --service audio-transcription --quantity 2',
  'hold create --app crm --service sms --quantity 20',
  'grant add 3 --reason welcome --expires 2026-12-01',
  'recharge set --below 5 --amount 10',
];
