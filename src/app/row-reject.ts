import type { RowReject } from '../contract/calls';
import { WalletError } from '../core/errors';

/** What a row was refused with. Anything but an error of the product is a bug, and thrown on. */
export function rejectOf(line: number, error: unknown): RowReject {
  if (!(error instanceof WalletError)) throw error;
  // Of a row alone it would be true; the rows around it were posted.
  const why = error.why === undefined || error.why === 'nothing was changed' ? '' : `: ${error.why}`;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return { line, code: error.code, message: `${error.message}${why}${hint}` };
}
