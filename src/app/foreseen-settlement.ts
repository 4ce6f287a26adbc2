import type { Changed } from '../contract/calls';
import type { ReconcileResult } from '../contract/purchases';
import { findOrphans } from '../core/payment/comparison';
import { BILLING_ACCOUNT, isUnresolved, type PurchaseRecord } from '../core/payment/purchase';
import { provesSuccess } from '../core/payment/purchase-steps';
import type { PaymentGateway } from '../ports/payment-gateway';
import type { Dependencies } from './dependencies';
import { presentPurchase, presentRefund } from './present';
import { knownPurchases, readPayments } from './processor-books';
import { lookBack } from './refunds';
import { openSession } from './session';
import { asUnknown } from './settlement-calls';

/**
 * What a reconciliation would book as things stand: the processor is only read, and nothing is written. What is pending
 * here would be taken further by the run itself, whose payment may not have been made yet.
 */
export async function foreseeReconciliation(deps: Dependencies): Promise<Changed & ReconcileResult> {
  const session = await openSession(deps, 'purchase.settle');
  const gateway = await session.gateway();
  const { open, refunds } = await session.store.read(session.org.number, async (view) => ({
    open: await view.unresolvedPurchases(),
    refunds: await view.openRefunds(),
  }));
  const seen: PurchaseRecord[] = [];
  for (const purchase of open) seen.push(await lookAt(gateway, purchase));
  const isOpen = open.length + refunds.length > 0;
  // As in the run: where something is open anyway, a processor that can't be read only leaves it so.
  const payments = (await readPayments(session, [], lookBack(session)).catch(isOpen ? asUnknown : undefined)) ?? [];
  const known = await knownPurchases(session);
  const late = payments.flatMap((payment) => {
    const purchase = known.get(payment.purchase);
    const isLate = payment.status === 'succeeded' && purchase?.state === 'failed';
    return isLate ? [{ ...purchase, state: 'succeeded' as const }] : [];
  });
  const present = (purchases: readonly PurchaseRecord[]) => purchases.map((each) => presentPurchase(session, each));
  return {
    settled: present([...seen.filter((purchase) => !isUnresolved(purchase)), ...late]),
    pending: present(seen.filter(isUnresolved)),
    refunds: refunds.map((refund) => presentRefund(refund)),
    mismatches: [
      ...seen
        .filter(({ state }) => state === 'needs_review')
        .map(({ id, failure }) => ({ purchase: id, detail: failure?.message ?? 'to be reviewed' })),
      ...findOrphans(payments, known),
    ],
    dryRun: true,
  };
}

/** The purchase as its payment would leave it. */
async function lookAt(gateway: PaymentGateway, purchase: PurchaseRecord): Promise<PurchaseRecord> {
  const { payment, paymentMethod, state } = purchase;
  if (payment === null || state === 'needs_review') return purchase;
  const reading =
    paymentMethod === BILLING_ACCOUNT ? gateway.retrieveInvoice(payment) : gateway.retrievePayment(payment);
  const answer = await reading.catch(asUnknown);
  if (answer?.kind !== 'payment') return purchase;
  if (provesSuccess(purchase, answer.payment)) return { ...purchase, state: 'succeeded', failure: null };
  return answer.payment.status === 'canceled' ? { ...purchase, state: 'failed' } : purchase;
}
