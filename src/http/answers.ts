import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';

/** Below it, what is saved is less than what the headers cost. */
const WORTH_COMPRESSING = 1_024;
/** Most of what there is to gain, for a third of the time of the usual level. */
const LEVEL = 3;

const compress = promisify(gzip);

/**
 * The answer to a request that went well. One that only reads is answered with 304 where the caller has it already, and
 * compressed for callers who ask for that. An answer to a change may hold a secret, and is kept by nobody.
 */
export async function answer(c: Context, text: string, type = 'application/json'): Promise<Response> {
  c.header('Content-Type', type);
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (isRead) {
    // Weak, as it is the same with and without compression.
    const tag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    c.header('Cache-Control', 'private, no-cache');
    c.header('Vary', 'Authorization, Accept-Encoding');
    c.header('ETag', tag);
    if (isKnown(c.req.header('if-none-match'), tag)) return c.body(null, 304);
  }
  if (text.length < WORTH_COMPRESSING || !takesGzip(c.req.header('accept-encoding'))) return c.body(text);
  c.header('Content-Encoding', 'gzip');
  return c.body(new Uint8Array(await compress(text, { level: LEVEL })));
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
