import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import { doubtOf } from './stripe-answers';
import { isLoopback, type StripeSettings } from './stripe-settings';

/** Named, not left to the package: with another version parameters and fields are others. */
const API_VERSION = '2026-10-28.endive';
/** How long calls may take. The SDK tries each once and `retries` times more; rate limits are waited out by us. */
export interface Pace {
  /** All calls of one command together. */
  readonly budgetMs: number;
  readonly longestTryMs: number;
  readonly shortestTryMs: number;
  readonly retries: number;
  /** What the SDK may sleep between its tries of one call. */
  readonly sdkPausesMs: number;
  /** Rate limits are not retried by the SDK. Each pause is lengthened by up to as much jitter. */
  readonly rateLimitPausesMs: readonly number[];
}

/** No command waits for a processor longer than 45 s in all; what this leaves is for the ledger. */
const PACE: Pace = {
  budgetMs: 40_000,
  longestTryMs: 20_000,
  shortestTryMs: 500,
  retries: 2,
  sdkPausesMs: 2_500,
  rateLimitPausesMs: [250, 500, 1_000, 2_000],
};

export const PAGE_SIZE = 100;
/** A list that is longer than this is not read to its end, and so proves nothing. */
const MOST_PAGES = 200;

/** Thrown instead of sending what could not be answered in time any more. */
class OutOfTime extends Error {}

export type CallOptions = Stripe.RequestOptions;

/** The official SDK within one command's time budget. */
export class StripeClient {
  readonly settings: StripeSettings;
  /** Why the last call got no certain answer. */
  doubt: string | null = null;
  readonly #sdk: Stripe;
  readonly #pace: Pace;
  readonly #deadlineMs: number;

  constructor(settings: StripeSettings, pace: Pace = PACE) {
    process.env.STRIPE_SUPPRESS_NOTICES = 'true'; // stderr is ours
    const { base } = settings;
    this.settings = settings;
    this.#pace = pace;
    this.#deadlineMs = performance.now() + pace.budgetMs;
    this.#sdk = new Stripe(settings.key, {
      apiVersion: API_VERSION,
      maxNetworkRetries: pace.retries,
      timeout: pace.longestTryMs,
      telemetry: false,
      ...(base === undefined ? {} : address(base)),
    });
  }

  /**
   * One call, with the caller's own key on everything that changes something. All its tries together end within the
   * command's budget; a rate limit is waited out a bounded time, under the same key.
   */
  async call<T>(key: string | null, send: (sdk: Stripe, options: CallOptions) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await send(this.#sdk, this.#options(key));
        this.doubt = null;
        return answer;
      } catch (error) {
        const pause = this.#pace.rateLimitPausesMs[attempt];
        this.doubt = doubtOf(error);
        if (!(error instanceof Stripe.errors.StripeRateLimitError) || pause === undefined) throw error;
        await sleep(pause + Math.random() * pause);
      }
    }
  }

  /** Whether nothing more is sent, as it could not be answered in time. */
  get isOutOfTime(): boolean {
    return this.#timeoutMs() < this.#pace.shortestTryMs;
  }

  /** What one try may take now. */
  #timeoutMs(): number {
    const { longestTryMs, retries, sdkPausesMs } = this.#pace;
    const left = this.#deadlineMs - performance.now();
    return Math.min(longestTryMs, Math.floor((left - sdkPausesMs) / (retries + 1)));
  }

  #options(key: string | null): CallOptions {
    const timeout = this.#timeoutMs();
    if (timeout < this.#pace.shortestTryMs) throw new OutOfTime('the time for this command is used up');
    return { timeout, ...(key === null ? {} : { idempotencyKey: key }) };
  }
}

type ReadPage<T> = (
  sdk: Stripe,
  options: CallOptions,
  after: { starting_after?: string },
) => Promise<Stripe.ApiList<T>>;

/** Every page of a list. Throws where there are too many: half a list proves nothing. */
export async function readAll<T extends { id: string }>(
  client: StripeClient,
  read: ReadPage<T>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const last = found.at(-1);
    const after = last === undefined ? {} : { starting_after: last.id };
    const { data, has_more: more } = await client.call(null, (sdk, options) => read(sdk, options, after));
    found.push(...data);
    if (!more || data.length === 0) return found;
  }
  throw new Error('the list does not end');
}

function address(base: URL) {
  const protocol = base.protocol === 'http:' && isLoopback(base) ? ('http' as const) : ('https' as const);
  const port = base.port === '' ? (protocol === 'http' ? 80 : 443) : Number(base.port);
  return { host: base.hostname, port, protocol };
}
