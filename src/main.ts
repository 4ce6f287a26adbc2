import { version } from '../package.json';
import { runProgram } from './cli/program';
import type { ConfigFile, World } from './cli/world';
import { configPath, keysPath, readConfig, resolveSettings, writeConfig } from './config';

/** Files that the program makes are for their owner alone. */
const OWNER_ONLY = 0o077;

/**
 * Runs one command line to its end, and answers whether nothing of it is under way any more. The status is set, not
 * forced: what is still on its way to a pipe arrives.
 */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<boolean> {
  const umask = process.umask(OWNER_ONLY);
  process.exitCode = await runProgram(argv, createWorld(umask));
  return process.getActiveResourcesInfo().length === 0;
}

function createWorld(umask: number): World {
  const { env } = process;
  return {
    version,
    env,
    umask,
    // The process opens a stream when it is first asked for, which costs milliseconds that a one-line answer need not pay.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      // Nobody reading the notes is no reason to stop.
      if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined);
      return process.stderr;
    },
    get configFile(): ConfigFile {
      const path = configPath(env);
      return { path, read: () => readConfig(path), write: (content) => writeConfig(path, content) };
    },
    get keysFolder() {
      return keysPath(env);
    },
    resolveSettings: (flags) => resolveSettings(flags, env),
    serve: async (settings, request, say) =>
      (await import('./server-thread')).openServerThread({ settings, request, version }, say),
    openWallet: async (settings, onRecord, onMoved) =>
      (await import('./open-wallet')).openWallet(settings, env, { onRecord, onMoved }),
    openCopies: async (settings) => (await import('./ledger-copies')).openLedgerCopies(settings, env),
    moveLedger: async (settings, to, progress) =>
      (await import('./ledger-move')).moveLedger({ settings, to, progress }, env),
    openCalendar: async (zone) => (await import('./adapters/calendar')).openCalendar(zone),
  };
}
