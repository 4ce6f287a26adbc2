import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { listRoutes } from '../../src/contract/routes';
import { answerOf } from '../../src/http/requests';

/** Stands before a server and lets through only what its own document says that it answers. */
export interface CheckingProxy {
  readonly url: string;
  stop(): void;
}

export async function startCheckingProxy(target: string): Promise<CheckingProxy> {
  const proxy = createServer((incoming, outgoing) => {
    void exchange(target, incoming).then(
      ({ status, headers, body }) => {
        const fault = status === 200 ? faultOf(incoming.method ?? '', incoming.url ?? '', body) : undefined;
        if (fault === undefined) outgoing.writeHead(status, headers).end(body);
        else outgoing.writeHead(500).end(fault);
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    stop: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}

/** In which way an answer is not what its codec describes. A field that is not described counts as well. */
export function faultOf(method: string, url: string, body: Buffer): string | undefined {
  const path = url.split('?')[0] ?? '';
  const found = listRoutes().find(
    ({ route }) => !('local' in route) && route.method === method && matches(route, path),
  );
  if (found === undefined) return `no route ${method} ${path}`;
  const answer: unknown = JSON.parse(body.toString());
  const { success, data, error } = answerOf(found.noun, found.verb).safeParse(answer);
  if (!success) return `${found.noun}.${found.verb}: ${error.message}`;
  if (isDeepStrictEqual(data, answer)) return undefined;
  return `${found.noun}.${found.verb}: more than ${JSON.stringify(data)}: ${JSON.stringify(answer)}`;
}

function matches({ path }: { path: string }, asked: string): boolean {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(asked);
}

interface Passed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function exchange(target: string, incoming: IncomingMessage): Promise<Passed> {
  const { method = 'GET', url = '/' } = incoming;
  const headers = { ...incoming.headers, host: new URL(target).host };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${target}${url}`, { method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const body = Buffer.concat(parts);
        const { 'transfer-encoding': _, ...kept } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, headers: { ...kept, 'content-length': String(body.length) }, body });
      });
      answer.on('error', reject);
    });
    sent.on('error', reject);
    incoming.pipe(sent);
  });
}
