import { WalletError } from '../core/errors';

interface Message {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  /** Undefined where it was no JSON. */
  readonly body: unknown;
}

/** A server waits for a card processor 45 s in all; what lasts longer is not coming. */
const BUDGET_MS = 50_000;
const MOST_TRIES = 4;
const FIRST_PAUSE_MS = 200;
/** Answers after which the same request may do better: nothing was done, or it is done once under its key. */
const TRY_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Sends a request, and sends it again a few times where that is safe: it only reads, or it carries a key under which the
 * server does it once. Throws `api_unreachable` where no answer came; then the key says how to ask again.
 */
export async function send(message: Message, base: URL): Promise<Answer> {
  const end = performance.now() + BUDGET_MS;
  for (let tries = 1; ; tries += 1) {
    const left = end - performance.now();
    const answer = await attempt(message, base, left);
    const isLast = tries === MOST_TRIES || left < FIRST_PAUSE_MS * 2 ** tries;
    if ('status' in answer) {
      if (!TRY_AGAIN.has(answer.status) || isLast || isOwnFailure(answer)) return answer;
    } else if (isLast) throw unreachable(base, message, answer.failure);
    await pause(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random()));
  }
}

/** The wallet answered, and says that its processor or its ledger failed: it has tried for long itself. */
function isOwnFailure({ status, body }: Answer): boolean {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return status !== 429 && code !== undefined && code !== 'ledger_busy';
}

async function attempt(message: Message, base: URL, leftMs: number): Promise<Answer | { failure: unknown }> {
  try {
    const { status, text } = await exchange(message, base, Math.max(1, Math.ceil(leftMs)));
    return { status, body: parse(text) };
  } catch (failure) {
    return { failure };
  }
}

/**
 * One request and its whole answer. By Node's own client: `fetch` costs every remote command 40 ms to load. It follows
 * no redirect, so that the token goes to nobody else.
 */
async function exchange(message: Message, base: URL, timeoutMs: number): Promise<{ status: number; text: string }> {
  const { request } = await (base.protocol === 'https:' ? import('node:https') : import('node:http'));
  const { method, headers, body } = message;
  return new Promise((resolve, reject) => {
    const url = new URL(base.pathname.replace(/\/$/, '') + message.path, base);
    const sent = request(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
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

function unreachable(base: URL, { method, headers }: Message, cause: unknown): WalletError {
  const key = headers['idempotency-key'];
  const reason = causeOf(cause);
  const neverSent = reason === 'ECONNREFUSED' || reason === 'ENOTFOUND';
  const isRead = method === 'GET' || neverSent;
  return new WalletError('api_unreachable', `the server at ${base.origin} can not be reached`, {
    why: `${reason}; ${isRead ? 'nothing was done' : 'whether it was done is not known'}`,
    hint:
      isRead || key === undefined
        ? 'see whether it runs: wallet serve; then run the command again'
        : `run the command again with --idempotency-key ${key}: it is then done once`,
    ...(isRead || key === undefined ? {} : { details: { idempotencyKey: key } }),
    cause,
  });
}

function causeOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if (failure.name === 'AbortError') return 'no answer in time';
  return 'code' in failure ? String(failure.code) : failure.message;
}
