import type { Changed } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { RechargeDue } from '../contract/recharge';
import type { Transaction } from '../contract/transactions';
import { assert } from '../core/errors';
import { locateTransaction } from '../core/ids';
import type { Keeping } from './command';
import { presentTransaction } from './present';
import { type BalanceFigures, balanceOf } from './present-balance';

/** What the posting of one event is answered with. */
export type Recorded = Changed & {
  transaction: Transaction;
  balance: Balance;
  recharge: RechargeDue;
  duplicate?: true;
};

interface Kept extends BalanceFigures {
  /** Its id. */
  readonly transaction: string;
  readonly due: boolean;
  readonly duplicate?: true;
}

/** A key keeps what the log does not say of the answer: the whole would be half of all that a posting writes, for ever. */
export const RECORDED_USAGE: Keeping<Recorded> = {
  keep({ transaction, balance, recharge, duplicate }) {
    const { posted, held, available, overdraftLimit, asOf } = balance;
    const { id } = transaction;
    const kept: Kept = { transaction: id, posted, held, available, overdraftLimit, asOf, due: recharge.due };
    return JSON.stringify(duplicate === undefined ? kept : { ...kept, duplicate });
  },

  async recall(kept, view, session) {
    const { transaction, due, duplicate, ...figures } = JSON.parse(kept) as Kept;
    const place = locateTransaction(transaction, session.org.tag);
    const [entry] = place === undefined ? [] : await view.entries([place.seq]);
    assert(entry !== undefined, 'what a key was answered with stands in the log');
    return {
      transaction: presentTransaction(session, entry),
      balance: balanceOf(session, figures),
      recharge: { due },
      ...(duplicate === undefined ? {} : { duplicate }),
    };
  },
};
