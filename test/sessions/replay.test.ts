import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOUNS } from '../../src/cli/nouns';
import { createSandbox, type Sandbox, splitWords } from '../helpers/cli';
import { type CommandRunner, type Ran, startRunner } from '../helpers/command-runner';

const NOW = '2026-11-05T12:00:00Z';

let home: Sandbox;
let runner: CommandRunner;
const ids = new Map<string, string>();

beforeAll(async () => {
  home = createSandbox({ WALLET_NOW: NOW });
  runner = startRunner(home.home, home.env());
  for (const [name, line] of FURNITURE) {
    const ran = await run(`${line} -q`);
    if (ran.status !== 0) throw new Error(`wallet ${line}: ${ran.stderr}`);
    ids.set(name, ran.stdout.trim());
  }
  const { token } = JSON.parse((await run('token create --role admin --json')).stdout) as { token: { id: string } };
  ids.set('TOKEN', token.id);
  writeFileSync(path.join(home.home, 'usage.csv'), 'id,app,service,quantity\ni1,crm,sms,2\n');
  writeFileSync(path.join(home.home, 'more.csv'), 'id,app,service,quantity\ni2,crm,sms,2\n');
  writeFileSync(path.join(home.home, 'leads.csv'), 'id,app,service,campaign,delivered,leads\nl1,crm,sms,c,9,1\n');
  writeFileSync(path.join(home.home, 'none.csv'), 'id,app,service,campaign,delivered,leads\nl2,crm,sms,c,9,2\n');
  writeFileSync(path.join(home.home, 'plan.yaml'), 'apps: { planned: { limit: 5 } }\n');
  writeFileSync(path.join(home.home, 'other.yaml'), 'apps: { planned: { limit: 6 } }\n');
}, 60_000);

afterAll(() => {
  runner.stop();
  home.remove();
});

const FURNITURE: readonly (readonly [name: string, line: string])[] = [
  ['', 'init --org acme --email ada@example.com'],
  ['CARD', 'card add --payment-method pm_card_visa'],
  ['OTHER', 'card add --payment-method pm_card_mastercard'],
  ['PURCHASE', 'buy 100 --yes'],
  ['', 'app add crm'],
  ['', 'app add shop'],
  ['USAGE', 'usage record --app crm --service sms --quantity 5 --campaign c'],
  ['', 'usage record --app crm --service audio-transcription --quantity 100 --at 2026-10-05'],
  ['GRANT', 'grant add 1 --reason test'],
  ['GIFT', 'grant add 1 --reason test'],
  ['HOLD', 'hold create --app crm --service sms --quantity 5'],
  ['HELD', 'hold create --app crm --service sms --quantity 5'],
  ['ALERT', 'alert add low-balance --below 1 --to ada@example.com'],
  ['', 'user add bob --email bob@example.com --role accountant'],
  ['', 'billing account set --email pay@example.com --net-days 30'],
];

/** The line, and the same command with other parameters; null where it has none, or where nothing else could be meant. */
const CHANGES: readonly (readonly [line: string, other: string | null])[] = [
  ['init --org acme --tz UTC', 'init --org acme --tz Europe/Berlin'],
  ['buy 5 --yes', 'buy 6 --yes'],
  ['purchase refund $PURCHASE --amount 2 --yes', 'purchase refund $PURCHASE --amount 3 --yes'],
  ['purchase resolve $PURCHASE', null],
  ['reconcile', null],
  ['card add --payment-method pm_card_amex', 'card add --payment-method pm_card_visa'],
  ['card sync', null],
  ['card edit $CARD --name Ada', 'card edit $CARD --name Bob'],
  ['card primary $OTHER', 'card primary $CARD'],
  ['card backup $CARD', 'card backup $OTHER'],
  ['billing account set --email a@example.com --net-days 9', 'billing account set --email a@example.com --net-days 8'],
  ['billing account off', null],
  ['recharge set --below 5 --amount 10', 'recharge set --below 6 --amount 10'],
  ['recharge on', null],
  ['recharge check', null],
  ['recharge off', null],
  ['alert add low-balance --below 2 --to ada@example.com', 'alert add low-balance --below 3 --to ada@example.com'],
  [
    'alert add spend --over 2 --per day --to ada@example.com',
    'alert add spend --over 2 --per week --to ada@example.com',
  ],
  ['alert route card-expiring --to role:admin', 'alert route grant-expiring --to role:admin'],
  ['alert check', null],
  ['alert remove $ALERT', null],
  ['grant add 2 --reason gift', 'grant add 3 --reason gift'],
  ['grant void $GRANT', 'grant void $GIFT'],
  ['adjust add 2 --reason slip', 'adjust add 3 --reason slip'],
  ['adjust remove 2 --reason slip', 'adjust remove 3 --reason slip'],
  ['usage record --app crm --service sms --quantity 3', 'usage record --app crm --service sms --quantity 4'],
  ['usage import usage.csv', 'usage import more.csv'],
  ['usage reverse $USAGE --quantity 1', 'usage reverse $USAGE --quantity 2'],
  ['hold create --app crm --service sms --quantity 3', 'hold create --app crm --service sms --quantity 4'],
  ['hold capture $HOLD --quantity 3', 'hold capture $HOLD --quantity 4'],
  ['hold release $HELD', 'hold release $HOLD'],
  ['service add fax --price 1', 'service add fax --price 2'],
  ['service set fax --price 3', 'service set fax --price 4'],
  ['app add desk', 'app add chat'],
  ['app limit shop --monthly 5', 'app limit shop --monthly 6'],
  ['app archive shop', 'app archive crm'],
  [
    'leads record --app crm --service sms --campaign c --delivered 9 --leads 1',
    'leads record --app crm --service sms --campaign c --delivered 9 --leads 2',
  ],
  ['leads import leads.csv', 'leads import none.csv'],
  ['invoice run --period 2026-10 --yes', 'invoice run --period 2026-09 --yes'],
  ['period close 2026-10', 'period close 2026-09'],
  ['apply plan.yaml', 'apply other.yaml'],
  ['cron run', 'cron run --org acme'],
  ['token create --role admin', 'token create --role accountant'],
  ['token revoke $TOKEN', null],
  ['user add eve --email eve@example.com --role admin', 'user add eve --email eve@example.com --role accountant'],
  ['user role bob admin', 'user role bob accountant'],
  ['user remove bob', 'user remove eve'],
  ['card remove $OTHER', 'card remove $CARD'],
  // What no ledger can remember is remembered beside it.
  ['config set tz Europe/Berlin', 'config set tz UTC'],
  ['config unset tz', 'config unset org'],
  ['profile add work --org acme', 'profile add work --org other'],
  ['profile use work', 'profile use home'],
  ['profile remove work', 'profile remove home'],
  ['backup copy.db', 'backup other.db'],
  ['restore copy.db --ledger restored.db', 'restore copy.db --ledger elsewhere.db'],
  ['migrate --ledger restored.db --to moved.db', 'migrate --ledger restored.db --to elsewhere.db'],
  ['cron install --every 10m', 'cron install --every 5m'],
  ['recharge schedule --every 10m', 'recharge schedule --every 5m'],
];

/** They start a program, or need a purchase or invoice that is open, a webhook, or a delivery that was given up; tests of their own do them. */
const ELSEWHERE = ['purchase cancel', 'alert test', 'alert retry', 'run', 'invoice pay'];

test.each(CHANGES)('%s is done once for a key', { timeout: 30_000 }, async (line, other) => {
  const key = `--idempotency-key "${line.replaceAll('"', '')}"`;
  const first = await run(`${line} --json ${key}`);
  const { replayed: _, secret: __, ...answer } = JSON.parse(first.stdout || '{}') as Record<string, unknown>;
  const before = await writes();
  const again = await run(`${line} --json ${key}`);

  expect([first.status, first.stderr]).toEqual([0, '']);
  expect(JSON.parse(again.stdout)).toMatchObject({ ...answer, replayed: true });
  expect([again.status, await writes()]).toEqual([0, before]);

  if (other === null) return;
  const conflict = await run(`${other} --json ${key}`);
  expect([conflict.status, conflict.stderr]).toEqual([8, expect.stringContaining('idempotency_conflict')]);
  expect(await writes()).toEqual(before);
});

test('a token on stdin is part of what a key stands for, and is not kept with it', async () => {
  const line = 'profile add books --api http://127.0.0.1:1 --token-stdin --idempotency-key books --json';

  const first = await home.ok(line, { input: 'tok_first\n' });
  const again = await home.ok(line, { input: 'tok_first\n' });
  const other = await home.wallet(line, { input: 'tok_second\n' });

  expect([first.json(), again.json()]).toMatchObject([{ profile: { name: 'books' } }, { replayed: true }]);
  expect([other.status, other.error().code]).toEqual([8, 'idempotency_conflict']);
  const holding = readdirSync(home.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .filter((file) => readFileSync(file).includes('tok_first'));
  expect(holding).toEqual([path.join(home.home, '.config/wallet/config.json')]);
});

test('no command that changes something is missing here', async () => {
  const loaded = await Promise.all(NOUNS.map((noun) => noun.load()));
  const all = loaded.flatMap(({ commands }) => commands);
  const changing = all.filter(({ kind, keyed }) => kind === 'change' || keyed !== undefined);
  const tried = changing.filter(({ path: name }) => CHANGES.some(([line]) => `${line} `.startsWith(`${name} `)));
  expect(changing.filter((spec) => !tried.includes(spec)).map(({ path: name }) => name)).toEqual(ELSEWHERE);
});

function run(line: string): Promise<Ran> {
  return runner.run(splitWords(line.replace(/\$([A-Z]+)/g, (_, name: string) => ids.get(name) ?? name)));
}

/** How many writes the ledger has. */
async function writes(): Promise<unknown> {
  const { stdout } = await run('audit --limit 1 --json');
  return (JSON.parse(stdout) as { audit: { number: number }[] }).audit[0]?.number;
}
