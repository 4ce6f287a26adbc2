import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

let home: Sandbox;
const ids = new Map<string, string>();

beforeAll(async () => {
  home = createSandbox();
  await home.ok('init --org acme');
  await home.ok('app add crm');
  await home.ok('grant add 100 --reason test');
  const keep = async (name: string, line: string) => ids.set(name, (await home.ok(`${line} -q`)).stdout.trim());
  await keep('CARD', 'card add --payment-method pm_card_visa');
  await keep('OTHER', 'card add --payment-method pm_card_mastercard');
  await keep('PURCHASE', 'buy 10 --yes');
  await keep('USAGE', 'usage record --app crm --service sms --quantity 5');
  await keep('GRANT', 'grant add 1 --reason test');
  await keep('HOLD', 'hold create --app crm --service sms --quantity 5');
  await keep('HELD', 'hold create --app crm --service sms --quantity 5');
  await home.ok('config set org acme');
  await home.ok('profile add p --org acme');
});

afterAll(() => home.remove());

/** The command, and the keys of the document it promises. */
const PROMISES: readonly (readonly [line: string, keys: readonly string[]])[] = [
  ['init --org acme', ['org', 'created', 'balance']],
  ['balance', ['balance']],
  ['status', ['org', 'balance', 'cards', 'recharge', 'alerts', 'postpaid', 'pendingPurchases']],
  ['buy 5 --yes', ['purchase', 'balance']],
  ['buy 5 --dry-run', ['purchase', 'balance', 'dryRun']],
  ['purchase list', ['purchases', 'next']],
  ['purchase show $PURCHASE', ['purchase']],
  ['reconcile', ['settled', 'pending', 'mismatches']],
  ['card add --payment-method pm_card_amex', ['card']],
  ['card list', ['cards', 'next']],
  ['card show $CARD', ['card']],
  ['card edit $CARD --name Ada', ['card']],
  ['card primary $OTHER', ['card']],
  ['card backup $CARD', ['card']],
  ['card remove $CARD', ['card']],
  ['grant add 1 --reason test', ['grant', 'balance']],
  ['grant list', ['grants', 'next']],
  ['grant void $GRANT', ['grant', 'balance']],
  ['adjust add 1 --reason test', ['transaction', 'balance']],
  ['adjust remove 1 --reason test', ['transaction', 'balance']],
  ['app add shop', ['app']],
  ['app list', ['apps', 'next']],
  ['app show crm', ['app']],
  ['app limit shop --monthly 5', ['app']],
  ['app archive shop', ['app']],
  ['service list', ['services', 'next']],
  ['service show sms', ['service']],
  ['service add fax --price 1', ['service']],
  ['service set fax --price 2', ['service']],
  ['usage record --app crm --service sms --quantity 1', ['transaction', 'balance', 'recharge']],
  ['usage import -', ['read', 'posted', 'duplicates', 'rejected', 'credits', 'balance', 'rejects']],
  ['usage reverse $USAGE', ['transaction', 'balance']],
  ['hold create --app crm --service sms --quantity 1', ['hold', 'balance']],
  ['hold capture $HOLD', ['hold', 'transaction', 'balance']],
  ['hold release $HELD', ['hold', 'balance']],
  ['hold list --all', ['holds', 'next']],
  ['run --app crm --service sms --quantity 1 -- echo hello', ['hold', 'transaction', 'balance', 'status']],
  ['afford --app crm --service sms --quantity 1', ['affordable', 'cost', 'limit']],
  ['transactions --totals', ['transactions', 'next']],
  ['tx --period this-month', ['transactions', 'next']],
  ['explain $USAGE', ['transaction', 'explanation']],
  ['audit', ['audit', 'next']],
  ['verify', ['ok', 'transactions', 'checks']],
  ['config get org', ['setting']],
  ['config set tz UTC', ['setting']],
  ['config unset tz', ['setting']],
  ['config list', ['settings', 'next']],
  ['config path', ['path']],
  ['profile add q --org acme', ['profile']],
  ['profile list', ['profiles', 'next']],
  ['profile use q', ['profile']],
  ['profile remove q', ['profile']],
  ['help balance', ['help']],
  ['card --help', ['help']],
  ['--version', ['version']],
];

test.each(PROMISES)('%s', async (line, keys) => {
  const words = line.replace(/\$([A-Z]+)/g, (_, name: string) => ids.get(name) ?? name);
  const [own = '', program] = words.split(' -- ');
  const input = 'app,service,quantity\ncrm,sms,1\n';
  const outcome = await home.wallet(`${own} --json${program === undefined ? '' : ` -- ${program}`}`, { input });
  const isNoise = line.startsWith('run ') || line.includes('--totals');
  if (!isNoise) expect(outcome.stderr).toBe('');
  expect(outcome.status).toBe(0);
  expect(Object.keys(outcome.json() as object)).toEqual(expect.arrayContaining([...keys]));
});

test.each([
  ['--json before the command', '--json balance'],
  ['--format json', 'transactions --format json'],
  ['--json with other global options', 'balance --org acme --json --no-color -q'],
])('%s', async (_what, line) => {
  expect((await home.ok(line)).json()).toBeTypeOf('object');
});

test.each([
  ['blance', 2, 'invalid_usage'],
  ['buy 1e3', 2, 'invalid_amount'],
  ['buy 5', 2, 'confirmation_required'],
  ['tx --period never', 2, 'invalid_time'],
  ['usage record --app nobody --service sms --quantity 1', 3, 'unknown_app'],
  ['usage record --app crm --service nothing --quantity 1', 3, 'unknown_service'],
  ['card show card_nope', 3, 'unknown_card'],
  ['purchase show pur_nope', 3, 'unknown_purchase'],
  ['explain txn_nope', 3, 'unknown_transaction'],
  ['hold release hold_nope', 3, 'unknown_hold'],
  ['grant void grant_nope', 3, 'unknown_grant'],
  ['--org nobody balance', 3, 'unknown_org'],
  ['--profile nobody balance', 3, 'unknown_profile'],
  ['--ledger nowhere/x.db balance', 3, 'not_initialised'],
  ['usage record --app crm --service sms --quantity 999999999', 5, 'insufficient_credits'],
  ['card add --payment-method pm_card_chargeDeclined', 6, 'card_declined'],
  ['app add crm', 8, 'already_exists'],
])('an error is one document on stderr, and nothing on stdout: %s', async (line, status, code) => {
  const outcome = await home.wallet(`${line} --json`);
  expect(outcome.stdout).toBe('');
  expect(outcome.error()).toMatchObject({ code, message: expect.any(String), hint: expect.any(String) });
  expect(outcome.status).toBe(status);
});
