import type { Payment } from '../../core/payment/purchase';
import type { Dispute, Refund } from '../../core/payment/refund';
import { digest } from '../system';
import type { SandboxInvoice, SandboxPayment, SandboxRecords, SandboxRefund } from './sandbox-records';

const DAY_MS = 86_400_000;
/** Of Stripe's test cards, those that go wrong after the payment. */
const REFUND_FAILS = 'pm_card_refundFail';
const REFUND_WAITS = 'pm_card_pendingRefund';
const DISPUTES = ['pm_card_createDispute', 'pm_card_createDisputeInquiry'];

/** The refund as it is made: on its way, or done. Undefined where less is left of the payment. */
export async function newRefund(
  records: SandboxRecords,
  payment: SandboxPayment,
  refund: { refund: string; amountCents: number; key: string; now: number },
): Promise<SandboxRefund | undefined> {
  const earlier = (await records.all('refund')).filter((each) => each.payment === payment.id);
  const refunded = earlier.reduce((sum, each) => sum + (each.status === 'failed' ? 0 : each.amountCents), 0);
  if (refunded + refund.amountCents > payment.receivedCents) return undefined;
  const token = await tokenOf(records, payment);
  return {
    id: `re_sandbox_${digest([refund.key]).slice(0, 24)}`,
    payment: payment.id,
    amountCents: refund.amountCents,
    status: token === REFUND_WAITS ? 'pending' : 'succeeded',
    refund: refund.refund,
    failure: null,
    token,
    createdAt: refund.now,
  };
}

/** Reading a refund brings it forward: a waiting one arrives, one to a card that can't take it comes back. */
export function readRefund(refund: SandboxRefund): SandboxRefund {
  if (refund.token === REFUND_WAITS) return { ...refund, status: 'succeeded' };
  return refund.token === REFUND_FAILS ? { ...refund, status: 'failed', failure: 'expired_or_canceled_card' } : refund;
}

export function shownRefund({ id, payment, amountCents, status, refund, failure }: SandboxRefund): Refund {
  return { id, payment, amountCents, status, refund, failure };
}

/** Payments with the cards that are disputed: the bank has the money from the start. */
export async function disputesSince(records: SandboxRecords, since: number): Promise<readonly Dispute[]> {
  const found: Dispute[] = [];
  for (const payment of await records.all('payment')) {
    if (payment.status !== 'succeeded' || payment.createdAt < since) continue;
    const token = await tokenOf(records, payment);
    if (!DISPUTES.includes(token)) continue;
    const status = token === DISPUTES[0] ? 'needs_response' : 'warning_needs_response';
    const id = `dp_sandbox_${digest([payment.id]).slice(0, 24)}`;
    found.push({ id, payment: payment.id, amountCents: payment.amountCents, status, refundable: false });
  }
  return found;
}

/** An invoice of the sandbox is paid when it is due: nobody is there to pay it sooner. */
export function invoicePayment(invoice: SandboxInvoice, now: number): Payment {
  const { id, amountCents, customer, purchase } = invoice;
  const isPaid =
    invoice.status === 'open' && invoice.sentAt !== null && now >= invoice.sentAt + invoice.netDays * DAY_MS;
  const status = { draft: 'requires_confirmation', open: 'processing', void: 'canceled' }[invoice.status];
  return {
    id,
    status: isPaid ? 'succeeded' : status,
    amountCents,
    receivedCents: isPaid ? amountCents : 0,
    currency: 'usd',
    customer,
    live: false,
    purchase,
  };
}

async function tokenOf(records: SandboxRecords, payment: SandboxPayment): Promise<string> {
  const card = payment.paymentMethod === null ? undefined : await records.find('card', payment.paymentMethod);
  return card?.token ?? '';
}
