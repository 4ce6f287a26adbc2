import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { KEYS, runOnTerminal } from '../helpers/terminal';

let home: Sandbox;

beforeAll(async () => {
  home = createSandbox();
  await home.ok('init --org acme');
  await home.ok('card add --payment-method pm_card_visa');
});

afterAll(() => home.remove());

async function posted(): Promise<string> {
  const { balance } = (await home.ok('balance --json')).json() as { balance: { posted: string } };
  return balance.posted;
}

describe('buying on a terminal', () => {
  test('says amount, card, SANDBOX and the balance after, and charges on y', async () => {
    const { status, text } = await runOnTerminal(['buy', '100'], {
      env: home.env(),
      reactions: [{ when: 'Charge', press: `y${KEYS.enter}` }],
    });
    expect(text).toContain(
      'Charge 100.00 USD to visa ending 4242 (SANDBOX, no real money), available afterwards 100.00?',
    );
    expect(text).toContain('bought 100.00 credits');
    expect(status).toBe(0);
    expect(await posted()).toBe('100.00');
  });

  test.each([
    ['Enter alone', KEYS.enter, 'nothing was charged'],
    ['n', `n${KEYS.enter}`, 'nothing was charged'],
    ['Ctrl-C', KEYS.ctrlC, 'nothing was charged'],
  ])('%s declines: 130 and nothing is charged', async (_what, press, said) => {
    const before = await posted();
    const { status, text } = await runOnTerminal(['buy', '5'], {
      env: home.env(),
      reactions: [{ when: 'Charge', press }],
    });
    expect(text).toContain(said);
    expect(status).toBe(130);
    expect(await posted()).toBe(before);
  });

  test.each([
    ['--no-input', ['buy', '5', '--no-input'], {}],
    ['WALLET_NO_INPUT', ['buy', '5'], { WALLET_NO_INPUT: '1' }],
    ['CI', ['buy', '5'], { CI: 'true' }],
  ])('%s forbids the question, and --yes is named', async (_what, words, env) => {
    const { status, text } = await runOnTerminal(words, { env: { ...home.env(), ...env } });
    expect(status).toBe(2);
    expect(text).toContain('--yes');
  });

  test('a wrong amount is refused before anything is asked', async () => {
    const { status, text } = await runOnTerminal(['buy', '1e3'], { env: home.env() });
    expect(status).toBe(2);
    expect(text).not.toContain('Charge');
  });
});

test('a piped yes pays nothing', async () => {
  const before = await posted();
  const { status, stderr } = await home.wallet('buy 5', { input: 'y\ny\n' });
  expect(status).toBe(2);
  expect(stderr).toContain('--yes');
  expect(await posted()).toBe(before);
});

test('card add asks which test card', async () => {
  const { status, text } = await runOnTerminal(['card', 'add'], {
    env: home.env(),
    reactions: [{ when: 'Which test card? (SANDBOX)', press: `${KEYS.down}${KEYS.enter}` }],
  });
  expect(text).toContain('added mastercard ending 4444');
  expect(status).toBe(0);
});

describe('standard input that is the keyboard', () => {
  test.each([
    ['plan', ['plan', '-'], 'services:\nsms:'],
    ['apply', ['apply', '-'], 'apps:\ntyped:'],
    ['usage import', ['usage', 'import', '-'], 'app,service,quantity'],
    ['leads import', ['leads', 'import', '-'], 'app,service,campaign,delivered,leads'],
  ])('%s says how it ends, ends so, and Ctrl-C leaves with 130', async (_what, words, typed) => {
    const when = 'Ctrl-D on a line of its own ends it';
    const ended = await runOnTerminal(words, {
      env: home.env(),
      reactions: [{ when, press: `${typed.replace('\n', '\r  ')}\r${KEYS.ctrlD}` }],
    });
    const left = await runOnTerminal(words, { env: home.env(), reactions: [{ when, press: KEYS.ctrlC }] });
    expect([ended.status, left.status, left.text]).toEqual([0, 130, expect.stringContaining('interrupted')]);
  });
});

test('what an import came to stands on lines of its own, and apps that nobody knows are told how to be', async () => {
  const file = path.join(home.home, 'strangers.csv');
  writeFileSync(file, `app,service,quantity\n${'nobody,email,1\n'.repeat(45_000)}`);

  const { status, screen } = await runOnTerminal(['usage', 'import', file], { env: home.env() });

  expect(status).toBe(10);
  expect(screen).toContain('importing');
  expect(screen).toContain('\r\u001b[2Kline 2: there is no app "nobody"');
  expect(screen).toContain('--create-apps registers them on the way');
});

describe('a list on a terminal', () => {
  beforeAll(async () => {
    await home.ok('app add crm');
    const rows = Array.from({ length: 1_300 }, (_, n) => `r-${n},2026-10-01,crm,email,1`);
    await home.ok('usage import -', { input: `id,time,app,service,quantity\n${rows.join('\n')}\n` });
  });

  function rowsIn(text: string): number {
    return text.split('\n').filter((line) => line.includes('txn_')).length;
  }

  test('shows the last 50, and says of how many', async () => {
    const { text } = await runOnTerminal(['transactions', '--type', 'usage'], { env: home.env() });
    expect(rowsIn(text)).toBe(50);
    expect(text).toContain('50 of 1,300; --all for all');
    expect(text).toContain('SANDBOX');
  });

  test('--all shows all, --limit as many as it says', async () => {
    expect(rowsIn((await runOnTerminal(['tx', '--type', 'usage', '--all'], { env: home.env() })).text)).toBe(1_300);
    expect(rowsIn((await runOnTerminal(['tx', '--limit', '3'], { env: home.env() })).text)).toBe(3);
  });

  test('fits the width of the terminal', async () => {
    const { text } = await runOnTerminal(['tx', '--limit', '3'], { env: home.env(), columns: 72 });
    expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(72);
  });

  test('leaves out what a report has no room for, rather than cutting its names to nothing', async () => {
    const words = ['report', 'usage', '--by', 'service,app,user,campaign,month'];
    const { text } = await runOnTerminal(words, { env: home.env(), columns: 60 });
    expect(text).toContain('no room for Free, Invoiced, Share %');
    const rows = text.split('\n').filter((line) => !line.startsWith('no room'));
    expect(Math.max(...rows.map((line) => [...line].length))).toBeLessThanOrEqual(60);
  });

  test('through a pager when one is named, plainly when it is missing', async () => {
    const paged = await runOnTerminal(['tx', '--limit', '2', '--pager'], {
      env: { ...home.env(), WALLET_PAGER: "sed 's/^/| /'" },
    });
    expect(paged.text).toContain('| txn_');
    expect(paged.status).toBe(0);
    const plain = await runOnTerminal(['tx', '--limit', '2'], {
      env: { ...home.env(), WALLET_PAGER: 'no-such-pager' },
    });
    expect(rowsIn(plain.text)).toBe(2);
  });
});

describe('colour', () => {
  const bold = '\u001b[1m';

  test.each([
    ['a terminal', {}, [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['TERM=dumb', { TERM: 'dumb' }, [], false],
    ['--no-color', {}, ['--no-color'], false],
    ['--color over NO_COLOR', { NO_COLOR: '1' }, ['--color'], true],
  ])('%s', async (_what, env, flags, isColoured) => {
    const { screen } = await runOnTerminal(['status', ...flags], { env: { ...home.env(), ...env } });
    expect(screen.includes(bold)).toBe(isColoured);
  });

  test('none into a pipe, unless it is forced', async () => {
    expect((await home.ok('status')).stdout).not.toContain('\u001b');
    expect((await home.ok('status --color')).stdout).toContain(bold);
    expect((await home.ok('status', { env: { FORCE_COLOR: '1' } })).stdout).toContain(bold);
  });
});
