import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WalletError } from '../core/errors';
import { type OutputOptions, outputFailed, type Sink, systemCode } from './sink';
import { forgetUnfinished, isUnfinished, rememberUnfinished } from './unfinished-files';

/** Chunks are gathered to this size: a trip to the system for each line of a page would cost more than the line. */
const WRITE_BYTES = 256 * 1024;
const OWNER_ONLY = 0o600;
/** Answers of file systems that know no hard links. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** The file to be: where it will stand, and the mode of the one it replaces. */
interface Target {
  readonly path: string;
  readonly mode: number | undefined;
}

/**
 * A file written whole or not at all: everything goes to a file beside it, readable by its owner alone, which takes the
 * name only at `end`. Throws at once what `openSink` says.
 */
export async function openFileSink(path: string, options: OutputOptions): Promise<Sink> {
  const force = options.force === true;
  const target = await findTarget(path, force);
  const draft = join(
    dirname(target.path),
    `.${basename(target.path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  const handle = await named(path, () => open(draft, 'wx', OWNER_ONLY));
  rememberUnfinished(draft);
  if (target.mode !== undefined) await handle.chmod(target.mode).catch(() => {});

  const writer = createWriter(handle);
  const discard = async () => {
    await writer.settle();
    await handle.close().catch(() => {});
    await unlink(draft).catch(() => {});
    forgetUnfinished(draft);
  };
  const place = async () => {
    await writer.flush();
    await handle.sync();
    await handle.close();
    if (!isUnfinished(draft)) throw new WalletError('cancelled', `interrupted: ${path} was not written`);
    if (force) await rename(draft, target.path);
    else await takeName(draft, target.path);
    forgetUnfinished(draft);
    await syncFolder(dirname(target.path));
  };
  return {
    closed: false,
    write: (text) => named(path, () => writer.add(text)),
    end: () => named(path, place).catch((error) => discard().then(() => Promise.reject(error))),
    abort: discard,
  };
}

async function findTarget(path: string, force: boolean): Promise<Target> {
  const facts = await unlessMissing(path, () => stat(path));
  if (facts === undefined) return newTarget(path);
  if (facts.isDirectory()) throw notAFile(path, 'it is a folder', 'name a file in it');
  if (!facts.isFile())
    throw notAFile(path, 'it is not a regular file', 'leave -o away and redirect or pipe the output');
  if (!force) throw alreadyExists(path);
  // Through a link it is the file at its end that is replaced, and the link stays.
  return { path: await named(path, () => realpath(path)), mode: facts.mode & 0o777 };
}

async function newTarget(path: string): Promise<Target> {
  if (path === '' || path.endsWith('/')) throw notAFile(path, 'it names no file', 'add a file name');
  const dangling = await unlessMissing(path, () => lstat(path));
  if (dangling !== undefined)
    throw notAFile(path, 'it is a link that leads nowhere', 'remove the link, or name its target');
  return { path, mode: undefined };
}

/** Gathers chunks, and writes one batch while the next is being produced: two are in memory at most. */
function createWriter(handle: FileHandle) {
  let parts: Uint8Array[] = [];
  let size = 0;
  let failure: unknown;
  let underWay: Promise<void> = Promise.resolve();

  const settle = () => underWay;
  const start = async () => {
    await underWay;
    if (failure !== undefined) throw failure;
    const batch = Buffer.concat(parts);
    parts = [];
    size = 0;
    underWay = handle.writeFile(batch).catch((error: unknown) => {
      failure = error;
    });
  };
  return {
    settle,
    async add(text: string | Uint8Array) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text;
      parts.push(bytes);
      size += bytes.length;
      if (size >= WRITE_BYTES) await start();
    },
    async flush() {
      await start();
      await settle();
      if (failure !== undefined) throw failure;
    },
  };
}

/** Gives the draft its name without ever replacing a file that appeared meanwhile. */
async function takeName(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
    await unlink(draft);
  } catch (error) {
    if (!NO_LINKS.includes(systemCode(error))) throw error;
    await (await open(path, 'wx', OWNER_ONLY)).close();
    await rename(draft, path);
  }
}

/** Makes the name as durable as the content, where the file system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close().catch(() => {});
}

/** Runs one step; what the system refuses becomes an error that names the file. */
async function named<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof WalletError) throw error;
    throw systemCode(error) === 'EEXIST' ? alreadyExists(path) : outputFailed(path, error);
  }
}

async function unlessMissing<T>(path: string, look: () => Promise<T>): Promise<T | undefined> {
  return named(path, () =>
    look().catch((error) => (systemCode(error) === 'ENOENT' ? undefined : Promise.reject(error))),
  );
}

function alreadyExists(path: string): WalletError {
  return new WalletError('already_exists', `${path} already exists`, {
    why: 'a file is never overwritten unasked',
    hint: 'add --force to replace it, or name another file',
    details: { path },
  });
}

function notAFile(path: string, why: string, hint: string): WalletError {
  return new WalletError('invalid_value', `cannot write to ${path === '' ? 'a file without a name' : path}`, {
    why,
    hint,
    details: { path },
  });
}
