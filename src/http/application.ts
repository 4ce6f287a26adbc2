import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { WalletHost } from '../contract/host';
import { listRoutes, type RemoteRoute } from '../contract/routes';
import { WalletError } from '../core/errors';
import { Admission } from './admission';
import { answer } from './answers';
import { parseBody } from './body';
import { badRequest, failureOf, notFound, PROBLEM_TYPE, RequestFault, tooLarge } from './faults';
import { readKey, requireJson, requireOnce, requireOwnHost } from './guards';
import { eventRoute } from './processor-events';
import { Metrics, type RequestFacts } from './request-log';
import { codecOf, type RequestCodec, readRequest } from './requests';

export interface ApplicationOptions {
  /** Requests a second for each token. */
  readonly rate: number;
  /** Takes one line for each request. */
  log(line: object): void;
  /** The text with every secret in it blotted out: what was refused is told, but never repeated. */
  redact(text: string): string;
}

/** What the server knows and its application asks for. */
export interface Standing {
  /** The names that it may be called by. */
  readonly hosts: Set<string>;
  isStopping: boolean;
}

type Env = {
  Bindings: HttpBindings;
  Variables: { id: string; route: string; token?: string; code?: string };
};
type Ctx = Context<Env>;

const NO_QUERY = new URLSearchParams();

/** Every route there is, each a line of the table of routes. */
export function createApplication(host: WalletHost, options: ApplicationOptions, standing: Standing): Hono<Env> {
  const app = new Hono<Env>();
  const metrics = new Metrics(host.version);
  const admission = new Admission(host, options.rate);
  app.use((c, next) => account(c, next, metrics, options));
  app.use(async (c, next) => {
    await next();
    if (standing.isStopping) c.header('Connection', 'close'); // asked before or not: what comes next is not taken
  });
  app.use(async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Cache-Control', 'no-store');
    c.header('Request-Id', c.var.id);
    requireOnce(c.env.incoming);
    if (c.req.path !== '/healthz') requireOwnHost(c.env.incoming, standing.hosts);
    await next();
  });
  app.onError((thrown, c) => answerError(c as Ctx, thrown, options));
  app.notFound((c) => answerError(c as Ctx, notFound(), options));

  open(app, '/healthz', async (c) => c.json({ status: 'ok', version: host.version }));
  open(app, '/readyz', async (c) => {
    if (standing.isStopping) throw stopping();
    await host.ready();
    return c.json({ status: 'ready' });
  });
  open(app, '/metrics', async (c) => c.body(metrics.render(), 200, { 'Content-Type': Metrics.TYPE }));
  open(app, '/openapi.json', async (c) =>
    answer(c, JSON.stringify((await import('./openapi')).openApiDocument(host.version))),
  );
  open(app, '/docs', async (c) => {
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    return answer(c, (await import('./docs-page')).docsPage(host.version), 'text/html; charset=utf-8');
  });
  const events = eventRoute(host);
  app.post(events.path, limitBody(events.bodyLimit), async (c) => {
    c.set('route', events.path);
    return c.json(await events.answer(c.req.raw));
  });
  for (const { noun, verb, route } of listRoutes()) {
    if ('local' in route) continue;
    const codec = codecOf(noun, verb);
    const guards = route.method === 'POST' ? [limitBody(route.bodyLimit)] : [];
    app.on(route.method, [patternOf(route.path)], ...guards, async (c) => {
      c.set('route', route.path);
      const address = c.env.incoming.socket.remoteAddress ?? '';
      const visitor = await admission.admit(c.req.raw.headers, address, route);
      c.set('token', visitor.token);
      const key = route.method === 'POST' ? readKey(c.req.raw.headers, route.again === 'key') : undefined;
      const request = await requestOf(c, route, codec);
      const result = await visitor.call(noun, verb, key === undefined ? request : { ...request, idempotencyKey: key });
      return answer(c, JSON.stringify(result ?? {}));
    });
  }
  refuseOtherMethods(app);
  return app;
}

/** Names the request, counts it, and writes its line. */
async function account(
  c: Ctx,
  next: () => Promise<void>,
  metrics: Metrics,
  { log }: ApplicationOptions,
): Promise<void> {
  c.set('id', randomUUID());
  const started = performance.now();
  metrics.inFlight += 1;
  await next();
  metrics.inFlight -= 1;
  const { id, route = 'none', token, code } = c.var;
  const { status } = c.res;
  const ms = performance.now() - started;
  const facts: RequestFacts = { id, method: c.req.method, route, status, ms, token, code };
  metrics.add(facts);
  const level = status >= 500 ? 'error' : 'info';
  log({ time: new Date().toISOString(), level, ...facts, ms: Math.round(ms * 10) / 10 });
}

/** What needs no token: it tells nothing of anybody's wallet. */
function open(app: Hono<Env>, path: string, respond: (c: Ctx) => Promise<Response>): void {
  app.get(path, (c) => {
    c.set('route', path);
    return respond(c);
  });
}

function patternOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function refuseOtherMethods(app: Hono<Env>): void {
  const methods = new Map<string, string[]>();
  for (const { route } of listRoutes())
    if (!('local' in route)) methods.set(route.path, [...(methods.get(route.path) ?? []), route.method]);
  for (const [path, allowed] of methods) {
    app.all(patternOf(path), () => {
      const why = `it takes ${allowed.join(' and ')}`;
      throw new RequestFault(405, badRequest(why), { Allow: allowed.join(', ') });
    });
  }
}

/** A length that is told is kept to by Node itself; to count what comes without one takes a stream for each request. */
function limitBody(maxSize: number) {
  const refuse = (): never => {
    throw tooLarge(maxSize);
  };
  const counted = bodyLimit({ maxSize, onError: refuse });
  return async (c: Ctx, next: Next): Promise<Response | undefined> => {
    const { 'content-length': length, 'transfer-encoding': coding } = c.env.incoming.headers;
    if (length === undefined || coding !== undefined) return (await counted(c, next)) ?? undefined;
    if (Number(length) > maxSize) refuse();
    await next();
    return undefined;
  };
}

async function requestOf(c: Ctx, route: RemoteRoute, codec: RequestCodec): Promise<Record<string, unknown>> {
  const query = c.req.url.includes('?') ? new URL(c.req.url).searchParams : NO_QUERY;
  let body: Record<string, unknown> = {};
  if (route.method === 'POST') {
    const bytes = await c.req.arrayBuffer();
    if (bytes.byteLength > 0) requireJson(c.req.raw.headers);
    body = parseBody(bytes);
  }
  return readRequest(codec, route, { path: c.req.param() as Record<string, string>, query, body });
}

function answerError(c: Ctx, thrown: unknown, { log, redact }: ApplicationOptions): Response {
  const { problem, headers } = failureOf(thrown, c.var.id);
  if (problem.code === 'internal') {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    log({ time: new Date().toISOString(), level: 'error', id: c.var.id, error: stack });
  }
  c.set('code', problem.code);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return c.body(redact(JSON.stringify(problem)), problem.status as 400, { 'Content-Type': PROBLEM_TYPE });
}

function stopping(): WalletError {
  return new WalletError('ledger_unavailable', 'the server is being stopped', {
    why: 'it finishes what is under way',
    hint: 'send it to another one',
  });
}
