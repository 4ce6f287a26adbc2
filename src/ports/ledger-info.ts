import type { Instant } from '../core/time';

/** What a ledger remembers of itself: a key of another provider, mode or account is refused. */
export interface LedgerInfo {
  readonly instance: string;
  readonly provider: 'sandbox' | 'stripe';
  readonly mode: 'sandbox' | 'test' | 'live';
  /** The processor's id of the account; null where there is none, or where the key may not ask. */
  readonly account: string | null;
  readonly createdAt: Instant;
}
