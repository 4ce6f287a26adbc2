import { toCents } from '../core/credits';
import { WalletError } from '../core/errors';
import type { PurchaseRecord } from '../core/payment/purchase';
import { withFailure } from '../core/payment/purchase-steps';
import { refundOutcome } from '../core/payment/refund';
import type { PaymentGateway } from '../ports/payment-gateway';
import type { Session } from './session';
import { callsFor } from './settlement-calls';
import { move, settleLate } from './settlement-moves';

/**
 * Ends a purchase that was parked for people, by what the processor shows now: credited where the payment proves itself
 * after all, failed where it is cancelled (and cancelled where it still can be) or was paid back in full. Everything else
 * throws `invalid_state`: nobody's word is enough to make credits of money that does not match.
 */
export async function settleReview(
  session: Session,
  gateway: PaymentGateway,
  purchase: PurchaseRecord,
): Promise<PurchaseRecord> {
  if (purchase.payment === null) throw undecided(purchase, 'it has no payment at the processor');
  const calls = await callsFor(session, gateway, purchase);
  const seen = await calls.retrieve(purchase.payment);
  if (seen.kind !== 'payment') throw undecided(purchase, 'the processor does not show its payment');
  const settled = await settleLate(session, purchase, seen.payment);
  if (settled !== undefined) return settled;
  if (await isNothingKept(gateway, purchase.payment, seen.payment.receivedCents, seen.payment.status))
    return fail(session, purchase);
  const closed = seen.payment.status.startsWith('requires_') ? await calls.cancel(purchase.payment) : seen;
  if (closed.kind === 'payment' && closed.payment.status === 'canceled') return fail(session, purchase);
  const asked = `it is ${seen.payment.status} over ${seen.payment.amountCents} ${seen.payment.currency} cents`;
  throw undecided(purchase, `${asked}, and ${toCents(purchase.credits)} usd cents were asked for`);
}

async function isNothingKept(gateway: PaymentGateway, payment: string, receivedCents: number, status: string) {
  if (status === 'canceled') return true;
  if (status !== 'succeeded' || receivedCents === 0) return false;
  const refunds = (await gateway.findRefunds({ payment })).filter((each) => refundOutcome(each) === 'succeeded');
  return refunds.reduce((sum, { amountCents }) => sum + amountCents, 0) >= receivedCents;
}

function fail(session: Session, purchase: PurchaseRecord): Promise<PurchaseRecord> {
  return move(session, purchase, 'purchase.fail', (current) => withFailure(current, session.now()));
}

function undecided(purchase: PurchaseRecord, why: string): WalletError {
  return new WalletError('invalid_state', `the processor does not say yet what became of ${purchase.id}`, {
    why,
    hint: 'refund or cancel the payment in full at the processor, then run this again',
    details: { purchase: purchase.id, payment: purchase.payment },
  });
}
