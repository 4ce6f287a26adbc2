import { WalletError } from '../core/errors';

/** Where text goes. One writer at a time: wait for each `write` before the next. */
export interface Sink {
  /** True once nobody reads any more: stop producing. The program still ends with status 0. */
  readonly closed: boolean;
  /** Resolves when more may be produced, so that memory stays flat. Throws `output_failed`; does nothing once closed. */
  write(text: string | Uint8Array): Promise<void>;
  /** Everything was produced: resolves when it has arrived. Throws `output_failed`, and `already_exists` for a file. */
  end(): Promise<void>;
  /** Something went wrong: a file is left as it was before. Never throws. */
  abort(): Promise<void>;
}

export interface OutputOptions {
  /** Replace a file that exists. */
  readonly force?: boolean | undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'part of the path is not a folder',
  ENAMETOOLONG: 'the name is too long',
  EFBIG: 'the file would be too large',
  EIO: 'the device reported an error',
};

/** What the system refused, in plain words. `target` says where to, as in "cannot write <target>". */
export function outputFailed(target: string, error: unknown): WalletError {
  const code = systemCode(error);
  const reason = code === undefined ? undefined : REASONS[code];
  return new WalletError('output_failed', `cannot write ${target}`, {
    why: reason ?? (error instanceof Error ? error.message : String(error)),
    hint: 'nothing was left half written; choose another place, or make room, and run it again',
    cause: error,
  });
}

/** The system's name of an error (`ENOENT`), if it is one of the system's. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
