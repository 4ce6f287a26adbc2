import type { Balance } from '../contract/credit';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { presentBalance } from './present-balance';
import { readLedger, type Session } from './session';

/** The balance now: what has lapsed is gone from it, whether or not a write has booked that yet. */
export async function balance(deps: Dependencies): Promise<{ balance: Balance }> {
  return readLedger(deps, 'credit.read', async (view, session) => {
    const due = await view.hasDue(session.now());
    const wallet = due ? await settledWallet(view, session) : await view.wallet();
    return { balance: presentBalance(session, wallet) };
  });
}

/** What settles is loaded only where something is due: most balances need none of it. */
async function settledWallet(view: LedgerView, session: Session) {
  const { settledJournal } = await import('./ledger');
  return (await settledJournal(view, session)).journal.wallet;
}
