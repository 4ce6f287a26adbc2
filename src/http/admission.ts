import type { IncomingMessage } from 'node:http';
import type { CallerSettings, Visitor, WalletHost } from '../contract/host';
import type { RemoteRoute } from '../contract/routes';
import { WalletError } from '../core/errors';
import { badRequest, RequestFault } from './faults';
import { bearerOf } from './guards';
import { RateLimit } from './rate-limit';

/** Tokens that open nothing, a second, for each address; and as many at once. */
const FAILURE_RATE = 5;
const FAILURE_BURST = 100;
/** Calls that end at a card processor or a mail server, a second, for each token; and as many at once. */
const OUTWARD_RATE = 2;
const OUTWARD_BURST = 40;

/** Lets callers in by their token, and each as often as it may come. */
export class Admission {
  readonly #host: WalletHost;
  readonly #rates: RateLimit;
  readonly #outward = new RateLimit(OUTWARD_RATE, OUTWARD_BURST);
  readonly #failures = new RateLimit(FAILURE_RATE, FAILURE_BURST);

  constructor(host: WalletHost, rate: number) {
    this.#host = host;
    this.#rates = new RateLimit(rate);
  }

  /** Throws `unauthorized`, or a fault with 429 and how long to wait. */
  async admit(incoming: IncomingMessage, route: RemoteRoute): Promise<Visitor> {
    const settings = settingsOf(incoming);
    const address = incoming.socket.remoteAddress ?? '';
    const visitor = await this.#visitor(settings, address, route.looksItself === true);
    limit(this.#rates, visitor.token);
    if (route.outward) limit(this.#outward, visitor.token);
    return visitor;
  }

  async #visitor(settings: CallerSettings, address: string, looksItself: boolean): Promise<Visitor> {
    if (settings.token === undefined) throw noToken();
    try {
      return await this.#host.admit(settings, looksItself);
    } catch (error) {
      if (error instanceof WalletError && error.code === 'unauthorized') limit(this.#failures, address);
      throw error;
    }
  }
}

function limit(rates: RateLimit, caller: string): void {
  const seconds = rates.take(caller, performance.now());
  if (seconds === 0) return;
  const hint = `wait ${seconds} s and send it again`;
  const error = new WalletError('rate_limited', 'there were too many requests', { why: 'nothing was done', hint });
  throw new RequestFault(429, error, { 'Retry-After': String(seconds) });
}

function settingsOf(incoming: IncomingMessage): CallerSettings {
  const given = (name: string) => {
    const value = incoming.headers[name];
    if (value === undefined) return undefined;
    try {
      return decodeURIComponent(String(value));
    } catch {
      throw new RequestFault(400, badRequest(`the header ${name} is not percent-encoded`));
    }
  };
  return {
    token: bearerOf(incoming),
    org: given('wallet-org'),
    timeZone: given('wallet-time-zone'),
    now: given('wallet-now'),
    maxPurchase: given('wallet-max-purchase'),
  };
}

function noToken(): WalletError {
  return new WalletError('unauthorized', 'the request has no token', {
    why: 'every operation needs the header Authorization: Bearer TOKEN',
    hint: 'set WALLET_API_TOKEN; an administrator makes one with: wallet token create --role ROLE',
  });
}
