import { WalletError } from '../core/errors';
import { counted } from './wording';

/** The key of a batch is nobody's business: a conflict is told under the key that was given. */
export function underOwnKey(error: unknown, idempotencyKey: string | undefined): unknown {
  if (!(error instanceof WalletError) || error.code !== 'idempotency_conflict' || idempotencyKey === undefined)
    return error;
  const message = `the idempotency key ${JSON.stringify(idempotencyKey)} was used before, for something else`;
  return new WalletError(error.code, message, {
    ...(error.why === undefined ? {} : { why: error.why }),
    hint: 'use a new key for another file; under this one goes the file as it was, from its beginning',
    details: { ...error.details, key: idempotencyKey },
    cause: error,
  });
}

/** A failure half way through: what was posted stays posted, and running it again goes on from there. */
export function withProgress(error: unknown, { read, posted }: { read: number; posted: number }): unknown {
  if (!(error instanceof WalletError) || posted === 0) return error;
  return new WalletError(error.code, error.message, {
    why: `${error.why ?? 'the import could not go on'}; ${counted(posted, 'row')} were posted before it`,
    hint: 'run it again to go on: rows with an id are never posted twice',
    details: { ...error.details, read, posted },
    cause: error,
  });
}
