import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WalletHost } from '../../src/contract/host';
import { startServer as startHere } from '../../src/http/server';
import { type Api, createApi } from '../helpers/api';

let api: Api;
beforeAll(async () => {
  api = await createApi();
}, 60_000);
afterAll(() => api.stop());

/** Sends bytes as they are and answers all that came back until the other side hung up. */
function raw(url: string, parts: readonly string[]): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      for (const part of parts) socket.write(part, 'latin1');
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
    socket.on('close', () => resolve(answer));
  });
}

/** The status and the code of the one problem that an answer is. */
function problemOf(answer: string): readonly [number, unknown] {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toContain('application/problem+json');
  const { status, code } = JSON.parse(body) as { status: number; code: string };
  expect(Number(head.split(' ')[1])).toBe(status);
  return [status, code];
}

const post = (headers: string, body = '{}') =>
  `POST /v1/usage HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${api.tokens.admin}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;
const get = (path: string, headers = 'Host: localhost') =>
  `GET ${path} HTTP/1.1\r\nConnection: close\r\n${headers}\r\n\r\n`;

test.each<readonly [string, () => string, number, string]>([
  [
    'both a length and chunks',
    () => post('Content-Length: 2\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
    400,
    'invalid_usage',
  ],
  ['two lengths', () => post('Content-Length: 2\r\nContent-Length: 3'), 400, 'invalid_usage'],
  ['a length that is none', () => post('Content-Length: -2'), 400, 'invalid_usage'],
  ['chunks that are none', () => post('Transfer-Encoding: chunked', 'zz\r\n'), 400, 'invalid_usage'],
  ['two keys', () => post('Content-Length: 2\r\nIdempotency-Key: l'), 400, 'invalid_usage'],
  ['two tokens', () => post('Content-Length: 2\r\nAuthorization: Bearer x'), 400, 'invalid_usage'],
  ['a control character in a header', () => post('Content-Length: 2\r\nX: a\u0001b\u0000'), 400, 'invalid_usage'],
  ['headers without end', () => post(`X: ${'x'.repeat(20_000)}`), 431, 'invalid_usage'],
  ['no HTTP', () => '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 400, 'invalid_usage'],
  ['no host', () => get('/v1/balance', 'X: y'), 400, 'invalid_usage'],
  ['two hosts', () => get('/v1/balance', 'Host: localhost\r\nHost: evil.example'), 400, 'invalid_usage'],
  ['a host that is none', () => get('/v1/balance', 'Host: local host/@'), 400, 'invalid_usage'],
  ['a foreign host in the address', () => get('http://evil.example/v1/balance'), 403, 'forbidden'],
  ['a token in the address', () => get(`/v1/balance?access_token=${api.tokens.admin}`), 401, 'unauthorized'],
  [
    'a preflight',
    () => get('/v1/usage', 'Host: localhost\r\nOrigin: https://evil.example').replace('GET', 'OPTIONS'),
    403,
    'forbidden',
  ],
  ['another method', () => get('/v1/usage').replace('GET', 'PATCH'), 405, 'invalid_usage'],
  ['an address outside', () => get('/v1/../../etc/passwd'), 404, 'invalid_usage'],
  ['an address that can not be decoded', () => get('/v1/purchases/%zz'), 400, 'invalid_usage'],
  ['an empty id', () => get('/v1/purchases/'), 404, 'invalid_usage'],
])('%s is refused with a problem', async (_, bytes, status, code) => {
  expect(problemOf(await raw(api.server.url, [bytes()]))).toEqual([status, code]);
});

test('a body that is larger than it may be is refused, said to be or not', async () => {
  const body = `{"memo":"${'x'.repeat(100_000)}"}`;
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  expect(problemOf(await raw(api.server.url, [post('Transfer-Encoding: chunked', chunk)]))[0]).toBe(413);
  expect(problemOf(await raw(api.server.url, [post('Content-Length: 99999999', 'x')]))[0]).toBe(413);
});

test('a body may come in pieces, and one that ends half way is no failure of the server', async () => {
  const body = '{"app":"crm","service":"sms","quantity":"1"}';
  const [first, second] = [body.slice(0, 9), body.slice(9)];
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const pieces = [post('Transfer-Encoding: chunked', chunk(first)), `${chunk(second)}0\r\n\r\n`];
  expect(await raw(api.server.url, pieces)).toMatch(/^HTTP\/1\.1 200 OK/);

  const { port } = new URL(api.server.url);
  const half = connect(Number(port), '127.0.0.1', () => half.write(post('Content-Length: 100', first)));
  await expect.poll(async () => (await api.call('GET', '/metrics')).text).toContain('wallet_requests_in_flight 2');
  half.destroy();
  await expect.poll(async () => (await api.call('GET', '/metrics')).text).toContain('wallet_requests_in_flight 1');
  expect(api.server.log()).not.toContain('"level":"error"');
});

test('HEAD is answered as GET would be, without the body', async () => {
  const answer = await raw(api.server.url, [get('/healthz').replace('GET', 'HEAD')]);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^{]*content-length: [1-9][^{]*\r\n\r\n$/i);
});

test('what was not changed is not sent again, and long answers are compressed for those who ask', async () => {
  const call = (path: string, headers: Record<string, string>) =>
    api.call('GET', path, { token: api.tokens.admin, headers });
  const first = await call('/v1/services', {});
  const tag = String(first.headers.etag);
  expect(first.headers['content-encoding']).toBeUndefined();
  const known = await call('/v1/services', { 'if-none-match': `"x", ${tag}` });
  expect([known.status, known.text]).toEqual([304, '']);
  await api.home.ok('service set sms --price 0.01');
  expect((await call('/v1/services', { 'if-none-match': tag })).status).toBe(200);

  const packed = await call('/openapi.json', { 'accept-encoding': 'br;q=1, gzip;q=0.5' });
  const plain = await call('/openapi.json', { 'accept-encoding': 'gzip;q=0' });
  expect(gunzipSync(packed.bytes).toString()).toBe(plain.text);
  expect([packed.headers['content-encoding'], packed.headers.etag]).toEqual(['gzip', plain.headers.etag]);
  const secret = await api.call('POST', '/v1/tokens', { token: api.tokens.admin, body: { role: 'accountant' } });
  expect([secret.headers['cache-control'], secret.headers.etag]).toEqual(['no-store', undefined]);
});

test('the metrics are what Prometheus reads, and the log has a line for each request and no secret', async () => {
  const answer = await api.call('GET', '/v1/balance', { token: api.tokens.admin });
  const { text } = await api.call('GET', '/metrics');
  const label = '[a-z]+="[^"\\\\\\n]*"';
  const sample = new RegExp(`^[a-z_]+(\\{${label}(,${label})*\\})? [0-9.e+-]+$`);
  const lines = text.trimEnd().split('\n');
  expect(lines.filter((line) => !/^# (HELP|TYPE) [a-z_]+ \S/.test(line) && !sample.test(line))).toEqual([]);
  expect(text).toMatch(/^wallet_requests_total\{method="GET",route="\/v1\/balance",status="200"\} [1-9]/m);
  const count = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  expect(count('wallet_request_seconds_bucket\\{le="\\+Inf"\\}')).toBe(count('wallet_request_seconds_count'));
  expect(
    new Set(lines.map((line) => line.split(' ')[0])).size + lines.filter((line) => line.startsWith('#')).length - 1,
  ).toBe(lines.length);

  // Lines are written after the answers.
  const id = answer.headers['request-id'];
  await expect.poll(() => api.server.log()).toMatch(new RegExp(`"id":"${id}".*\\n`));
  const logged = api.server
    .log()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(logged.filter((line) => line.id === id)).toMatchObject([
    { level: 'info', method: 'GET', route: '/v1/balance', status: 200, token: expect.stringMatching(/^tok_/) },
  ]);
  for (const token of Object.values(api.tokens)) expect(api.server.log()).not.toContain(token);
});

/** A server in this process whose operations end when the test says so. */
async function startSlow(patience: { headersMs: number; requestMs: number }) {
  let finish: (answer: object) => void = () => undefined;
  let asked: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const balance = () => {
    asked();
    return new Promise<object>((resolve) => {
      finish = resolve;
    });
  };
  const host: WalletHost = {
    version: 'test',
    admit: async () => ({ token: 'tok_1', call: balance }),
    ready: async () => undefined,
    takeEvent: async () => 'ignored',
  };
  const server = await startHere(host, {
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    allowedHosts: [],
    rate: 100,
    log: () => undefined,
    redact: (text) => text,
    patience: { ...patience, silentMs: 60_000, endingMs: 60_000 },
  });
  return { server, underWay, finish: (answer: object) => finish(answer) };
}

test('headers and bodies that trickle in are cut off with a problem', async () => {
  const { server } = await startSlow({ headersMs: 100, requestMs: 200 });
  const head = 'POST /v1/usage HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nIdempotency-Key: k\r\n';
  const answers = await Promise.all([
    raw(server.url, [head]),
    raw(server.url, [`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"app":`]),
  ]);
  expect(answers.map((answer) => problemOf(answer)[0])).toEqual([408, 408]);
  await server.stop();
});

test('a server that is stopped answers what is under way, takes nothing more, and then is gone', async () => {
  const { server, underWay, finish } = await startSlow({ headersMs: 10_000, requestMs: 10_000 });
  // The connection would be kept: what it asks next must not be taken.
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n`;
  const answer = raw(server.url, [ask('/v1/balance') + ask('/healthz')]);
  await underWay;
  const stopped = server.stop();
  await expect(raw(server.url, [ask('/readyz')])).rejects.toThrow('ECONNREFUSED');
  finish({ balance: { posted: '1.00' } });
  expect(await answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*connection: close[\s\S]*"posted":"1\.00"/i);
  expect((await answer).match(/HTTP\/1\.1/g)).toHaveLength(1);
  await stopped;
});

test.each<readonly [string, () => readonly string[], RegExp]>([
  ['every address in the open', () => ['--host', '0.0.0.0', '--port', '0'], /travel in the open .*--tls-cert/s],
  ['every address of the newer kind', () => ['--host', '::', '--port', '0'], /travel in the open .*--behind-proxy/s],
  ['an address that only begins like this machine', () => ['--host', '127.0.0.1.example'], /travel in the open/],
  ['a port that is used', () => ['--port', new URL(api.server.url).port], /another program uses the port.*--port N/s],
  ['an address of another machine', () => ['--host', '192.0.2.1', '--behind-proxy', '--port', '0'], /EADDRNOTAVAIL/],
  ['a port beyond the last', () => ['--port', '65536'], /whole number up to 65535/],
  ['a certificate without its key', () => ['--tls-cert', 'cert.pem'], /go together/],
])('a server that is to listen on %s is refused at its start', async (_, words, says) => {
  const { status, stdout, stderr } = await api.home.wallet(['serve', ...words()]);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^error: .*\nwhy: .*\nnext: .*\n$/);
});

/** Below it a port is for root alone, or for who has the right to it. */
const UNPRIVILEGED = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
const isGuarded = existsSync(UNPRIVILEGED) && Number(readFileSync(UNPRIVILEGED, 'utf8')) > 443;

test.runIf(isGuarded)('a server that has no right to its port is refused at its start', () => {
  const server = [process.execPath, path.resolve('bin/wallet.js'), 'serve', '--port', '443'];
  const asRoot = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-net_bind_service'] : [];
  const [program = '', ...words] = [...asRoot, ...server];
  const { status, stdout, stderr } = spawnSync(program, words, { env: api.home.env(), encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: .* port 443\nwhy: the system says EACCES\nnext: .*\n$/);
});

test('a server in which something fails that nobody foresaw ends, and does not look as if it went well', () => {
  const words = [path.resolve('bin/wallet.js'), 'serve', '--port', '0'];
  const env = { ...api.home.env(), NODE_OPTIONS: `--require ${path.resolve('test/helpers/breaking-server.cjs')}` };
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { env, encoding: 'utf8', timeout: 30_000 });
  expect([status, stdout]).toEqual([1, expect.stringMatching(/^listening on /)]);
  expect(stderr).toContain('broken on purpose');
});
