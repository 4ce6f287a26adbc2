import { WalletError } from '../core/errors';

/**
 * What is on record and under way when the ledger can not be written any more is not undone: its outcome is open. For
 * `catch`, in place of an error that says that nothing was changed; throws `payment_pending`, or what is anything else.
 */
export function asPending(what: 'purchase' | 'refund', purchase: string): (error: unknown) => never {
  return (error) => {
    const isUnwritten =
      error instanceof WalletError && (error.code === 'ledger_busy' || error.code === 'ledger_unavailable');
    if (!isUnwritten) throw error;
    throw new WalletError('payment_pending', `the outcome of the ${what} ${purchase} is not known yet`, {
      why: `the ledger could not be written on the way (${error.message}); it is on record and never done twice`,
      hint: 'once the ledger can be written: wallet reconcile',
      details: { purchase },
      cause: error,
    });
  };
}
