import { statSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Api, createApi } from '../helpers/api';

/** What the road to the server does with one request. */
type Fate = 'pass' | 'lose the request' | 'lose the answer' | 'busy' | 'another page' | 'elsewhere';

let api: Api;
let road: { url: string; stop(): void };
const fates: Fate[] = [];
const seen: { path: string; key: string | undefined; token: string | undefined; fate: Fate }[] = [];

beforeAll(async () => {
  api = await createApi();
  await api.home.ok('card add --payment-method pm_card_visa');
  const server = createServer((incoming, outgoing) => {
    const { 'idempotency-key': key, authorization: token } = incoming.headers;
    const fate = fates.shift() ?? 'pass';
    seen.push({ path: incoming.url ?? '', key: key as string | undefined, token, fate });
    meet(fate, incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  road = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}, 60_000);
afterAll(async () => {
  road.stop();
  await api.stop();
});
beforeEach(() => {
  fates.length = 0;
  seen.length = 0;
});

function meet(fate: Fate, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (fate === 'lose the request') return void outgoing.destroy();
  if (fate === 'busy') return void outgoing.writeHead(503).end('<h1>come back later</h1>');
  if (fate === 'another page') return void outgoing.writeHead(200).end('<h1>welcome</h1>');
  if (fate === 'elsewhere') return void outgoing.writeHead(307, { location: `${road.url}/elsewhere` }).end();
  const headers = { ...incoming.headers, host: new URL(api.server.url).host };
  const sent = httpRequest(`${api.server.url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
    answer.resume().on('end', () => fate === 'lose the answer' && outgoing.destroy());
    if (fate === 'pass') answer.pipe(outgoing.writeHead(answer.statusCode ?? 0, answer.headers));
  });
  incoming.pipe(sent);
}

const wallet = (line: string, env: Record<string, string> = {}) =>
  api.home.wallet(line, { env: { WALLET_API_URL: road.url, WALLET_API_TOKEN: api.tokens.admin, ...env } });
const purchases = async () => ((await api.home.ok('purchase list --json')).json() as { purchases: object[] }).purchases;

test('a change whose answers are lost is sent again under one key, and done once', async () => {
  const before = (await purchases()).length;
  fates.push('lose the answer', 'lose the request', 'busy');
  const outcome = await wallet('buy 10 --yes --json');
  const tried = seen.filter(({ path: asked }) => asked === '/v1/purchases');

  expect([outcome.status, outcome.stderr]).toEqual([0, '']);
  expect(outcome.json()).not.toHaveProperty('replayed');
  expect(tried.map(({ fate }) => fate)).toEqual(['lose the answer', 'lose the request', 'busy', 'pass']);
  expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
  expect((await purchases()).length).toBe(before + 1);
});

test('a change without any answer ends with 9 and says how to run it again, which does it once', async () => {
  const before = (await purchases()).length;
  fates.push('lose the answer', 'lose the request', 'lose the request', 'lose the request');
  const outcome = await wallet('buy 10 --yes --json');
  const { code, hint, details } = outcome.error();
  const { idempotencyKey = '' } = details as { idempotencyKey?: string };
  expect([outcome.status, outcome.stdout, code]).toEqual([9, '', 'api_unreachable']);
  expect(hint).toContain(`--idempotency-key ${idempotencyKey}`);

  const again = await wallet(`buy 10 --yes --json --idempotency-key ${idempotencyKey}`);
  expect([again.status, (again.json() as { replayed?: true }).replayed]).toEqual([0, true]);
  expect((await purchases()).length).toBe(before + 1);
});

test('what a server may have done before it went away is not called undone', async () => {
  const before = (await purchases()).length;
  const last = createServer((incoming, outgoing) => {
    last.close(); // whoever comes next is refused
    meet('lose the answer', incoming, outgoing);
  });
  await new Promise<void>((resolve) => last.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(last.address() as AddressInfo).port}`;
  const outcome = await wallet('buy 10 --yes --json', { WALLET_API_URL: url });
  const { idempotencyKey = '' } = outcome.error().details as { idempotencyKey?: string };
  expect([outcome.status, outcome.error().code]).toEqual([9, 'api_unreachable']);
  expect((await wallet(`buy 10 --yes --json --idempotency-key ${idempotencyKey}`)).status).toBe(0);
  expect((await purchases()).length).toBe(before + 1);

  fates.push('busy', 'busy', 'busy', 'busy');
  const proxied = (await wallet('buy 10 --yes --json')).error();
  expect([proxied.code, Object.keys(proxied.details)]).toEqual(['api_unreachable', ['idempotencyKey']]);
});

test('a server that is not there is told in three lines, or as JSON, with status 9', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((resolve) => closed.close(resolve));

  const [text, json] = await Promise.all([
    wallet('buy 10 --yes', { WALLET_API_URL: url }),
    wallet('balance --json', { WALLET_API_URL: url }),
  ]);
  expect([text.status, text.stdout]).toEqual([9, '']);
  expect(text.stderr).toMatch(
    /^error: the server at \S+ can not be reached\nwhy: ECONNREFUSED; nothing was done\nnext: .+\n$/,
  );
  expect([json.status, json.stdout, json.error().code]).toEqual([9, '', 'api_unreachable']);
});

test('what is no wallet is said to be none, and a redirect gets no token', async () => {
  fates.push('another page');
  const page = await wallet('balance --json');
  expect([page.status, page.error().code]).toEqual([9, 'api_unreachable']);
  fates.push('elsewhere');
  expect((await wallet('balance --json')).status).toBe(9);
  expect(seen.map(({ path: asked }) => asked)).not.toContain('/elsewhere');
});

test.each([
  'http://wallet.example.com',
  'http://10.0.0.1:8787',
  'http://127.0.0.1.example.com',
  'http://ada:pw@127.0.0.1:8787',
  'ftp://127.0.0.1',
  'https://wallet.example.com/?x=1',
  '127.0.0.1:8787',
])('no token goes to %s', async (url) => {
  const { status, stdout, stderr } = await wallet('balance --json', { WALLET_API_URL: url });
  expect([status, stdout, JSON.parse(stderr).error.code]).toEqual([2, '', 'invalid_config']);
});

test('nor where --api names it', async () => {
  const named = await wallet('balance --json --api http://wallet.example.com');
  expect([named.status, named.error().code]).toEqual([2, 'invalid_config']);
});

test('a profile keeps the token of its server, for its owner alone, and shows it nowhere', async () => {
  const token = api.tokens.accountant;
  const added = await api.home.ok(`profile add books --api ${road.url} --token-stdin`, { input: `${token}\n` });
  const file = path.join(api.home.home, '.config/wallet/config.json');
  expect([statSync(file).mode & 0o777, statSync(path.dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);

  const balance = await api.home.ok('balance --profile books --json');
  expect(seen.map((request) => request.token)).toEqual([`Bearer ${token}`]);
  const shown = await Promise.all(
    ['profile list --json', 'config list --json', 'config get apiToken'].map((line) => api.home.wallet(line)),
  );
  for (const { stdout, stderr } of [added, balance, ...shown]) expect(stdout + stderr).not.toContain(token);

  // Named otherwise, the server gets no token that is kept for another one.
  const other = await api.home.wallet(`balance --profile books --api ${road.url}/other`);
  expect([other.status, seen.length]).toEqual([4, 1]);
  const typed = await api.home.wallet(['profile', 'add', 'x', '--api', road.url, '--token-stdin', token]);
  expect([typed.status, typed.stderr.includes(token)]).toEqual([2, false]);
});

test('what is scheduled goes to the server that was named, or to the ledger that was named more closely', async () => {
  const lineOf = async (words: string) =>
    ((await wallet(`${words} --json`)).json() as { schedule: { line: string } }).schedule.line;
  expect(await lineOf('cron install')).toContain(`cron run --api ${road.url} #`);
  expect(await lineOf('recharge schedule --ledger /srv/other.db')).toContain('recharge check --ledger /srv/other.db #');
  expect((await wallet('cron install')).stderr).toContain('WALLET_API_TOKEN');
});
