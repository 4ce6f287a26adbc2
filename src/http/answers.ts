import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Exchange } from './exchange';

type Headers = Readonly<Record<string, string>>;

export const AS_JSON: Headers = { 'Content-Type': 'application/json' };

/** Below it, what is saved is less than what the headers cost. */
const WORTH_COMPRESSING = 1_024;
/** Most of what there is to gain, for a third of the time of the usual level. */
const LEVEL = 3;

const compress = promisify(gzip);

/**
 * Answers a request that went well. One that only reads is answered with 304 where the caller has it already, and
 * compressed for callers who ask for that. An answer to a change may hold a secret, and is kept by nobody.
 */
export async function answer(exchange: Exchange, text: string, own: Headers = AS_JSON): Promise<void> {
  const headers: Record<string, string> = { ...own };
  if (exchange.method !== 'POST') {
    // Weak, as it is the same with and without compression.
    const tag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    headers['Cache-Control'] = 'private, no-cache';
    headers.Vary = 'Authorization, Accept-Encoding';
    headers.ETag = tag;
    if (isKnown(exchange.header('if-none-match'), tag)) return exchange.end(304, headers, '');
  }
  if (text.length < WORTH_COMPRESSING || !takesGzip(exchange.header('accept-encoding')))
    return exchange.end(200, headers, text);
  headers['Content-Encoding'] = 'gzip';
  exchange.end(200, headers, await compress(text, { level: LEVEL }));
}

function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((each) => each.trim());
  return tags.includes('*') || tags.some((each) => each === tag || `W/${each}` === tag);
}

function takesGzip(acceptEncoding = ''): boolean {
  const gzipWanted = acceptEncoding.split(',').find((each) => /^\s*gzip\s*(;|$)/i.test(each));
  return gzipWanted !== undefined && !/;\s*q=0(\.0+)?\s*$/i.test(gzipWanted);
}
