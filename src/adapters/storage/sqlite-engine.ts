import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { WalletError } from '../../core/errors';

/** What of the library is used here: `tsup.config.ts` leaves out the rest. */
export type Database = Pick<
  BetterSqlite3.Database,
  'close' | 'exec' | 'inTransaction' | 'open' | 'pragma' | 'prepare' | 'serialize'
>;

/** How to open the file. `timeoutMs` is SQLite's own wait for a lock held by another connection. */
interface OpenOptions {
  readonly readonly?: boolean;
  readonly timeoutMs: number;
}

/** One better-sqlite3: its JavaScript, the places where its addon may lie, and what to do where it lies in none. */
interface Engine {
  readonly packageName: string;
  readonly load: () => typeof BetterSqlite3;
  readonly addonFiles: () => readonly string[];
  readonly hint: string;
}

// The JavaScript of each version fits only its own addon. A literal `require` lets the bundler take the library in, and
// still runs it only on the Node that needs it.
const VERSION_12 = '12.11.1';
const engine12: Engine = {
  packageName: 'better-sqlite3-node20',
  load: () => require('better-sqlite3-node20'),
  // What our build made, in a clone and in the package; or what was installed beside the package.
  addonFiles: () => [
    `engine/${VERSION_12}-${platformName()}.node`,
    'node_modules/better-sqlite3-node20/build/Release/better_sqlite3.node',
  ],
  hint: `use Node 22.14 or newer, or get it with \`npm install --global better-sqlite3-node20@npm:better-sqlite3@${VERSION_12}\` (in a clone: \`npm run build\`)`,
};
const engine13: Engine = {
  packageName: 'better-sqlite3',
  load: () => require('better-sqlite3'),
  addonFiles: () => [`node_modules/better-sqlite3/prebuilds/${platformName()}.node`],
  hint: 'run `npm ci --include=optional` in the folder of wallet, or `npm install --global --include=optional wallet`',
};

const loadedAddons = new Map<Engine, string>();

/**
 * Opens the database file with the engine that is safe on the running Node.
 * @throws WalletError `ledger_unavailable` on a Node that would crash, or when the engine is not installed.
 * What SQLite itself refuses is thrown as its own error.
 */
export function openDatabase(file: string | Buffer, options: OpenOptions): Database {
  const engine = chooseEngine(process.versions.node);
  const nativeBinding = loadedAddons.get(engine) ?? loadAddon(engine);
  const Library = engine.load();
  return new Library(file, { readonly: options.readonly ?? false, timeout: options.timeoutMs, nativeBinding });
}

/**
 * Version 13 needs Node-API 10, which came with Node 22.14; without it the process dies of a segmentation fault that
 * nothing can catch. Version 12 can abort on Node 24.19 and newer, so it serves Node 20 alone.
 * @throws WalletError `ledger_unavailable` on a Node without a safe engine.
 */
export function chooseEngine(nodeVersion: string): Engine {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 14)) return engine13;
  if (major === 20 && minor >= 17) return engine12;
  throw new WalletError('ledger_unavailable', `wallet cannot open a ledger on Node ${nodeVersion}`, {
    why: 'no database engine runs safely there; Node 20.17 or newer of 20, or 22.14 or newer, is needed',
    hint: 'switch to such a Node and run the command again',
    details: { node: nodeVersion },
  });
}

/** Hands the addon over ready-made, which spares better-sqlite3 its search and Node its module lookup. */
function loadAddon(engine: Engine): string {
  const addon = { exports: {} };
  try {
    process.dlopen(addon, findAddon(engine));
  } catch (cause) {
    throw cause instanceof WalletError ? cause : engineFailure(engine, 'cannot be loaded', cause);
  }
  // better-sqlite3 takes the addon itself as well as its path; its types know only the path.
  const nativeBinding = addon.exports as string;
  loadedAddons.set(engine, nativeBinding);
  return nativeBinding;
}

/** Walks up to the nearest folder that has the addon, as Node does, at a fifth of the cost. */
function findAddon(engine: Engine): string {
  const places = engine.addonFiles();
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const found = places.map((place) => `${folder}/${place}`).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder))
      throw engineFailure(engine, 'is not installed', `found no ${places.join(' and no ')}`);
  }
}

function engineFailure(engine: Engine, problem: string, cause: unknown): WalletError {
  return new WalletError('ledger_unavailable', `the database engine ${engine.packageName} ${problem}`, {
    why: cause instanceof Error ? cause.message : String(cause),
    hint: engine.hint,
    details: { package: engine.packageName, node: process.versions.node },
    cause,
  });
}

function platformName(): string {
  return `${usesMusl() ? 'linuxmusl' : process.platform}-${process.arch}`;
}

/** Alpine and its like have another C library, hence another addon: the process's own memory map tells for sure. */
function usesMusl(): boolean {
  if (process.platform !== 'linux' || !existsSync(`/lib/ld-musl-${muslArchitecture()}.so.1`)) return false;
  return readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-');
}

function muslArchitecture(): string {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}
