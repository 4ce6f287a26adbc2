import { WalletError } from './errors';

/** An error of the product loses its kind on the way between threads; its facts come along. */
type SentError = Pick<WalletError, 'code' | 'message' | 'why' | 'hint' | 'details'>;

/** What goes to another thread for an error: the facts of one of the product, and any other as it is. */
export function toSent(error: unknown): unknown {
  if (!(error instanceof WalletError)) return error;
  const { code, message, why, hint, details } = error;
  const sent: SentError = { code, message, why, hint, details };
  return sent;
}

/** The error that another thread sent by `toSent`. */
export function fromSent(error: unknown): unknown {
  if (error instanceof Error || typeof error !== 'object' || error === null) return error;
  // It is not an error any more, so `toSent` made it.
  const { code, message, why, hint, details } = error as SentError;
  return new WalletError(code, message, {
    ...(why === undefined ? {} : { why }),
    ...(hint === undefined ? {} : { hint }),
    details,
  });
}
