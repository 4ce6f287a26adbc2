import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

let home: Sandbox;

beforeAll(async () => {
  home = createSandbox();
  await home.ok('init --org acme');
  await home.ok('app add crm');
  await home.ok('grant add 10 --reason test');
});

afterAll(() => home.remove());

async function refused(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = await home.wallet(words, { env });
  expect(stdout).toBe('');
  return { status, stderr };
}

/** Control characters, bidi overrides and lone halves never reach a terminal as themselves. */
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

describe('text that could deceive a terminal is refused, and shown escaped', () => {
  test.each([
    ['a colour', 'x\u001b[31mred'],
    ['a title', 'x\u001b]0;owned\u0007'],
    ['a new line', 'two\nlines'],
    ['a bidi override', 'x\u202egnp.exe'],
    ['a zero-width space', 'a\u200bb'],
    ['201 characters', 'x'.repeat(201)],
  ])('%s', async (_what, name) => {
    const { status, stderr } = await refused(['app', 'add', 'shop', '--name', name]);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(RAW);
    expect(stderr.length).toBeLessThan(600);
  });

  test('even where it is only a wrong word', async () => {
    for (const words of [['\u001b[31mbuy'], ['buy', '\u001b[2J'], ['--\u001b[31m'], ['card', 'show', '\u202ex']]) {
      expect((await refused(words)).stderr).not.toMatch(RAW);
    }
  });
});

describe('an id that is none is just not there', () => {
  test.each(['../../etc/passwd', '%00', "pur_' OR 1=1 --", 'PUR_0190', 'card_0190', '-', 'x'.repeat(100_000)])(
    '%.40s',
    async (id) => {
      const { status, stderr } = await refused(['purchase', 'show', '--', id]);
      expect(status).toBe(3);
      expect(stderr.length).toBeLessThan(600);
    },
  );
});

test('what a spreadsheet would run is stored as it is, and defused in CSV', async () => {
  const memo = '=HYPERLINK("http://evil.example")';
  const id = (
    await home.ok(['usage', 'record', '--app', 'crm', '--service', 'sms', '--quantity', '1', '--memo', memo, '-q'])
  ).stdout;
  const { transactions } = (await home.ok('tx --json')).json() as { transactions: { id: string; memo: string }[] };
  expect(transactions.find((row) => row.id === id.trim())?.memo).toBe(memo);
  expect((await home.ok('tx --format csv')).stdout).toContain(`"'${memo.replaceAll('"', '""')}"`);
});

describe('where an export must not go', () => {
  beforeAll(() => {
    mkdirSync(path.join(home.home, 'folder'));
    writeFileSync(path.join(home.home, 'taken.csv'), 'mine');
    symlinkSync('/nowhere/at/all', path.join(home.home, 'dangling.csv'));
  });

  test.each([
    ['an existing file', 'taken.csv', 8],
    ['a folder', 'folder', 2],
    ['a device', '/dev/null', 2],
    ['a link that leads nowhere', 'dangling.csv', 2],
    ['a folder that is not there', 'no/such/file.csv', 9],
  ])('%s', async (_what, file, status) => {
    expect((await refused(['tx', '-o', file])).status).toBe(status);
    expect(readFileSync(path.join(home.home, 'taken.csv'), 'utf8')).toBe('mine');
  });
});

describe('where a ledger must not be', () => {
  test.each([
    ['an unknown scheme', ['--ledger', 'mysql://db/wallet', 'balance'], 2],
    ['memory that is forgotten', ['--ledger', ':memory:', 'init', '--org', 'acme'], 2],
    ['memory that there is nothing in', ['--ledger', ':memory:', 'balance'], 2],
    ['a folder that is not there', ['--ledger', '/nowhere/ledger.db', 'balance'], 3],
    ['a file that is no ledger', ['--ledger', 'notes.txt', 'balance'], 2],
  ])('%s', async (_what, words, status) => {
    writeFileSync(
      path.join(home.home, 'notes.txt'),
      'this is no database, and it is long enough to look like one '.repeat(20),
    );
    const { status: ending, stderr } = await refused(words);
    expect(stderr).not.toContain('bug');
    expect(ending).toBe(status);
  });
});

describe('a configuration that cannot be trusted stops every command that needs it', () => {
  const file = () => path.join(home.home, 'config', 'wallet', 'config.json');
  const env = () => ({ XDG_CONFIG_HOME: path.join(home.home, 'config') });

  test.each([
    ['an unknown key', '{"orgg":"acme"}', 0o600],
    ['readable by others', '{"org":"acme"}', 0o644],
  ])('%s', async (_what, content, mode) => {
    mkdirSync(path.dirname(file()), { recursive: true });
    writeFileSync(file(), content);
    chmodSync(file(), mode);
    const { status, stderr } = await refused(['balance'], env());
    expect(status).toBe(2);
    expect(stderr).toContain(file());
    expect((await home.wallet('--help', { env: env() })).status).toBe(0);
    expect((await home.wallet('config path', { env: env() })).status).toBe(0);
  });
});

test('a card number, or a key, never appears again in what is printed', async () => {
  const key = ['sk', 'live', 'abcdefghijklmnop'].join('_');
  for (const secret of ['4242424242424242', '4242 4242 4242 4242', key]) {
    for (const words of [
      ['buy', secret],
      ['buy', '5', '--memo', `it is ${secret}`],
      [`--org=${secret}`, 'balance', '--json'],
    ]) {
      const { status, stderr } = await refused(words);
      expect(status).toBe(2);
      expect(stderr).not.toContain(secret);
    }
  }
});

test.each([
  ['a key that is none', 'init --org shop --provider stripe --ledger new.db', { STRIPE_API_KEY: 'nonsense' }],
  ['a key of two lines', 'init --org shop --provider stripe --ledger new.db', { STRIPE_API_KEY: 'sk_test_abc\ndef' }],
  ['no key', 'init --org shop --provider stripe --ledger new.db', {}],
  ['a dry run', 'init --org shop --ledger new.db --dry-run', {}],
])('an organisation that is refused leaves no ledger: %s', async (_what, line, env) => {
  const { status, stderr } = await home.wallet(line, { env });
  expect([2, 3]).toContain(status);
  // Not even the help with a key may look as if it had one in it.
  expect(stderr).not.toContain('hidden');
  expect(readdirSync(home.home).filter((name) => name.startsWith('new.db'))).toEqual([]);
});
