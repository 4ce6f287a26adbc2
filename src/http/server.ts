import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { CallerSettings, Visitor, WalletHost } from '../contract/host';
import { toProblem } from '../contract/problem';
import { listRoutes, type RemoteRoute } from '../contract/routes';
import { WalletError } from '../core/errors';
import { parseBody } from './body';
import { bearerOf, isAmbiguous, RequestFault, readKey, requireJson, requireOwnHost } from './guards';
import { eventRoute } from './processor-events';
import { RateLimit } from './rate-limit';
import { Metrics, type RequestFacts } from './request-log';
import { codecOf, type RequestCodec, readRequest } from './requests';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Names beside its own that the server may be called by. */
  readonly allowedHosts: readonly string[];
  /** Requests a second for each token. */
  readonly rate: number;
  /** Takes one line for each request. */
  log(line: object): void;
}

export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, answers those under way, and ends. */
  stop(): Promise<void>;
}

type Env = {
  Bindings: HttpBindings;
  Variables: { id: string; route: string; token?: string; code?: string };
};
type Ctx = Context<Env>;

/** Failed attempts to get in, a second, for each address. */
const FAILURE_RATE = 5;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MOST_CONNECTIONS = 2_000;

/** Serves the wallet over HTTP until it is stopped. Throws `invalid_usage` where the address can not be had. */
export async function startServer(host: WalletHost, options: ServerOptions): Promise<RunningServer> {
  const hosts = new Set<string>();
  const app = createApp(host, options, hosts);
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 16_384 };
  const server = (
    options.tls === undefined
      ? createAdaptorServer({ fetch: app.fetch, createServer, serverOptions: limits })
      : createAdaptorServer({
          fetch: app.fetch,
          createServer: createTlsServer,
          serverOptions: { ...limits, ...options.tls },
        })
  ) as Server; // it is one of Node's, of HTTP/1.1: nothing else was asked for
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options);
  const { port } = server.address() as AddressInfo; // it listens on TCP
  for (const name of namesOf(options)) hosts.add(name).add(`${name}:${port}`);
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `${options.tls === undefined ? 'http' : 'https'}://${name}:${port}`, stop: () => stop(server) };
}

function namesOf({ host, allowedHosts }: ServerOptions): string[] {
  const own = host.includes(':') ? `[${host}]` : host;
  return [own, 'localhost', '127.0.0.1', '[::1]', ...allowedHosts].map((name) => name.toLowerCase());
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program uses the port' : `the system says ${error.code}`;
      reject(
        new WalletError('invalid_usage', `the server can not listen on ${host} port ${port}`, {
          why,
          hint: 'name another: --port N; 0 takes a free one',
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function createApp(host: WalletHost, options: ServerOptions, hosts: ReadonlySet<string>): Hono<Env> {
  const app = new Hono<Env>();
  const metrics = new Metrics();
  const rates = new RateLimit(options.rate);
  const failures = new RateLimit(FAILURE_RATE);
  app.use(async (c, next) => {
    c.set('id', randomUUID());
    const started = performance.now();
    metrics.inFlight += 1;
    await next();
    metrics.inFlight -= 1;
    const { id, route = 'none', token, code } = c.var;
    const facts: RequestFacts = {
      id,
      method: c.req.method,
      route,
      status: c.res.status,
      ms: performance.now() - started,
      token,
      code,
    };
    metrics.add(facts);
    options.log({
      time: new Date().toISOString(),
      level: c.res.status >= 500 ? 'error' : 'info',
      ...facts,
      ms: Math.round(facts.ms * 10) / 10,
    });
  });
  app.use(async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Cache-Control', 'no-store');
    c.header('Request-Id', c.var.id);
    if (isAmbiguous(c.env.incoming.headers)) throw new RequestFault(400, badRequest('it names its length twice'));
    if (c.req.path !== '/healthz') requireOwnHost(c.req.raw.headers, hosts);
    await next();
  });
  app.onError((thrown, c) => answerError(c as Ctx, thrown, options));
  app.notFound((c) => answerError(c as Ctx, new RequestFault(404, notFound()), options));

  open(app, '/healthz', async (c) => c.json({ status: 'ok', version: host.version }));
  open(app, '/readyz', async (c) => {
    await host.ready();
    return c.json({ status: 'ready' });
  });
  open(app, '/metrics', async (c) => c.body(metrics.render(), 200, { 'Content-Type': 'text/plain; version=0.0.4' }));
  open(app, '/openapi.json', async (c) => c.json((await import('./openapi')).openApiDocument(host.version)));
  open(app, '/docs', async (c) => {
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    return c.html((await import('./docs-page')).docsPage(host.version));
  });
  const events = eventRoute(host);
  app.post(events.path, limitBody(events.bodyLimit), async (c) => {
    c.set('route', events.path);
    return c.json(await events.answer(c.req.raw));
  });
  const gate = { host, rates, failures };
  for (const { noun, verb, route } of listRoutes()) {
    if ('local' in route) continue;
    const codec = codecOf(noun, verb);
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const guards = route.method === 'POST' ? [limitBody(route.bodyLimit)] : [];
    app.on(route.method, [path], ...guards, async (c) => {
      c.set('route', route.path);
      const visitor = await admit(c, gate);
      const key = route.method === 'POST' ? readKey(c.req.raw.headers, route.again === 'key') : undefined;
      const request = await requestOf(c, route, codec);
      // The table of routes has nothing but what the service has, so the operation is there.
      const operations = visitor.wallet[noun] as unknown as Record<string, (request: object) => Promise<object>>;
      const result = await operations[verb]?.({ ...request, ...(key === undefined ? {} : { idempotencyKey: key }) });
      return c.json(result ?? {});
    });
  }
  refuseOtherMethods(app);
  return app;
}

/** What needs no token: it tells nothing of anybody's wallet. */
function open(app: Hono<Env>, path: string, answer: (c: Ctx) => Promise<Response>): void {
  app.get(path, (c) => {
    c.set('route', path);
    return answer(c);
  });
}

function refuseOtherMethods(app: Hono<Env>): void {
  const methods = new Map<string, string[]>();
  for (const { route } of listRoutes())
    if (!('local' in route)) methods.set(route.path, [...(methods.get(route.path) ?? []), route.method]);
  for (const [path, allowed] of methods) {
    app.all(path.replace(/\{(\w+)\}/g, ':$1'), () => {
      const why = `it takes ${allowed.join(' and ')}`;
      throw new RequestFault(405, badRequest(why), { Allow: allowed.join(', ') });
    });
  }
}

interface Gate {
  readonly host: WalletHost;
  readonly rates: RateLimit;
  readonly failures: RateLimit;
}

async function admit(c: Ctx, { host, rates, failures }: Gate): Promise<Visitor> {
  const address = c.env.incoming.socket.remoteAddress ?? '';
  const settings = settingsOf(c.req.raw.headers);
  if (settings.token === undefined) throw noToken();
  let visitor: Visitor;
  try {
    visitor = await host.admit(settings);
  } catch (error) {
    if (error instanceof WalletError && error.code === 'unauthorized') limit(failures, address);
    throw error;
  }
  c.set('token', visitor.token);
  limit(rates, visitor.token);
  return visitor;
}

function limit(rates: RateLimit, caller: string): void {
  const seconds = rates.take(caller, performance.now());
  if (seconds === 0) return;
  const hint = `wait ${seconds} s and send it again`;
  const error = new WalletError('rate_limited', 'there were too many requests', { why: 'nothing was done', hint });
  throw new RequestFault(429, error, { 'Retry-After': String(seconds) });
}

function settingsOf(headers: Headers): CallerSettings {
  const given = (name: string) => {
    const value = headers.get(name);
    if (value === null) return undefined;
    try {
      return decodeURIComponent(value);
    } catch {
      throw new RequestFault(400, badRequest(`the header ${name} is not percent-encoded`));
    }
  };
  return {
    token: bearerOf(headers),
    org: given('wallet-org'),
    timeZone: given('wallet-time-zone'),
    now: given('wallet-now'),
    maxPurchase: given('wallet-max-purchase'),
  };
}

function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      const facts = { why: `it is larger than ${maxSize} bytes`, hint: 'send it in several requests' };
      throw new RequestFault(413, new WalletError('invalid_input', 'the body of the request is too large', facts));
    },
  });
}

async function requestOf(c: Ctx, route: RemoteRoute, codec: RequestCodec): Promise<Record<string, unknown>> {
  const query = new URL(c.req.url).searchParams;
  let body: Record<string, unknown> = {};
  if (route.method === 'POST') {
    const bytes = await c.req.arrayBuffer();
    if (bytes.byteLength > 0) requireJson(c.req.raw.headers);
    body = parseBody(bytes);
  }
  return readRequest(codec, route, { path: c.req.param() as Record<string, string>, query, body });
}

function answerError(c: Ctx, thrown: unknown, options: ServerOptions): Response {
  const { error, status, headers } = faultOf(thrown);
  if (error.code === 'internal') {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    options.log({ time: new Date().toISOString(), level: 'error', id: c.var.id, error: stack });
  }
  c.set('code', error.code);
  const problem = toProblem(error, c.var.id, status);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  if (problem.status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.body(JSON.stringify(problem), problem.status as 400, { 'Content-Type': 'application/problem+json' });
}

function faultOf(thrown: unknown): { error: WalletError; status?: number; headers: Readonly<Record<string, string>> } {
  if (thrown instanceof RequestFault) return thrown;
  if (thrown instanceof WalletError) return { error: thrown, headers: {} };
  const facts = { why: 'this is a bug in wallet', hint: 'tell whoever runs the server the id of the request' };
  return { error: new WalletError('internal', 'the server failed', facts), headers: {} };
}

function badRequest(why: string): WalletError {
  return new WalletError('invalid_usage', 'the request is not valid', { why, hint: 'see /docs' });
}

function notFound(): WalletError {
  return new WalletError('invalid_usage', 'there is nothing at this address', {
    why: 'no operation has it',
    hint: 'see /docs',
  });
}

function noToken(): WalletError {
  return new WalletError('unauthorized', 'the request has no token', {
    why: 'every operation needs the header Authorization: Bearer TOKEN',
    hint: 'set WALLET_API_TOKEN; an administrator makes one with: wallet token create --role ROLE',
  });
}
