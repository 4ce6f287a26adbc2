import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox, splitWords } from '../helpers/cli';
import { KEYS, type Reaction, runOnTerminal } from '../helpers/terminal';

let home: Sandbox;

beforeEach(() => {
  home = createSandbox();
});
afterEach(() => home.remove());

const answer = (when: string, text = ''): Reaction => ({ when, press: `${text}${KEYS.enter}` });
const WHOLE_WAY: readonly Reaction[] = [
  answer('Name of the organisation', 'Acme Ltd'),
  answer('e-mail address, for receipts', 'ada@acme.example'),
  answer('Its time zone', `${'\u007f'.repeat(3)}Europe/Berlin`),
  answer('Processor'),
  answer('Which test card? (SANDBOX)'),
  answer('Top up when less than this', '50'),
  answer('How much to buy then'),
  answer('At most how much in a month', '1000'),
  answer('Alert when less than this', '20'),
  answer('To which e-mail address'),
];
const SCRIPT = [
  "wallet init --org 'Acme Ltd' --tz Europe/Berlin --provider sandbox --email ada@acme.example",
  'wallet card add --payment-method pm_card_visa',
  'wallet recharge set --below 50 --amount 100 --monthly-cap 1000 --yes',
  'wallet alert add low-balance --below 20 --to ada@acme.example',
];

describe.each([[['init']], [[]]])('a newcomer who types wallet %j on a terminal', (words) => {
  test('is led to a wallet that looks after itself, and to the script that makes the same', async () => {
    const { status, text } = await runOnTerminal(words, { env: home.env(), reactions: WHOLE_WAY, columns: 80 });

    expect(status).toBe(0);
    expect(text).toContain(`Done. The same as a script:\n${SCRIPT.join('\n')}\n`);
    expect(text).toContain('What it tells waits until WALLET_SMTP_URL is set');
    expect(text).toMatch(/next: wallet buy 100\nthen: wallet cron install .*\n$/);
    const made = (await home.ok('status --json')).json();
    expect(made).toMatchObject({
      org: { name: 'Acme Ltd', email: 'ada@acme.example', timeZone: 'Europe/Berlin' },
      cards: [{ brand: 'visa', role: 'primary' }],
      recharge: { enabled: true, below: '50.00', monthlyCap: '1000.00' },
    });
    expect((await home.ok('balance -q')).stdout).toBe('0.00\n');
  });
});

test('the script of the first run works on another machine', async () => {
  for (const line of SCRIPT) await home.ok(splitWords(line.replaceAll("'", '"')).slice(1));

  expect((await home.ok('status --json')).json()).toMatchObject({ recharge: { below: '50.00', amount: '100.00' } });
});

test('what is left empty is left out', async () => {
  const { status, text } = await runOnTerminal(['init', '--ledger', 'other.db'], {
    env: home.env(),
    reactions: [
      answer('Name of the organisation', 'shop'),
      answer('e-mail address, for receipts'),
      answer('Its time zone'),
      answer('Processor'),
      answer('Which test card? (SANDBOX)', `${KEYS.down}${KEYS.down}`),
      answer('Alert when less than this'),
    ],
  });

  expect(status).toBe(0);
  expect(text).toContain('as a script:\nwallet init --org shop --tz UTC --provider sandbox --ledger other.db\n\nnext:');
});

test('a wrong answer is explained at once and asked for again, and no line is wider than the screen', async () => {
  const again = (why: string, wrong: string, right: string): Reaction => ({
    when: why,
    press: `${'\u007f'.repeat(wrong.length)}${right}${KEYS.enter}`,
  });
  const reactions = [...WHOLE_WAY];
  reactions.splice(5, 1, answer('Top up when less than this', '1e3'), again('must be a plain decimal', '1e3', '50'));
  reactions.splice(2, 1, answer('Its time zone', 'Berlin'), again('IANA list', 'Berlin', 'Europe/Berlin'));
  reactions.splice(1, 1, answer('e-mail address, for', 'ada'), again('one plain address', 'ada', 'ada@acme.example'));
  const { status, text } = await runOnTerminal(['init'], { env: home.env(), reactions, columns: 80 });

  expect(text).toContain(`Done. The same as a script:\n${SCRIPT.join('\n')}\n`);
  expect(status).toBe(0);
  const told = text.split('\n').filter((line) => !/^(?:[$>?✔]|wallet|added|warning|error|why|next|then)/.test(line));
  expect(told.filter((line) => line.length > 80)).toEqual([]);
});

test('a step that fails is told, and the way goes on without it', async () => {
  const reactions = [...WHOLE_WAY];
  reactions[9] = answer('To which e-mail address', `${'\u007f'.repeat(16)}http://example.com/x`);
  const { status, text } = await runOnTerminal(['init'], { env: home.env(), reactions, columns: 80 });

  expect(text).toContain('That did not work; the same command does it later.');
  expect(text).toContain(`script:\n${SCRIPT.slice(0, 3).join('\n')}\n`);
  expect(status).toBe(0);
});

test('wallet alone lists its commands once there is an organisation', async () => {
  await home.ok('init --org acme');
  const { status, text } = await runOnTerminal([], { env: home.env() });

  expect(text).toContain('Usage');
  expect(status).toBe(0);
});
