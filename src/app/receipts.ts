import type { Receipt } from '../contract/purchases';
import { formatCredits, subtract } from '../core/credits';
import { WalletError } from '../core/errors';
import type { CardRecord } from '../core/payment/card';
import { BILLING_ACCOUNT, type PurchaseRecord, publicStatus } from '../core/payment/purchase';
import type { RefundRecord } from '../core/payment/refund';
import { formatInstant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import type { BillingRecord } from '../ports/record-types';
import type { Dependencies } from './dependencies';
import { presentPurchase } from './present';
import { requirePurchase } from './purchase-records';
import { readLedger, type Session } from './session';

/** What was paid, by whom and with what. Throws `invalid_state` for a purchase that was not paid. */
export async function showReceipt(deps: Dependencies, request: { id: string }): Promise<{ receipt: Receipt }> {
  return readLedger(deps, 'purchase.read', async (view, session) => {
    const purchase = await requirePurchase(view, request.id);
    if (purchase.entry === null || purchase.settledAt === null) throw unpaid(purchase);
    const returns = (await view.records.refunds.list({ purchase: purchase.id })).filter(
      ({ state }) => state === 'succeeded',
    );
    const { id, transaction, provider, providerReference, memo } = presentPurchase(session, purchase);
    return {
      receipt: {
        // The number of the entry: the organisation's own, and the same whenever the receipt is written.
        number: `RCT-${String(purchase.entry).padStart(6, '0')}`,
        purchase: id,
        org: session.org.name,
        status: publicStatus(purchase),
        paidAt: formatInstant(purchase.settledAt),
        orderedAt: formatInstant(purchase.createdAt),
        currency: 'USD',
        ...(await payerOf(view, session, purchase)),
        lines: [{ description: await describe(view, purchase), amount: formatCredits(purchase.credits) }],
        total: formatCredits(purchase.credits),
        returns: returns.map(presentReturn),
        refunded: formatCredits(purchase.refunded),
        kept: formatCredits(returns.reduce((left, { credits }) => subtract(left, credits), purchase.credits)),
        transaction,
        provider,
        providerReference,
        memo: purchase.trigger === 'invoice' ? null : memo,
        sandbox: session.info.mode === 'sandbox',
      },
    };
  });
}

type Payer = Pick<Receipt, 'paidWith' | 'payer'>;

/** Who paid: as the card or the billing account says it, else as the organisation does. Removed cards are on record. */
async function payerOf(view: LedgerView, session: Session, purchase: PurchaseRecord): Promise<Payer> {
  if (purchase.paymentMethod === BILLING_ACCOUNT) return accountPayer(session, (await view.records.billing.list())[0]);
  // A page asks for a card of its own, which stays with the processor.
  if (purchase.hosted !== null) return { ...cardPayer(session, undefined), paidWith: "the card processor's page" };
  return cardPayer(session, await view.records.cards.find(purchase.paymentMethod));
}

function accountPayer({ org }: Session, account: BillingRecord | undefined): Payer {
  const order = account?.purchaseOrder ?? null;
  return {
    paidWith: order === null ? 'an invoice' : `an invoice, PO number ${order}`,
    payer: { name: org.name, email: account?.email ?? org.email, address: null },
  };
}

function cardPayer({ org }: Session, card: CardRecord | undefined): Payer {
  return {
    paidWith: card === undefined ? 'a card' : `${card.brand} ending ${card.last4}`,
    payer: { name: card?.name ?? org.name, email: card?.email ?? org.email, address: card?.address ?? null },
  };
}

async function describe(view: LedgerView, { trigger, memo }: PurchaseRecord): Promise<string> {
  if (trigger !== 'invoice') return trigger === 'recharge' ? 'Prepaid credits (auto top-up)' : 'Prepaid credits';
  const invoice = await view.records.invoices.find(memo ?? '');
  return invoice === undefined
    ? 'Postpaid services'
    : `Postpaid services, invoice INV-${String(invoice.number).padStart(6, '0')} for ${invoice.period}`;
}

function presentReturn({ id, kind, credits, settledAt, createdAt }: RefundRecord): Receipt['returns'][number] {
  return { id, kind, amount: formatCredits(credits), at: formatInstant(settledAt ?? createdAt) };
}

function unpaid(purchase: PurchaseRecord): WalletError {
  return new WalletError('invalid_state', `there is no receipt for ${purchase.id}`, {
    why: `it is ${publicStatus(purchase)}: nothing was paid`,
    hint: `wallet purchase show ${purchase.id}`,
    details: { purchase: purchase.id, status: publicStatus(purchase) },
  });
}
