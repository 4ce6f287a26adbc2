import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type ServerOptions as NodeOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { WalletHost } from '../contract/host';
import { WalletError } from '../core/errors';
import { type ApplicationOptions, createApplication, type Standing } from './application';
import { badRequest, failureOf, PROBLEM_TYPE, RequestFault } from './faults';

export interface ServerOptions extends ApplicationOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Names beside its own that the server may be called by. */
  readonly allowedHosts: readonly string[];
  readonly patience?: Patience;
}

/** How long it waits for slow clients, in milliseconds. */
interface Patience {
  /** For all headers of a request, and for all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Until a connection on which nothing moves is cut; longer than a card processor may take. */
  readonly silentMs: number;
  /** For what is under way when the server is stopped. */
  readonly endingMs: number;
}

export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, answers those under way, and ends. */
  stop(): Promise<void>;
}

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, silentMs: 120_000, endingMs: 60_000 };
const MOST_CONNECTIONS = 2_000;
const LARGEST_HEADERS = 16_384;

/** Serves the wallet over HTTP until it is stopped. Throws `invalid_usage` where the address can not be had. */
export async function startServer(host: WalletHost, options: ServerOptions): Promise<RunningServer> {
  const standing: Standing = { hosts: new Set(), isStopping: false };
  const patience = options.patience ?? PATIENCE;
  const answer = createApplication(host, options, standing);
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void answer(incoming, outgoing);
  const limits = limitsOf(patience);
  const server =
    options.tls === undefined
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, ...options.tls }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = patience.silentMs;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseClient(error, socket, options));
  await listen(server, options);
  const { port } = server.address() as AddressInfo; // it listens on TCP
  for (const name of namesOf(options)) standing.hosts.add(name).add(`${name}:${port}`);
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${name}:${port}`,
    stop() {
      standing.isStopping = true;
      return stop(server, patience.endingMs);
    },
  };
}

function limitsOf({ headersMs, requestMs }: Patience): NodeOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1_000, headersMs / 2),
    maxHeaderSize: LARGEST_HEADERS,
    requireHostHeader: false, // its absence is refused with a problem
  };
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

/** Each answer from now on closes its connection; what is not answered in time is cut. */
function stop(server: Server, endingMs: number): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => server.closeAllConnections(), endingMs);
    server.close(() => {
      clearTimeout(giveUp);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const STATUS_OF: Readonly<Record<string, readonly [status: number, why: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'its headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'it did not arrive in time'],
};

/** Answers what is no HTTP, or did not arrive whole, as any other fault, and hangs up. */
function refuseClient({ code = '' }: NodeJS.ErrnoException, socket: Socket, { log }: ServerOptions): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, why] = STATUS_OF[code] ?? [400, 'it is not HTTP as it should be'];
  const id = randomUUID();
  const text = JSON.stringify(failureOf(new RequestFault(status, badRequest(why)), id).problem);
  const head = [
    `HTTP/1.1 ${status} Refused`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    `Request-Id: ${id}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
  log({ time: new Date().toISOString(), level: 'info', id, status, code: 'invalid_usage', fault: code });
}
