import { add, type Credits, subtract, ZERO } from '../credits';
import type { Instant } from '../time';
import type { EntryDraft } from './draft';
import { effectOnHeld, effectOnPosted, effectOnPostpaid, OVERDRAFT } from './entry';

/** The kept balances of one organisation: what every write leaves behind and `verify` recomputes from the log. */
export interface WalletState {
  readonly posted: Credits;
  readonly held: Credits;
  /** Drawn beyond all grants and not yet paid back: overdraft used, or the shortfall a chargeback left. */
  readonly overdrawn: Credits;
  readonly overdraftLimit: Credits;
  /** What postpaid usage has added to invoices. */
  readonly postpaid: Credits;
  /** The last entry's number; 0 before the first. */
  readonly seq: number;
  /** When the last entry was written: the log's own clock never runs backwards. */
  readonly recordedAt: Instant;
}

export const EMPTY_WALLET: WalletState = {
  posted: ZERO,
  held: ZERO,
  overdrawn: ZERO,
  overdraftLimit: ZERO,
  postpaid: ZERO,
  seq: 0,
  recordedAt: 0 as Instant,
};

/** The balances while entries are made: the journal's own. */
export type KeptWallet = { -readonly [K in keyof WalletState]: WalletState[K] };

/** Brings the balances in step with the entry that is being made, and takes its number. */
export function applyDraft(wallet: KeptWallet, draft: EntryDraft, at: Instant): void {
  const held = effectOnHeld(draft);
  wallet.posted = add(wallet.posted, effectOnPosted(draft));
  wallet.held = add(wallet.held, held);
  wallet.postpaid = add(wallet.postpaid, effectOnPostpaid(draft));
  wallet.seq += 1;
  wallet.recordedAt = at;
  if (held !== 0) return; // A hold on overdraft credits overdraws nothing until it is captured.
  for (const draw of draft.draws) {
    if (draw.grant === OVERDRAFT) wallet.overdrawn = subtract(wallet.overdrawn, draw.amount);
  }
}
