import { assert } from '../core/errors';
import { ACCOUNTS } from '../core/ledger/chart';
import type { Entry } from '../core/ledger/entry';
import type { Journal } from '../core/ledger/journal';
import type { PurchaseRecord } from '../core/payment/purchase';
import type { LedgerUnit } from '../ports/ledger-unit';

/** What the card paid goes to the invoice and brings no credits; invoice and payment are settled in one write. */
export async function payInvoiceIn(unit: LedgerUnit, journal: Journal, purchase: PurchaseRecord): Promise<Entry> {
  const invoice = await unit.records.invoices.find(purchase.memo ?? '');
  assert(invoice !== undefined && invoice.total === purchase.credits, 'an invoice is charged to the cent');
  const entry = journal.enter({
    type: 'payment',
    occurredAt: journal.at,
    debit: ACCOUNTS.postpaid,
    credit: ACCOUNTS.processor,
    amount: purchase.credits,
    draws: [],
    reference: purchase.id,
  });
  await unit.records.invoices.update({ ...invoice, state: 'paid', purchase: purchase.id, paidAt: journal.at });
  return entry;
}
