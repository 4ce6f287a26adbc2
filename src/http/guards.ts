import type { IncomingMessage } from 'node:http';
import { WalletError } from '../core/errors';
import { badRequest, RequestFault } from './faults';

/** Headers that decide something, and so may not say it twice: another reader on the way may have taken the other one. */
const ONCE = ['host', 'authorization', 'idempotency-key', 'content-type', 'stripe-signature'] as const;

/** Characters that the name of a host, with its port, is made of. */
const HOST = /^[a-z0-9._:[\]-]+$/i;

/** Refuses a request that says who it is for, from, or what it is, twice. */
export function requireOnce(incoming: IncomingMessage): void {
  // As many names as lines: none is there twice.
  if (incoming.rawHeaders.length === 2 * Object.keys(incoming.headers).length) return;
  const twice = ONCE.find((name) => (incoming.headersDistinct[name]?.length ?? 0) > 1);
  if (twice !== undefined) throw new RequestFault(400, badRequest(`it has the header ${twice} twice`));
}

/** Refuses what can not be told who it is for. */
export function requireReadable({ headers: { host }, url = '' }: IncomingMessage): void {
  if (host === undefined || !HOST.test(host) || /[^\x21-\x7e]/.test(url))
    throw new RequestFault(400, badRequest('its address or its host can not be read'));
}

/** Refuses what a browser sends: a page of another site must not reach a server on this machine. */
export function requireOwnHost({ headers, url = '' }: IncomingMessage, hosts: ReadonlySet<string>): void {
  if (!url.startsWith('/') || headers.host === undefined || !hosts.has(headers.host.toLowerCase()))
    throw foreign('Host');
  if (headers.origin !== undefined || headers['sec-fetch-site'] === 'cross-site') throw foreign('Origin');
}

export function requireJson({ headers }: IncomingMessage): void {
  if (headers['content-encoding'] !== undefined) throw unsupported('compressed bodies are not accepted');
  const type = headers['content-type'] ?? '';
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type))
    throw unsupported('the body must be application/json');
}

/** The caller's key of a change. Throws with 400 where one that is needed is missing, or the key can be none. */
export function readKey({ headers }: IncomingMessage, isNeeded: boolean): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) {
    if (!isNeeded) return undefined;
    throw new RequestFault(400, keyFault('a change needs the header Idempotency-Key', 'it is missing'));
  }
  if (typeof key === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw new RequestFault(400, keyFault('the Idempotency-Key is not valid', 'it must be 1 to 255 visible characters'));
}

/** The token of the header `Authorization`, and of nowhere else: an address ends up in logs. */
export function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,300})$/i.exec(headers.authorization ?? '')?.[1];
}

function foreign(header: string): RequestFault {
  return new RequestFault(
    403,
    new WalletError('forbidden', 'the request was not meant for this server', {
      why: `the header ${header} names another site`,
      hint: 'name the host with wallet serve --allow-host HOST, and call it from no browser page',
    }),
  );
}

function unsupported(why: string): RequestFault {
  const hint = 'send application/json in UTF-8, uncompressed';
  return new RequestFault(
    415,
    new WalletError('invalid_input', 'the body is of a kind that is not accepted', { why, hint }),
  );
}

function keyFault(message: string, why: string): WalletError {
  return new WalletError('invalid_usage', message, {
    why,
    hint: 'send a key of your own, and the same one when you repeat',
  });
}
