import { WalletError } from '../../core/errors';

/** What reaches Stripe: a key, the mode it is for, and where the API is. */
export interface StripeSettings {
  readonly key: string;
  readonly mode: 'test' | 'live';
  /** Undefined for Stripe's own. */
  readonly base: URL | undefined;
}

const KEY = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]{4,250}$/;

/**
 * Reads the key and the base. A live key goes to Stripe itself, over checked TLS and with no failpoints, or nowhere.
 * Throws `invalid_config`, and `live_guard` where a live key would be put at risk. No value is ever repeated.
 */
export function readStripeSettings(env: Readonly<Record<string, string | undefined>>): StripeSettings {
  const key = (env.STRIPE_API_KEY ?? '').replace(/\r?\n$/, '');
  if (key === '') throw refuse('there is no Stripe key', 'STRIPE_API_KEY is not set');
  const match = KEY.exec(key);
  if (match === null) throw refuse('the Stripe key can not be used', whyNoKey(key));
  // The expression has no other modes.
  const mode = match[1] as 'test' | 'live';
  const base = env.WALLET_STRIPE_API_BASE ? readBase(env.WALLET_STRIPE_API_BASE) : undefined;
  if (mode === 'live') requireSafe(env);
  return { key, mode, base };
}

export function isLoopback(url: URL): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

function whyNoKey(key: string): string {
  if (/^pk_/.test(key)) return 'it is a publishable key, which can not charge; a secret or restricted key is needed';
  if (/\s/.test(key)) return 'it has a space or a line break in it';
  // Written out whole, the beginnings would be blotted out as keys themselves.
  return 'a secret key starts with sk_, a restricted one with rk_; then come test_ or live_, and the key itself';
}

function readBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.protocol === 'http:' && isLoopback(url);
  const hasMore = url !== undefined && (url.username !== '' || url.search !== '' || url.pathname !== '/');
  if (url !== undefined && !hasMore && (url.protocol === 'https:' || isPlain)) return url;
  throw refuse(
    'WALLET_STRIPE_API_BASE can not be used',
    'it must be an https:// address without a path, or http:// on this machine (loopback)',
  );
}

function requireSafe(env: Readonly<Record<string, string | undefined>>): void {
  const risk =
    (env.WALLET_STRIPE_API_BASE && 'WALLET_STRIPE_API_BASE is set, and a live key is sent to nobody but Stripe') ||
    (env.WALLET_FAILPOINT && 'WALLET_FAILPOINT is set, and nothing may break on purpose with real money') ||
    (env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && 'NODE_TLS_REJECT_UNAUTHORIZED is 0, so anybody could read the key');
  if (!risk) return;
  throw new WalletError('live_guard', 'the live Stripe key was not used', {
    why: risk,
    hint: 'unset it, or use a test key',
  });
}

function refuse(message: string, why: string): WalletError {
  return new WalletError('invalid_config', message, { why, hint: 'set STRIPE_API_KEY in the environment' });
}
