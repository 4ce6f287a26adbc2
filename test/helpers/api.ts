import { request as httpRequest } from 'node:http';
import { createSandbox, type Sandbox } from './cli';
import { type Server, startServer } from './remote';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly bytes: Buffer;
}

/** A sandbox ledger with two organisations, `acme` with two apps and credits, and a server over it. */
export interface Api {
  readonly home: Sandbox;
  /** The one that runs now. */
  readonly server: Server;
  readonly tokens: Readonly<Record<'admin' | 'accountant' | 'app' | 'shop' | 'other', string>>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Ends the server as a power cut would, and starts another one. */
  killAndRestart(): Promise<void>;
  /** Settles when a server is there. */
  restarted(): Promise<unknown>;
  stop(): Promise<void>;
}

interface CallOptions {
  readonly token?: string | undefined;
  /** An object is sent as JSON, text and bytes as they are. */
  readonly body?: object | string | Buffer;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function createApi(args: readonly string[] = []): Promise<Api> {
  const home = createSandbox();
  await home.ok('init --org acme');
  await home.ok('init --org other');
  await home.ok('app add crm');
  await home.ok('app add shop');
  await home.ok('grant add 100 --reason start');
  const token = async (words: string) => (await home.ok(`token create -q ${words}`)).stdout.trim();
  const tokens = {
    admin: await token('--role admin --name ada'),
    accountant: await token('--role accountant --name ben'),
    app: await token('--role app --app crm --name crm'),
    shop: await token('--role app --app shop --name shop'),
    other: await token('--role admin --name eve --org other'),
  };
  const start = () => startServer(home, ['--no-jobs', ...args]);
  let server = await start();
  let restart: Promise<unknown> = Promise.resolve();
  let number = 0;
  return {
    home,
    get server() {
      return server;
    },
    tokens,
    async killAndRestart() {
      restart = server.end('SIGKILL').then(async () => {
        server = await start();
      });
      await restart;
    },
    restarted: () => restart,
    call(method, path, { token, body, key, headers = {} } = {}) {
      number += 1;
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const changing =
        method === 'GET' ? {} : { 'idempotency-key': key ?? `test-${number}`, 'content-type': 'application/json' };
      const sent = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
      return exchange(`${server.url}${path}`, method, { ...authorization, ...changing, ...headers }, sent);
    },
    async stop() {
      await server.end();
      home.remove();
    },
  };
}

/** One request as it is, with any header: `fetch` would not let a test name another host. */
function exchange(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString();
        const isJson = /json/.test(response.headers['content-type'] ?? '') && !response.headers['content-encoding'];
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: isJson && text !== '' ? JSON.parse(text) : {},
          text,
          bytes,
        });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
