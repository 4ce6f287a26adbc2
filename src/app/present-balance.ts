import type { Balance } from '../contract/credit';
import { formatCredits, subtract } from '../core/credits';
import type { WalletState } from '../core/ledger/wallet-state';
import { formatInstant } from '../core/time';
import type { Session } from './session';

/** The wallet's balance as callers see it. */
export function presentBalance(session: Session, wallet: WalletState): Balance {
  return {
    org: session.org.name,
    currency: 'USD',
    posted: formatCredits(wallet.posted),
    held: formatCredits(wallet.held),
    available: formatCredits(subtract(wallet.posted, wallet.held)),
    overdraftLimit: formatCredits(wallet.overdraftLimit),
    asOf: formatInstant(session.now()),
    sandbox: session.info.mode === 'sandbox',
  };
}
