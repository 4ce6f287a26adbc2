import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { type CommandRunner, startRunner } from '../helpers/command-runner';
import { HOSTILE } from './arguments';
import { faultsOf } from './promises';

const CASES = Number(process.env.WALLET_FUZZ_CASES ?? 600);
const SEED = Number(process.env.WALLET_FUZZ_SEED ?? 20261124);

let home: Sandbox;
let runner: CommandRunner;

beforeAll(async () => {
  home = createSandbox({ WALLET_NOW: '2026-10-06T12:00:00Z', WALLET_NO_INPUT: '1' });
  const furniture = ['init --org Acme', 'card add --payment-method pm_card_visa', 'buy 50 --yes', 'app add crm'];
  for (const line of furniture) await home.ok(line);
  await home.ok('usage record --app crm --service sms --quantity 1 --campaign autumn');
  runner = startRunner(home.home, home.env());
});

afterAll(() => {
  runner.stop();
  home.remove();
});

const column = fc.constantFrom(
  'id',
  'time',
  'app',
  'service',
  'type',
  'quantity',
  'user',
  'campaign',
  'delivered',
  'leads',
);
const good = fc.constantFrom('crm', 'sms', 'email', '1', '20', '2026-10-05', 'autumn', 'e1', 'e2', '');
const cell = fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) });
const rows = fc.array(fc.array(cell, { maxLength: 9 }), { maxLength: 12 });
const breaks = fc.constantFrom('\n', '\r\n', '\r');
const delimited = fc
  .tuple(fc.array(column, { maxLength: 9 }), rows, breaks)
  .map(([header, cells, end]) => Buffer.from([header, ...cells].map((row) => row.join(',')).join(end)));
const objects = fc
  .array(fc.oneof(fc.dictionary(column, fc.oneof(cell, fc.jsonValue())), fc.jsonValue()), { maxLength: 12 })
  .map((list) => Buffer.from(list.map((value) => JSON.stringify(value)).join('\n')));
const bytes = fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list));
/** Rows that are right, but for a cell here and there. */
const nearly = fc
  .array(fc.tuple(fc.uuid(), fc.constantFrom('1', '20'), fc.option(cell, { freq: 12 })), { maxLength: 12 })
  .map((list) => list.map(([id, quantity, slip]) => [id, 'crm', 'sms', quantity, slip ?? 'autumn', quantity, '1']))
  .map((list) => [['id', 'app', 'service', 'quantity', 'campaign', 'delivered', 'leads'], ...list])
  .map((list) => Buffer.from(list.map((row) => row.join(',')).join('\n')));
const file = fc.oneof(
  { weight: 3, arbitrary: nearly },
  { weight: 4, arbitrary: delimited },
  { weight: 3, arbitrary: objects },
  { weight: 1, arbitrary: bytes },
);
const command = fc.constantFrom('usage', 'leads');
const format = fc.constantFrom('csv', 'ndjson');

test('no file, however hostile, is imported in part without saying which part', { timeout: 120_000 }, async () => {
  const statuses = new Set<unknown>();

  await fc.assert(
    fc.asyncProperty(file, command, format, async (content, noun, input) => {
      writeFileSync(path.join(home.home, 'events'), content);
      const words = [noun, 'import', 'events', '--input', input, '--json'];
      const ran = await runner.run(words);
      statuses.add(ran.status);

      expect(faultsOf(words, ran, false)).toEqual([]);
      if (ran.status === 0 || ran.status === 10) {
        const answer = JSON.parse(ran.stdout) as Record<'read' | 'posted' | 'duplicates' | 'rejected', number>;
        expect(answer.posted + answer.duplicates + answer.rejected).toBe(answer.read);
      }
    }),
    { numRuns: CASES, seed: SEED },
  );

  expect([...statuses]).toEqual(expect.arrayContaining([0, 2, 10]));
  await home.ok('verify --full');
});
