import { findOrphans, type Mismatch } from '../core/payment/comparison';
import { BILLING_ACCOUNT, type Payment, type PurchaseRecord } from '../core/payment/purchase';
import type { Dispute, Refund } from '../core/payment/refund';
import type { Instant } from '../core/time';
import type { Session } from './session';
import { settleLate } from './settlement-moves';

/** A payment is made after its purchase was written down; by clocks that may differ. */
const CLOCK_SLACK_MS = 3_600_000;

/** What the processor has of the organisation since then: its cards' payments, and the invoices that were asked for. */
export async function readPayments(
  session: Session,
  purchases: readonly PurchaseRecord[],
  since: Instant,
): Promise<readonly Payment[]> {
  const gateway = await session.gateway();
  const { customer } = session.org;
  const customers = new Set([...(customer === null ? [] : [customer]), ...purchases.map((each) => each.customer)]);
  const found: Payment[] = [];
  for (const each of customers) found.push(...(await gateway.listPayments(each, (since - CLOCK_SLACK_MS) as Instant)));
  for (const { paymentMethod, payment } of purchases) {
    if (paymentMethod !== BILLING_ACCOUNT || payment === null) continue;
    const answer = await gateway.retrieveInvoice(payment);
    if (answer.kind === 'payment') found.push(answer.payment);
  }
  return found;
}

/**
 * What went back since then, as of the payments or invoices that the purchases have: an invoice is paid by a payment of
 * the processor's own making, which is looked up where something went back that no purchase has.
 */
export async function readReturns(
  session: Session,
  purchases: readonly PurchaseRecord[],
  since: Instant,
): Promise<{ refunds: readonly Refund[]; disputes: readonly Dispute[] }> {
  const gateway = await session.gateway();
  const [refunds, disputes] = [await gateway.findRefunds({ since }), await gateway.findDisputes({ since })];
  const known = new Set(purchases.map(({ payment }) => payment));
  const onAccount = purchases.filter(({ paymentMethod }) => paymentMethod === BILLING_ACCOUNT);
  if ([...refunds, ...disputes].every(({ payment }) => known.has(payment))) return { refunds, disputes };
  const invoices = new Map<string, string>();
  for (const customer of new Set(onAccount.map((each) => each.customer)))
    for (const [payment, invoice] of await gateway.invoicePayments(customer)) invoices.set(payment, invoice);
  const owned = <T extends { readonly payment: string }>(each: T): T => ({
    ...each,
    payment: invoices.get(each.payment) ?? each.payment,
  });
  return { refunds: refunds.map(owned), disputes: disputes.map(owned) };
}

/**
 * Looks once more at what had ended: a payment that took money although its purchase failed is credited after all, and
 * one that belongs to no purchase is a mismatch, for a person to look at.
 */
export async function reconcilePayments(
  session: Session,
  since: Instant,
): Promise<{ late: readonly PurchaseRecord[]; mismatches: readonly Mismatch[] }> {
  const payments = await readPayments(session, [], since);
  const known = await knownPurchases(session);
  const late: PurchaseRecord[] = [];
  for (const payment of payments) {
    const purchase = known.get(payment.purchase);
    if (payment.status !== 'succeeded' || purchase?.state !== 'failed') continue;
    const settled = await settleLate(session, purchase, payment);
    if (settled !== undefined) late.push(settled);
  }
  return { late, mismatches: findOrphans(payments, known) };
}

/** Read after the processor was: what was bought meanwhile is known. */
export async function knownPurchases(session: Session): Promise<ReadonlyMap<string, PurchaseRecord>> {
  const all = await session.store.read(session.org.number, (view) => view.records.purchases.list());
  return new Map(all.map((purchase) => [purchase.id, purchase]));
}
