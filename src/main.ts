import { version } from '../package.json';
import { openCalendar } from './adapters/calendar';
import type { SqlDriver } from './adapters/storage/sql-driver';
import { SqlStore } from './adapters/storage/sql-store';
import { openSqlite } from './adapters/storage/sqlite-driver';
import { createSystem, digest } from './adapters/system';
import { createLocalWallet } from './app/local-wallet';
import { runProgram } from './cli/program';
import type { ConfigFile, Settings, World } from './cli/world';
import { configPath, readConfig, resolveSettings, writeConfig } from './config';
import type { WalletService } from './contract/wallet-service';
import { WalletError } from './core/errors';
import { DEFAULT_MAXIMUM_PURCHASE } from './core/payment/purchase';
import { parseInstant } from './core/time';

/** Files that the program makes are for their owner alone. */
const OWNER_ONLY = 0o077;

/** Runs one command line to its end. The status is set, not forced: what is still on its way to a pipe arrives. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const umask = process.umask(OWNER_ONLY);
  process.exitCode = await runProgram(argv, createWorld(umask));
}

function createWorld(umask: number): World {
  const { env } = process;
  return {
    version,
    env,
    umask,
    // The process opens a stream when it is first asked for: stdin costs a millisecond that `balance` need not pay.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    get configFile(): ConfigFile {
      const path = configPath(env);
      return { path, read: () => readConfig(path), write: (content) => writeConfig(path, content) };
    },
    resolveSettings: (flags) => resolveSettings(flags, env),
    openWallet,
    openCalendar,
  };
}

/** The service behind every command: a ledger here, or (from a later version on) a server elsewhere. */
async function openWallet(settings: Settings): Promise<WalletService> {
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
    maxPurchase: DEFAULT_MAXIMUM_PURCHASE,
    close: async () => driver?.close(),
  });
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
