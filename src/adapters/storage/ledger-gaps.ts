import { WalletError } from '../../core/errors';

/** The answer where a ledger that has writes in it lacks a row that they need. */
export function rowRemoved(table: string): WalletError {
  return new WalletError('integrity_failure', `a row of ${table} was removed by hand`, {
    why: 'the ledger has writes in it, and not what they were written to',
    hint: 'restore the newest backup: wallet restore FILE',
  });
}

/** The answer where nothing was written yet. */
export function notInitialised(): WalletError {
  return new WalletError('not_initialised', 'the ledger has no organisation yet', {
    why: 'a ledger starts with its first organisation',
    hint: 'wallet init --org NAME',
  });
}
