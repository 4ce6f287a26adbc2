import type { Balance } from '../contract/credit';
import { formatCredits, subtract } from '../core/credits';
import type { WalletState } from '../core/ledger/wallet-state';
import { formatInstant } from '../core/time';
import type { Session } from './session';

/** What of a balance changes from one moment to the next. */
export type BalanceFigures = Pick<Balance, 'posted' | 'held' | 'available' | 'overdraftLimit' | 'asOf'>;

/** The wallet's balance as callers see it. */
export function presentBalance(session: Session, wallet: WalletState): Balance {
  return balanceOf(session, {
    posted: formatCredits(wallet.posted),
    held: formatCredits(wallet.held),
    available: formatCredits(subtract(wallet.posted, wallet.held)),
    overdraftLimit: formatCredits(wallet.overdraftLimit),
    asOf: formatInstant(session.now()),
  });
}

/** The balance that has these figures. */
export function balanceOf({ org, info }: Session, figures: BalanceFigures): Balance {
  const { posted, held, available, overdraftLimit, asOf } = figures;
  const sandbox = info.mode === 'sandbox';
  return { org: org.name, currency: 'USD', posted, held, available, overdraftLimit, asOf, sandbox };
}
