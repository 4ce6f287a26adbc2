import { isIP } from 'node:net';
import type { Settings } from './cli/world';
import type { WalletService } from './contract/wallet-service';
import { WalletError } from './core/errors';
import { createRemoteWallet } from './http/client';

/** The wallet behind the server that the settings name. Throws `invalid_config` for an address a token must not go to. */
export function openRemote(settings: Settings): WalletService {
  const token = tokenOf(settings);
  if (token === undefined) throw noToken();
  if (!/^[\x21-\x7e]{1,300}$/.test(token)) throw malformed();
  if (settings.as.origin.startsWith('flag')) throw isSomebody();
  return createRemoteWallet({
    url: parseAddress(settings),
    token,
    org: settings.org.value,
    timeZone: settings.tz.value,
    now: settings.now.value,
    maxPurchase: settings.maxPurchase.value,
    makeKey: () => process.getBuiltinModule('node:crypto').randomUUID(),
  });
}

/** A token that is kept beside an address is for that address: a server named otherwise never gets it. */
function tokenOf({ api, apiToken }: Settings): string | undefined {
  const isKept = !apiToken.origin.startsWith('environment');
  return isKept && apiToken.origin !== api.origin ? undefined : apiToken.value?.trim();
}

function parseAddress({ api: { value = '', origin } }: Settings): URL {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw badAddress(origin, 'it is no address');
  }
  if (url.username !== '' || url.password !== '') throw badAddress(origin, 'it has a name or a password in it');
  if (url.search !== '' || url.hash !== '') throw badAddress(origin, 'it goes on after its path');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw badAddress(origin, 'a token goes over https only, or to this machine');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

function badAddress(origin: string, why: string): WalletError {
  return new WalletError('invalid_config', 'the address of the server was not used', {
    why: `${origin}: ${why}`,
    hint: 'write --api https://HOST, or http://127.0.0.1:PORT for one on this machine',
  });
}

function noToken(): WalletError {
  return new WalletError('unauthorized', 'there is no token for the server', {
    why: 'a server lets nobody in without one',
    hint: 'set WALLET_API_TOKEN, or keep one: wallet profile add NAME --api URL --token-stdin',
  });
}

function malformed(): WalletError {
  return new WalletError('unauthorized', 'the token can not be one', {
    why: 'it has characters that no token has',
    hint: 'set WALLET_API_TOKEN to what wallet token create printed',
  });
}

function isSomebody(): WalletError {
  return new WalletError('invalid_usage', '--as can not be used with a server', {
    why: 'the token says who asks',
    hint: 'leave it out, or use a token of that name',
  });
}
