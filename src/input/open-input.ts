import { type FileHandle, open } from 'node:fs/promises';
import { WalletError } from '../core/errors';
import type { Source } from './rows';

const CHUNK_BYTES = 256 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

export interface OpenInput {
  /** To be read once; reading to the end, or stopping early, closes it. */
  readonly source: Source;
  /** The size of a file; null for a pipe, where nobody knows. */
  readonly totalBytes: number | null;
}

/** Opens a file, or standard input for `-`. Throws `invalid_input` for what is missing, a folder or unreadable. */
export async function openInput(path: string): Promise<OpenInput> {
  if (path === '-') return { source: process.stdin, totalBytes: null };
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const facts = await handle.stat();
  if (facts.isDirectory()) {
    await handle.close();
    throw invalid(path, 'it is a folder', 'name one file in it');
  }
  return { source: readFile(handle, path), totalBytes: facts.isFile() ? facts.size : null };
}

async function* readFile(handle: FileHandle, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* handle.createReadStream({ highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await handle.close().catch(() => {});
  }
}

function unreadable(path: string, error: unknown): WalletError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  const hint = code === 'ENOENT' ? 'check the name; - reads from standard input' : 'check that you may read it';
  return invalid(path, why, hint, error);
}

function invalid(path: string, why: string, hint: string, cause?: unknown): WalletError {
  return new WalletError('invalid_input', `cannot read ${path}`, { why, hint, details: { path }, cause });
}
