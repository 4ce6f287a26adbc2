import { WalletError } from '../../core/errors';
import type { SqlConnection } from './sql-driver';

/** The answer to every change in a ledger that lives elsewhere now. */
export function movedAway(place: string): WalletError {
  return new WalletError('invalid_state', `this ledger was moved to ${place}, and takes no changes here`, {
    why: 'what is changed here would be missing there; nothing was changed, and reading goes on',
    hint: `name the ledger that is used now: --ledger ${place}, or WALLET_LEDGER`,
    details: { movedTo: place },
  });
}

/** Throws `invalid_state` for what a migration has begun to fill: the log comes first, its organisations at the end. */
export async function requireFinished(connection: SqlConnection): Promise<void> {
  const begun = `SELECT number FROM audit WHERE NOT EXISTS (SELECT 1 FROM organisations)
    AND NOT EXISTS (SELECT 1 FROM ledger) LIMIT 1`;
  if ((await connection.get(begun)) === undefined) return;
  throw new WalletError('invalid_state', 'a ledger is on its way here, and has not arrived', {
    why: 'wallet migrate was interrupted, or is still running',
    hint: 'run the same `wallet migrate --to` again: it goes on where it was',
  });
}
