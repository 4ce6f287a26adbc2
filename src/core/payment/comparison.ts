import { type Credits, formatCredits, fromCents, toCents } from '../credits';
import { isUnresolved, type Payment, type PurchaseRecord } from './purchase';
import { type Dispute, holdsMoney, isOpenRefund, type Refund, type RefundRecord, refundOutcome } from './refund';

/** Where ledger and processor do not say the same about a purchase. */
export interface Mismatch {
  readonly purchase: string;
  readonly detail: string;
}

/**
 * Payments that took money for a purchase which the ledger does not know, or which has another payment: they were made
 * with our mark and credited to nobody.
 */
export function findOrphans(
  payments: readonly Payment[],
  known: ReadonlyMap<string, PurchaseRecord>,
): readonly Mismatch[] {
  return payments.filter(isTaken).flatMap((payment) => {
    const purchase = known.get(payment.purchase);
    // Without our mark it is somebody else's business with this customer; without an id here, it is under way.
    const isKnown = purchase !== undefined && (purchase.payment === null || purchase.payment === payment.id);
    if (payment.purchase === '' || isKnown) return [];
    const why = purchase === undefined ? 'no purchase here knows it' : `the purchase has ${purchase.payment}`;
    return [
      { purchase: payment.purchase, detail: `${payment.id} took ${amountOf(payment.receivedCents)} USD, and ${why}` },
    ];
  });
}

/** Purchases that ended otherwise than their payments did. What is still under way is left out. */
export function comparePayments(
  purchases: readonly PurchaseRecord[],
  payments: ReadonlyMap<string, Payment>,
  refunds: readonly Refund[],
): readonly Mismatch[] {
  const back = sums(refunds.filter((refund) => refundOutcome(refund) === 'succeeded'));
  return purchases
    .filter((purchase) => !isUnresolved(purchase))
    .flatMap((purchase) => {
      const payment = payments.get(purchase.payment ?? '');
      const detail = purchase.state === 'succeeded' ? paidFault(purchase, payment) : failedFault(payment, back);
      return detail === undefined ? [] : [{ purchase: purchase.id, detail }];
    });
}

function paidFault({ payment: id, credits }: PurchaseRecord, payment: Payment | undefined): string | undefined {
  if (payment === undefined) return `it is paid here, and the processor does not show ${id}`;
  if (!isTaken(payment)) return `it is paid here, and ${payment.id} is ${payment.status} there`;
  if (payment.receivedCents === toCents(credits)) return undefined;
  return `${formatCredits(credits)} were credited, and ${payment.id} took ${amountOf(payment.receivedCents)}`;
}

function failedFault(payment: Payment | undefined, back: ReadonlyMap<string, number>): string | undefined {
  if (payment === undefined || !isTaken(payment)) return undefined;
  if ((back.get(payment.id) ?? 0) >= payment.receivedCents) return undefined; // paid, and paid back in full
  return `it failed here, and ${payment.id} took ${amountOf(payment.receivedCents)} USD; wallet reconcile credits it`;
}

/** Payments of which another sum went back, by refunds or to the bank, than the ledger says. Open refunds are left out. */
export function compareReturns(
  purchases: readonly PurchaseRecord[],
  records: readonly RefundRecord[],
  there: { readonly refunds: readonly Refund[]; readonly disputes: readonly Dispute[] },
): readonly Mismatch[] {
  const open = new Set(records.filter(isOpenRefund).map(({ payment }) => payment));
  const settled = records.filter(({ state }) => state === 'succeeded');
  const refunded = sums(there.refunds.filter((refund) => refundOutcome(refund) === 'succeeded'));
  const disputed = sums(there.disputes.filter(holdsMoney));
  const here = (kinds: readonly string[]) =>
    sums(
      settled
        .filter(({ kind }) => kinds.includes(kind))
        .map((each) => ({ ...each, amountCents: toCents(each.credits) })),
    );
  const [ours, taken] = [here(['refund', 'elsewhere']), here(['dispute'])];
  return purchases
    .filter(({ state, payment }) => state === 'succeeded' && payment !== null && !open.has(payment))
    .flatMap(({ id, payment }) => [
      ...differ(id, 'were refunded', ours.get(payment ?? '') ?? 0, refunded.get(payment ?? '') ?? 0),
      ...differ(id, 'are disputed', taken.get(payment ?? '') ?? 0, disputed.get(payment ?? '') ?? 0),
    ]);
}

function differ(purchase: string, what: string, here: number, there: number): readonly Mismatch[] {
  if (here === there) return [];
  return [{ purchase, detail: `${amountOf(here)} ${what} here, and ${amountOf(there)} at the processor` }];
}

function sums(
  returns: readonly { readonly payment: string; readonly amountCents: number }[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { payment, amountCents } of returns) found.set(payment, (found.get(payment) ?? 0) + amountCents);
  return found;
}

function isTaken(payment: Payment): boolean {
  return payment.status === 'succeeded' && payment.receivedCents > 0;
}

function amountOf(cents: number): string {
  return formatCredits(fromCents(cents) as Credits);
}
