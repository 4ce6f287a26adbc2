import type { HostedPage, PurchaseRecord } from '../core/payment/purchase';
import { withFailure } from '../core/payment/purchase-steps';
import type { HostedPages, PaymentGateway, PaymentRequest } from '../ports/payment-gateway';
import type { Session } from './session';
import { believe, move } from './settlement-moves';

/**
 * A purchase that a person pays on the processor's page: nothing is charged by us, the page's outcome is read. A page
 * that expired, or was closed by a cancel, can't be paid any more.
 */
export async function driveHosted(
  session: Session,
  gateway: PaymentGateway,
  purchase: PurchaseRecord,
  page: HostedPage,
): Promise<PurchaseRecord | undefined> {
  const pages = gateway.hosted;
  if (pages === null) return undefined;
  if (purchase.failure?.code === 'cancelled') await pages.expire(page.session, `${purchase.id}:expire`);
  const outcome = await pages.read(page.session);
  if (outcome.status === 'expired')
    return move(session, purchase, 'purchase.fail', (p) => withFailure(p, session.now()));
  if (outcome.payment === null || outcome.status === 'open') return undefined;
  return believe(session, purchase, await gateway.retrievePayment(outcome.payment));
}

/** Opens the page. The same key answers the same page, so a crash in between makes no second one. */
export function openPaymentPage(pages: HostedPages, request: PaymentRequest): Promise<HostedPage> {
  return pages.openPayment(request, `${request.purchase}:page`);
}
