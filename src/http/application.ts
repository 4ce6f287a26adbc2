import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WalletHost } from '../contract/host';
import { listRoutes, type RemoteRoute } from '../contract/routes';
import { WalletError } from '../core/errors';
import { Admission } from './admission';
import { AS_JSON, answer } from './answers';
import { parseBody } from './body';
import { Exchange } from './exchange';
import { failureOf, PROBLEM_TYPE } from './faults';
import { readKey, requireJson, requireOnce, requireOwnHost, requireReadable } from './guards';
import { eventRoute } from './processor-events';
import { Metrics, type RequestFacts } from './request-log';
import { codecOf, readRequest } from './requests';
import { type Named, RouteTable } from './route-table';

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

/** Answers one request; what it throws becomes a problem. */
type Handler = (exchange: Exchange, named: Named) => Promise<void>;

const NO_QUERY = new URLSearchParams();

/** Answers requests: every route there is, each a line of the table of routes. */
export function createApplication(host: WalletHost, options: ApplicationOptions, standing: Standing) {
  const metrics = new Metrics(host.version);
  const routes = new RouteTable<Handler>();
  addOpenRoutes(routes, host, { metrics, standing });
  const admission = new Admission(host, options.rate);
  for (const { noun, verb, route } of listRoutes()) {
    if ('local' in route) continue;
    const read = requestReader(route, codecOf(noun, verb));
    routes.add(route.method, route.path, async (exchange, named) => {
      exchange.route = route.path;
      const visitor = await admission.admit(exchange.incoming, route);
      exchange.token = visitor.token;
      const request = await read(exchange, named);
      const result = await visitor.call(noun, verb, request);
      return answer(exchange, JSON.stringify(result ?? {}));
    });
  }
  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const exchange = new Exchange(incoming, outgoing, standing);
    const started = performance.now();
    metrics.inFlight += 1;
    try {
      requireOnce(incoming);
      requireReadable(incoming);
      if (exchange.path !== '/healthz') requireOwnHost(incoming, standing.hosts);
      const { handler, named } = routes.find(exchange.method, exchange.path);
      await handler(exchange, named);
    } catch (error) {
      answerError(exchange, error, options);
    }
    metrics.inFlight -= 1;
    account(exchange, performance.now() - started, { metrics, log: options.log });
  };
}

/** Counts the request, and writes its line. */
function account(
  { id, method, route, status, token, code }: Exchange,
  ms: number,
  { metrics, log }: { metrics: Metrics; log: ApplicationOptions['log'] },
): void {
  const facts: RequestFacts = { id, method, route, status, ms, token, code };
  metrics.add(facts);
  const level = status >= 500 ? 'error' : 'info';
  log({ time: new Date().toISOString(), level, ...facts, ms: Math.round(ms * 10) / 10 });
}

/** What needs no token: it tells nothing of anybody's wallet. */
function addOpenRoutes(
  routes: RouteTable<Handler>,
  host: WalletHost,
  { metrics, standing }: { metrics: Metrics; standing: Standing },
): void {
  const add = (method: string, path: string, respond: Handler) =>
    routes.add(method, path, (exchange, named) => {
      exchange.route = path;
      return respond(exchange, named);
    });
  add('GET', '/healthz', async (exchange) => endJson(exchange, { status: 'ok', version: host.version }));
  add('GET', '/readyz', async (exchange) => {
    if (standing.isStopping) throw stopping();
    await host.ready();
    endJson(exchange, { status: 'ready' });
  });
  add('GET', '/metrics', async (exchange) => exchange.end(200, { 'Content-Type': Metrics.TYPE }, metrics.render()));
  add('GET', '/openapi.json', async (exchange) =>
    answer(exchange, JSON.stringify((await import('./openapi')).openApiDocument(host.version))),
  );
  add('GET', '/docs', async (exchange) => {
    const page = (await import('./docs-page')).docsPage(host.version);
    const policy = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
    return answer(exchange, page, { 'Content-Type': 'text/html; charset=utf-8', ...policy });
  });
  const events = eventRoute(host);
  add('POST', events.path, async (exchange) => endJson(exchange, await events.answer(exchange)));
}

function endJson(exchange: Exchange, value: object): void {
  exchange.end(200, AS_JSON, JSON.stringify(value));
}

/** Reads what a request of the route asks for, from its headers, its address and its body. */
function requestReader(route: RemoteRoute, codec: ReturnType<typeof codecOf>) {
  return async (exchange: Exchange, path: Named): Promise<Record<string, unknown>> => {
    const isChange = route.method === 'POST';
    const key = isChange ? readKey(exchange.incoming, route.again === 'key') : undefined;
    const query = exchange.search === '' ? NO_QUERY : new URLSearchParams(exchange.search);
    const bytes = isChange ? await exchange.body(route.bodyLimit) : undefined;
    if (bytes !== undefined && bytes.length > 0) requireJson(exchange.incoming);
    const body = bytes === undefined ? {} : parseBody(bytes);
    const request = readRequest(codec, route, { path, query, body });
    return key === undefined ? request : { ...request, idempotencyKey: key };
  };
}

function answerError(exchange: Exchange, thrown: unknown, { log, redact }: ApplicationOptions): void {
  const { problem, headers } = failureOf(thrown, exchange.id);
  if (problem.code === 'internal') {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    log({ time: new Date().toISOString(), level: 'error', id: exchange.id, error: stack });
  }
  exchange.code = problem.code;
  exchange.end(problem.status, { 'Content-Type': PROBLEM_TYPE, ...headers }, redact(JSON.stringify(problem)));
}

function stopping(): WalletError {
  return new WalletError('ledger_unavailable', 'the server is being stopped', {
    why: 'it finishes what is under way',
    hint: 'send it to another one',
  });
}
