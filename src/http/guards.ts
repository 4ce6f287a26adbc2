import type { IncomingHttpHeaders } from 'node:http';
import { WalletError } from '../core/errors';

/** A fault of the request itself, with the HTTP status that says so where the code alone does not. */
export class RequestFault extends Error {
  readonly error: WalletError;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: WalletError, headers: Readonly<Record<string, string>> = {}) {
    super(error.message);
    this.error = error;
    this.status = status;
    this.headers = headers;
  }
}

/** Refuses what a browser sends: a page of another site must not reach a server on this machine. */
export function requireOwnHost(headers: Headers, hosts: ReadonlySet<string>): void {
  const host = headers.get('host')?.toLowerCase();
  if (host === undefined || !hosts.has(host)) throw foreign('Host');
  if (headers.get('origin') !== null || headers.get('sec-fetch-site') === 'cross-site') throw foreign('Origin');
}

export function requireJson(headers: Headers): void {
  if (headers.get('content-encoding') !== null) throw unsupported('compressed bodies are not accepted');
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type))
    throw unsupported('the body must be application/json');
}

/** The caller's key of a change. Throws with 400 where one that is needed is missing, or the key can be none. */
export function readKey(headers: Headers, isNeeded: boolean): string | undefined {
  const key = headers.get('idempotency-key');
  if (key === null) {
    if (!isNeeded) return undefined;
    throw new RequestFault(400, keyFault('a change needs the header Idempotency-Key', 'it is missing'));
  }
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw new RequestFault(400, keyFault('the Idempotency-Key is not valid', 'it must be 1 to 255 visible characters'));
}

/** The token of the header `Authorization`, and of nowhere else: an address ends up in logs. */
export function bearerOf(headers: Headers): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,300})$/i.exec(headers.get('authorization') ?? '')?.[1];
}

/** Both a length and chunks: where one message ends and the next begins is then anybody's guess. */
export function isAmbiguous(headers: IncomingHttpHeaders): boolean {
  return headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined;
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
