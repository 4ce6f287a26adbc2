import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type CheckingProxy, startCheckingProxy } from './checking-proxy';
import type { Sandbox } from './cli';

/** What is done where the ledger or the settings are: an organisation is made there, and its first token. */
const LOCAL: ReadonlySet<string> = new Set([
  'init',
  'config',
  'profile',
  'demo',
  'help',
  'serve',
  'backup',
  'restore',
  'migrate',
]);

/** A `wallet serve` of its own over a sandbox's ledger. */
export interface Server {
  readonly url: string;
  /** What it has written on stderr so far. */
  log(): string;
  /** Asks it to end, or ends it, and answers the status it ended with. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the built program's server on a free port and waits until it listens. */
export function startServer(
  sandbox: Sandbox,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Server> {
  const words = [path.resolve('bin/wallet.js'), 'serve', '--port', '0', ...args];
  const child = spawn(process.execPath, words, { env: { ...sandbox.env(), ...env }, cwd: sandbox.home, stdio: 'pipe' });
  let out = '';
  let log = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const url = /^listening on (\S+)\n/.exec(out)?.[1];
      if (url !== undefined) resolve({ url, log: () => log, end });
    });
    void ended.then((status) => reject(new Error(`the server ended with ${status}: ${log}`)));
  });
}

/** The remote mode of a session: a server over the sandbox's ledger whose every answer is checked, and a token for each organisation. */
export interface Remote {
  /** The settings with which these words go through the server, with the session's own token where it has made one; none where they are local by nature. */
  settingsFor(words: readonly string[], own: string | undefined): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export function createRemote(sandbox: Sandbox): Remote {
  const tokens = new Map<string, string>();
  let server: Promise<Server> | undefined;
  let proxy: Promise<CheckingProxy> | undefined;
  const tokenFor = async (org: string | undefined): Promise<string> => {
    const known = tokens.get(org ?? '');
    if (known !== undefined) return known;
    const made = await sandbox.wallet(['token', 'create', '--role', 'admin', '--name', 'ada', '-q', ...named(org)]);
    const token = made.status === 0 ? made.stdout.trim() : await tokenFor(undefined);
    tokens.set(org ?? '', token);
    return token;
  };
  return {
    async settingsFor(words, own) {
      if (own !== undefined) tokens.set('', own);
      const isFirstToken = tokens.size === 0 && words[0] === 'token';
      const isLocal =
        isFirstToken || words.some((word) => LOCAL.has(word) || word === '--ledger' || word === '--version');
      if (isLocal || !existsSync(path.join(sandbox.home, '.local/share/wallet/ledger.db'))) return {};
      const org = words.includes('--org') ? words[words.indexOf('--org') + 1] : undefined;
      const token = await tokenFor(org);
      server ??= startServer(sandbox, ['--no-jobs']);
      proxy ??= startCheckingProxy((await server).url);
      return { WALLET_API_URL: (await proxy).url, WALLET_API_TOKEN: token };
    },
    async stop() {
      await (await server)?.end();
      (await proxy)?.stop();
    },
  };
}

function named(org: string | undefined): string[] {
  return org === undefined ? [] : ['--org', org];
}
