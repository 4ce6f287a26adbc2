import type { SqlDriver } from './adapters/storage/sql-driver';
import { SqlStore } from './adapters/storage/sql-store';
import { openSqlite } from './adapters/storage/sqlite-driver';
import { createSystem, digest } from './adapters/system';
import { createLocalWallet } from './app/local-wallet';
import type { Settings } from './cli/world';
import type { WalletService } from './contract/wallet-service';
import { type Credits, parseCredits } from './core/credits';
import { WalletError } from './core/errors';
import { DEFAULT_MAXIMUM_PURCHASE } from './core/payment/purchase';
import { parseInstant } from './core/time';

/** The service behind every command: a ledger here, or (from a later version on) a server elsewhere. */
export async function openWallet(settings: Settings): Promise<WalletService> {
  if (settings.api.value !== undefined) throw noRemoteYet(settings.api.origin);
  const fixedNow = settings.now.value === undefined ? undefined : parseInstant(settings.now.value, 'WALLET_NOW');
  const system = createSystem(fixedNow);
  const file = ledgerFile(settings);
  let driver: SqlDriver | undefined;
  const open = async (create: boolean): Promise<SqlDriver> => {
    driver ??= await openSqlite({ file, create });
    return driver;
  };
  return createLocalWallet({
    store: async (options) => new SqlStore(await open(options?.create === true), digest),
    gateway: async () => (await import('./adapters/payments/sandbox')).createSandbox(await open(false), system.now),
    system,
    actor: settings.as.value ?? 'unknown',
    org: settings.org.value,
    timeZone: settings.tz.value,
    maxPurchase: maximumPurchase(settings),
    close: async () => driver?.close(),
  });
}

function maximumPurchase({ maxPurchase: { value, origin } }: Settings): Credits {
  return value === undefined ? DEFAULT_MAXIMUM_PURCHASE : parseCredits(value, `maximum purchase (${origin})`);
}

function ledgerFile(settings: Settings): string {
  const { value, origin } = settings.ledger;
  if (value !== undefined && !/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
  throw new WalletError('invalid_config', 'the ledger that was named can not be opened', {
    why: `${origin} names a database server, and this version opens ledger files only`,
    hint: 'name a file: --ledger PATH',
  });
}

function noRemoteYet(origin: string): WalletError {
  return new WalletError('invalid_config', 'a remote wallet can not be reached with this version', {
    why: `${origin} names a server`,
    hint: 'unset it, and name a ledger file: --ledger PATH',
  });
}
