import { isLoopback, readStripeSettings, type StripeSettings } from './adapters/payments/stripe-settings';
import { digest } from './adapters/system';
import type { Processor } from './app/dependencies';
import { WalletError } from './core/errors';
import type { LedgerInfo } from './ports/ledger-info';
import type { PaymentGateway } from './ports/payment-gateway';

type Environment = Readonly<Record<string, string | undefined>>;

const SANDBOX: Processor = { provider: 'sandbox', mode: 'sandbox', account: null };

/** What a new ledger remembers of its processor: for Stripe the key's mode, and the account where the key may ask. */
export async function describeProcessor(provider: LedgerInfo['provider'], env: Environment): Promise<Processor> {
  if (provider === 'sandbox') return SANDBOX;
  const settings = readStripeSettings(env);
  const { createStripe } = await import('./adapters/payments/stripe');
  const account = await createStripe(settings, 'new').account();
  return { provider, mode: settings.mode, account };
}

/** Secret keys may do everything; only a restricted one has to be asked about. */
export function isKeyRestricted(env: Environment): boolean {
  return readStripeSettings(env).key.startsWith('rk_');
}

/** The clock may be set where nothing is real: in the sandbox, or with a test key and an API on this machine. */
export function admitLedger(info: LedgerInfo, env: Environment, isClockSet: boolean): void {
  if (info.provider === 'sandbox') return;
  const settings = env.STRIPE_API_KEY ? readStripeSettings(env) : undefined;
  if (settings !== undefined) requireMode(info, settings);
  const isUnreal = settings?.mode === 'test' && settings.base !== undefined && isLoopback(settings.base);
  if (isClockSet && !isUnreal) throw clockIsReal();
}

/**
 * Opens Stripe for a ledger that was made for it, with a key of its mode and account. The account is asked for once for
 * each key, so an everyday purchase costs no request for it.
 */
export async function openStripe(
  info: LedgerInfo,
  env: Environment,
  seen: string | null,
): Promise<{ gateway: PaymentGateway; keyMark: string }> {
  const settings = readStripeSettings(env);
  requireMode(info, settings);
  const { createStripe } = await import('./adapters/payments/stripe');
  const gateway = createStripe(settings, info.instance);
  const keyMark = markOf(settings);
  if (seen === keyMark) return { gateway, keyMark };
  const account = await gateway.account();
  if (account !== null && info.account !== null && account !== info.account) throw otherAccount(info, account);
  return { gateway, keyMark };
}

/** Enough of a digest to recognise a key, and far too little to guess it. */
function markOf({ key }: StripeSettings): string {
  return digest(['stripe key\n', key]).slice(0, 16);
}

function requireMode(info: LedgerInfo, { mode }: StripeSettings): void {
  if (info.mode === mode) return;
  throw new WalletError('live_guard', `this ledger is for ${info.mode} money, and the Stripe key is a ${mode} key`, {
    why: 'live and test money never mix in one ledger',
    hint: mode === 'live' ? 'use the test key, or another ledger: --ledger PATH' : 'set STRIPE_API_KEY to the live key',
    details: { ledger: info.mode, key: mode },
  });
}

function otherAccount(info: LedgerInfo, account: string): WalletError {
  return new WalletError('live_guard', `the Stripe key belongs to ${account}, and this ledger to ${info.account}`, {
    why: 'its customers, cards and payments are in the other account; nothing was charged',
    hint: 'use a key of that account, or another ledger: --ledger PATH',
    details: { ledger: info.account, key: account },
  });
}

function clockIsReal(): WalletError {
  return new WalletError('invalid_config', 'WALLET_NOW can not be used with this ledger', {
    why: 'the clock is set only in the sandbox, or with a Stripe test key and an API on this machine',
    hint: 'unset WALLET_NOW',
  });
}
