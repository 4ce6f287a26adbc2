import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { WalletError } from '../../core/errors';

/**
 * Throws `integrity_failure` where the write-ahead log was removed, cut short or exchanged for an older one. SQLite
 * itself would go on from what is left without a word, and what was acknowledged since, a payment perhaps, would be
 * forgotten. To be asked before the engine opens the file, for it makes a new log and a new index of it.
 */
export function requireLog(file: string): void {
  if (!hasLostWrites(file)) return;
  throw new WalletError('integrity_failure', `the ledger ${file} has lost its newest writes`, {
    why: `its log ${file}-wal was removed or cut short; nothing was changed`,
    hint: 'put that log back, or restore the newest backup: wallet restore FILE --force',
  });
}

/** Whether the index of the log, which outlives a kill, tells of writes that the log does not have. */
export function hasLostWrites(file: string): boolean {
  return isLogGone(file) || isLogCut(file);
}

/** To be told of each file that the engine opens without `requireLog`, because it is new. */
export function keepIndexClosed(file: string): void {
  looked.add(placeOf(file));
}

/**
 * The engine makes the log before the index and removes it after the index, so an index without a log is no other
 * process at work if the index is the same all the while.
 */
function isLogGone(file: string): boolean {
  if (!existsSync(`${file}-shm`)) return false;
  const index = identityOf(`${file}-shm`);
  if (index === undefined || identityOf(`${file}-wal`) !== undefined) return false;
  return identityOf(`${file}-shm`) === index;
}

/** Which file has the name now, for inode numbers are given again. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.ctimeNs}`;
}

/**
 * Ledgers that this process may have open. Their indexes are not opened any more: to close one would end the locks that
 * the engine's connections in this process have on it.
 */
const looked = new Set<string>();
/** Some of them by their names: without an index, it is left for later to look where they lie, which takes longer. */
const named = new Set<string>();

/** To be called before a ledger gets another name. */
export function placeNamed(): void {
  for (const file of named) looked.add(placeOf(file));
  named.clear();
}

function isLogCut(file: string): boolean {
  if (!existsSync(`${file}-shm`)) {
    named.add(file);
    return false;
  }
  placeNamed();
  const ledger = placeOf(file);
  if (looked.has(ledger)) return false;
  const isCut = endsEarly(file);
  if (!isCut) looked.add(ledger);
  return isCut;
}

function placeOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? file : `${found.dev} ${found.ino}`;
}

/**
 * Whether the log lacks the last frame that the index tells of. A commit is in the log, synced, before it is in the
 * index; and before a log is begun anew its index is emptied. So with an index that stays the same, this is no other
 * process at work.
 */
function endsEarly(file: string): boolean {
  const index = readIndex(file);
  if (index === undefined || isLastFrame(readFrame(file, index), index)) return false;
  return !isOlderThanMachine(`${file}-shm`) && readIndex(file)?.equals(index) === true;
}

/**
 * The index is never synced: where power failed, what is on the disk may tell of a log from before, while the log itself
 * has all that was acknowledged. So an index that was last written before the machine started is no witness.
 */
function isOlderThanMachine(index: string): boolean {
  const written = statSync(index, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return written < Date.now() - process.getBuiltinModule('node:os').uptime() * 1000;
}

/** SQLite's own numbers: https://sqlite.org/walformat.html (the index's header is there twice, in this machine's order). */
const INDEX_VERSION = 3_007_000;
const INDEX_BYTES = 48;
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** The header of the index; undefined where it says nothing: not there, being made anew, or of an empty log. */
function readIndex(file: string): Buffer | undefined {
  const bytes = readAt(`${file}-shm`, 0, 2 * INDEX_BYTES);
  const header = bytes.subarray(0, INDEX_BYTES);
  if (bytes.length < 2 * INDEX_BYTES || !header.equals(bytes.subarray(INDEX_BYTES))) return undefined;
  const isWhole = header.readUInt32LE(0) === INDEX_VERSION && header[12] === 1 && header.readUInt32LE(16) > 0;
  return isWhole ? header : undefined;
}

/** The header of the last frame by the index; less than that where the log is shorter. */
function readFrame(file: string, index: Buffer): Buffer {
  const stored = index.readUInt16LE(14);
  const pageBytes = stored === 1 ? 65_536 : stored;
  const before = (index.readUInt32LE(16) - 1) * (FRAME_HEADER_BYTES + pageBytes);
  const isWhole =
    (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) >=
    LOG_HEADER_BYTES + before + FRAME_HEADER_BYTES + pageBytes;
  return isWhole ? readAt(`${file}-wal`, LOG_HEADER_BYTES + before, FRAME_HEADER_BYTES) : Buffer.alloc(0);
}

/** By the log's salt, and by a sum over everything up to and with that frame. */
function isLastFrame(frame: Buffer, index: Buffer): boolean {
  if (frame.length < FRAME_HEADER_BYTES || !frame.subarray(8, 16).equals(index.subarray(32, 40))) return false;
  return frame.readUInt32BE(16) === index.readUInt32LE(24) && frame.readUInt32BE(20) === index.readUInt32LE(28);
}

/** The bytes of a file; fewer where it ends, none where it can't be read: then the engine says why. */
function readAt(file: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    const handle = openSync(file, 'r');
    try {
      return bytes.subarray(0, readSync(handle, bytes, 0, length, position));
    } finally {
      closeSync(handle);
    }
  } catch {
    return bytes.subarray(0, 0);
  }
}
