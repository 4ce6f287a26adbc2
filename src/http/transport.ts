import type { IncomingHttpHeaders } from 'node:http';
import { WalletError } from '../core/errors';

interface Message {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  /** After how many milliseconds the server wants to be asked again; 0 where it does not say. */
  readonly retryAfterMs: number;
  /** Undefined where it was no JSON. */
  readonly body: unknown;
}

/** A server waits for a card processor 45 s in all; what lasts longer is not coming. */
const BUDGET_MS = 50_000;
const MOST_TRIES = 4;
const LARGEST_ANSWER = 256 * 1_048_576;
const FIRST_PAUSE_MS = 200;
/** Answers after which the same request may do better: nothing was done, or it is done once under its key. */
const TRY_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Failures that come before there is a connection. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Sends a request, and sends it again a few times where that is safe: it only reads, or it carries a key under which the
 * server does it once. Throws `api_unreachable` where no answer came; then the key says how to ask again.
 */
export async function send(message: Message, base: URL): Promise<Answer> {
  const end = performance.now() + BUDGET_MS;
  let mayHaveArrived = false;
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt(message, base, end - performance.now());
    // Clients that were turned away together are not to come back together.
    const jitteredMs = FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random());
    const waitMs = ('status' in answer ? answer.retryAfterMs : 0) + jitteredMs;
    const isLast = tries === MOST_TRIES || performance.now() + waitMs > end - FIRST_PAUSE_MS;
    if ('status' in answer && (!TRY_AGAIN.has(answer.status) || isOwnFailure(answer))) return answer;
    // Once it may have arrived it stays so, however little of the server is left at the last try.
    mayHaveArrived ||= !('failure' in answer && wasNeverSent(answer.failure));
    if (isLast && 'status' in answer && isOfWallet(answer)) return answer;
    if (isLast) throw unreachable(base, message, reasonOf(answer), mayHaveArrived);
    await pause(waitMs);
  }
}

/** The wallet answered, and says that its processor or its ledger failed: it has tried for long itself. */
function isOwnFailure(answer: Answer): boolean {
  return answer.status !== 429 && isOfWallet(answer) && codeOf(answer) !== 'ledger_busy';
}

/** By the wallet, and not by a proxy on the way. */
function isOfWallet(answer: Answer): boolean {
  return codeOf(answer) !== undefined;
}

function codeOf({ body }: Answer): unknown {
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
}

async function attempt(message: Message, base: URL, leftMs: number): Promise<Answer | { failure: unknown }> {
  try {
    const { status, headers, bytes } = await exchange(message, base, Math.max(1, Math.ceil(leftMs)));
    const seconds = Number(headers['retry-after']);
    const body = parse(expanded(bytes, headers['content-encoding']));
    return { status, retryAfterMs: seconds > 0 ? seconds * 1_000 : 0, body };
  } catch (failure) {
    return { failure };
  }
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/**
 * One request and its whole answer. By Node's own client: `fetch` costs every remote command 40 ms to load. It follows
 * no redirect, so that the token goes to nobody else.
 */
async function exchange(message: Message, base: URL, timeoutMs: number): Promise<Received> {
  const { request } = await (base.protocol === 'https:' ? import('node:https') : import('node:http'));
  const { method, body } = message;
  // Plain HTTP is to this machine, where compressing takes longer than sending.
  const headers = base.protocol === 'http:' ? message.headers : { ...message.headers, 'accept-encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    const url = new URL(base.pathname.replace(/\/$/, '') + message.path, base);
    const sent = request(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Throws where what comes out is larger than any answer, or what came in was cut. */
function expanded(bytes: Buffer, encoding: string | undefined): string {
  if (encoding !== 'gzip') return bytes.toString('utf8');
  return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: LARGEST_ANSWER }).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function unreachable(base: URL, { method, headers }: Message, reason: string, mayHaveArrived: boolean): WalletError {
  const key = headers['idempotency-key'];
  const isHarmless = method === 'GET' || !mayHaveArrived;
  return new WalletError('api_unreachable', `the server at ${base.origin} can not be reached`, {
    why: `${reason}; ${isHarmless ? 'nothing was done' : 'whether it was done is not known'}`,
    hint:
      isHarmless || key === undefined
        ? 'see whether it runs: wallet serve; then run the command again'
        : `run the command again with --idempotency-key ${key}: it is then done once`,
    ...(isHarmless || key === undefined ? {} : { details: { idempotencyKey: key } }),
  });
}

function reasonOf(answer: Answer | { failure: unknown }): string {
  if ('status' in answer) return `something on the way answers ${answer.status}`;
  const { failure } = answer;
  if (!(failure instanceof Error)) return String(failure);
  if (failure.name === 'AbortError') return 'no answer in time';
  return 'code' in failure ? String(failure.code) : failure.message;
}

function wasNeverSent(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && NEVER_SENT.has(String(failure.code));
}
