import { formatCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { isFinal, shownCode } from '../core/payment/decline';
import type { PurchaseRecord } from '../core/payment/purchase';
import { refuseSecrets } from '../core/text';
import type { LedgerView } from '../ports/ledger-view';

/** Throws `unknown_purchase`. */
export async function requirePurchase(view: LedgerView, id: string): Promise<PurchaseRecord> {
  const purchase = await view.records.purchases.find(id);
  if (purchase !== undefined) return purchase;
  refuseSecrets(id, 'purchase id');
  throw new WalletError('unknown_purchase', `there is no purchase ${JSON.stringify(id.slice(0, 60))}`, {
    why: 'nothing was changed',
    hint: 'wallet purchase list',
    details: { purchase: id.slice(0, 60) },
  });
}

/** Throws what became of a purchase that did not succeed; `doubt` is why the processor gave no certain answer. */
export function requireSuccess(purchase: PurchaseRecord, replayed: boolean, doubt: string | null): void {
  if (purchase.state === 'succeeded') return;
  const details = { purchase: purchase.id, ...(replayed ? { replayed: true } : {}) };
  if (purchase.state === 'needs_person') throw needsPerson(purchase, details);
  if (purchase.state !== 'failed') {
    throw new WalletError('payment_pending', `the outcome of purchase ${purchase.id} is not known yet`, {
      why: `${doubt ?? 'the card processor has not said whether it was paid'}; it is on record and is never charged twice`,
      hint: purchase.state === 'needs_review' ? `wallet purchase show ${purchase.id}` : 'wallet reconcile',
      details,
    });
  }
  const attempt = purchase.attempts.at(-1);
  const why = `${purchase.failure?.message ?? 'the payment failed'}; nothing was charged and no credits were added`;
  const facts = {
    why,
    details: {
      ...details,
      declineCode: attempt?.declineCode == null ? null : shownCode(attempt.declineCode),
      card: attempt?.card ?? null,
    },
  };
  if (purchase.failure?.code === 'authentication_required') {
    throw new WalletError('authentication_required', 'the bank asks the card holder to authenticate', {
      ...facts,
      hint: 'wallet buy CREDITS --card ANOTHER, or wallet card add',
    });
  }
  if (attempt?.outcome === 'declined' && purchase.failure?.code === 'card_declined')
    throw new WalletError('card_declined', 'the card was declined', {
      ...facts,
      hint: isFinal(attempt)
        ? `wallet card edit ${attempt.card}, or another one: wallet card add`
        : 'wallet card list, then wallet buy CREDITS --card ANOTHER',
    });
  throw new WalletError('payment_failed', 'the payment failed', {
    ...facts,
    hint: `wallet purchase show ${purchase.id}`,
  });
}

function needsPerson(purchase: PurchaseRecord, details: Record<string, unknown>): WalletError {
  return new WalletError('authentication_required', 'the bank asks the card holder to authenticate', {
    why: 'nothing was charged, and nothing is tried again without a person',
    hint: `wallet purchase resolve ${purchase.id}, or wallet buy CREDITS --card ANOTHER`,
    details: { ...details, ...(purchase.hosted === null ? {} : { url: purchase.hosted.url }) },
  });
}

export function unresolved(purchase: PurchaseRecord): WalletError {
  return new WalletError(
    'payment_pending',
    `purchase ${purchase.id} of ${formatCredits(purchase.credits)} is not resolved yet`,
    {
      why: 'a second one might charge you twice for the same thing; nothing was charged now',
      hint: 'wallet reconcile; or, if you want both, the same command with --new',
      details: { purchase: purchase.id },
    },
  );
}

export function noCard(): WalletError {
  return new WalletError('no_payment_method', 'there is no usable card on file', {
    why: 'nothing was charged',
    hint: 'wallet card add',
  });
}

export function unusable(id: string): WalletError {
  return new WalletError('no_payment_method', `card ${id} can not be charged`, {
    why: 'it has expired or is not verified',
    hint: `wallet card show ${id}`,
    details: { card: id },
  });
}

export function noBillingAccount(): WalletError {
  return new WalletError('no_payment_method', 'there is no billing account', {
    why: 'an invoice needs an address to go to and a time to be paid in',
    hint: 'wallet billing account set --email E --net-days N',
  });
}
