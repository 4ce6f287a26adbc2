import { version } from '../package.json';
import { openCalendar } from './adapters/calendar';
import { runProgram } from './cli/program';
import type { ConfigFile, Settings, World } from './cli/world';
import { configPath, readConfig, resolveSettings, writeConfig } from './config';
import type { WalletService } from './contract/wallet-service';
import { WalletError } from './core/errors';

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

/** The service behind every command: a ledger here, or a server elsewhere. */
async function openWallet(_settings: Settings): Promise<WalletService> {
  throw new WalletError('internal', 'no ledger can be opened yet');
}
