import { WalletError } from '../../core/errors';

/** How long a write waits for other writers, and for a server that is away, before it gives up. */
export const WAIT_MS = 10_000;

/** The five letters and digits by which PostgreSQL names a failure, or what the system says of a connection. */
export function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function isUniqueViolation(error: unknown): boolean {
  return stateOf(error) === '23505';
}

/** Two units met, and one of them has to start again. */
export function isCollision(error: unknown): boolean {
  return stateOf(error) === '40001' || stateOf(error) === '40P01';
}

/** The connection is gone, or the server is going away or not there yet: another try may find it back. */
export function isLost(error: unknown): boolean {
  const state = stateOf(error);
  if (/^(08|57P0[1235])/.test(state) || state === '25006' || state === '53300') return true;
  if (/^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)/.test(state)) return true;
  if (error instanceof AggregateError) return error.errors.some(isLost);
  if (error instanceof CommitUnanswered) return true;
  return (
    error instanceof Error &&
    state === '' &&
    /^(Connection terminated|timeout (exceeded|expired)|Client )/.test(error.message)
  );
}

/** The server's own failures in the product's words. Anything unknown stays what it is: a bug to be seen. */
export function translated(label: string, error: unknown): unknown {
  if (error instanceof WalletError) return error;
  const state = stateOf(error);
  if (isCollision(error) || state === '55P03') return busy(error);
  if (state === '28P01' || state === '28000') {
    return unavailable(label, 'the server refused the user or the password', {
      hint: 'check the user in the URL, and the password in PGPASSWORD or ~/.pgpass',
      cause: error,
    });
  }
  if (state === '3D000') {
    return unavailable(label, 'the server has no database of that name', {
      hint: 'createdb, or name another',
      cause: error,
    });
  }
  if (state === '42501') {
    return unavailable(label, messageOf(error), {
      hint: 'give the user the rights that docs/scale.md lists',
      cause: error,
    });
  }
  if (state === '22021' || state === '22P05') {
    return new WalletError('invalid_value', 'the text has a character that a database can not keep', {
      why: 'it is the character 0',
      hint: 'leave it out',
      cause: error,
    });
  }
  // Pages that fail their checksum or make no sense.
  if (state === 'XX001' || state === 'XX002') return damaged(label, error);
  // What the server can not do for reasons of its own, which a full disk may be among.
  if (isLost(error) || /^(53|57|58|25006|XX000)/.test(state) || /certificate|SSL|TLS/.test(messageOf(error))) {
    return unavailable(label, messageOf(error), { cause: error });
  }
  return error;
}

export function unavailable(
  label: string,
  why: string,
  facts: { readonly hint?: string; readonly cause?: unknown } = {},
): WalletError {
  return new WalletError('ledger_unavailable', `the ledger ${label} can not be used`, {
    why,
    hint: facts.hint ?? 'check the server and the way to it; nothing was half done, and it is safe to run again',
    cause: facts.cause,
  });
}

function damaged(label: string, cause: unknown): WalletError {
  return new WalletError('integrity_failure', `the ledger ${label} is damaged`, {
    why: `${messageOf(cause)}; nothing was changed`,
    hint: "restore the server's newest backup, then: wallet verify",
    cause,
  });
}

function busy(cause: unknown): WalletError {
  return new WalletError('ledger_busy', 'the ledger is busy', {
    why: `other programs kept it locked for ${WAIT_MS / 1000} seconds; nothing was changed`,
    hint: 'run the command again',
    cause,
  });
}

/** The server has not answered a commit for so long that its standby must be away. */
export class CommitUnanswered extends Error {
  constructor(waitedMs: number) {
    super(`the server did not answer for ${waitedMs / 1000} seconds`);
  }
}

/** The answer to a commit never came, and nobody can tell any more what became of it. */
export function unknownOutcome(label: string, cause: unknown): WalletError {
  const isWaiting = cause instanceof CommitUnanswered;
  return unavailable(
    label,
    isWaiting
      ? `${cause.message} while a change was being saved: a synchronous standby of it may be away`
      : 'the connection was lost while a change was being saved, and its outcome can not be read',
    { hint: RUN_AGAIN, cause },
  );
}

/** The server saved a change and was told not to wait for its standby any longer: what only it has could still be lost. */
export function notHandedOn(label: string, notice: string): WalletError {
  return unavailable(label, `a change is saved on the server and not on its standby: ${notice}`, { hint: RUN_AGAIN });
}

const RUN_AGAIN = 'run the command again with the same event id or --idempotency-key: what was saved is not done twice';

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
