import { assert } from '../core/errors';
import { makeId } from '../core/ids';
import { type HostedPage, mayResend, type PurchaseRecord } from '../core/payment/purchase';
import { withFailure, withSubstitute } from '../core/payment/purchase-steps';
import type { PaymentGateway } from '../ports/payment-gateway';
import { raisePaymentPage } from './payment-page-notice';
import type { Session } from './session';
import { describe } from './settlement-calls';
import { believe, move, transition } from './settlement-moves';

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

/** The card holder has to act: the payment is cancelled, and only behind that fence comes the one with a page. */
export function replaceByPage(session: Session, purchase: PurchaseRecord): Promise<PurchaseRecord> {
  const id = makeId('pur', session.now(), session.deps.system.random());
  return move(session, purchase, 'purchase.replace', (current) => withSubstitute(current, id));
}

/**
 * Opens the page that a person pays on. The same key answers the same page, so a crash in between makes no second one.
 * Where that key has become too old, nobody was ever told of a page.
 */
export async function openPaymentPage(
  session: Session,
  gateway: PaymentGateway,
  purchase: PurchaseRecord,
): Promise<PurchaseRecord | undefined> {
  const { id, customer, credits, createdAt } = purchase;
  if (gateway.hosted === null || session.now() < createdAt) return undefined;
  if (!mayResend(createdAt, session.now()))
    return move(session, purchase, 'purchase.fail', (p) => withFailure(p, session.now()));
  const request = { purchase: id, org: session.org.id, customer, credits, description: describe(session) };
  const hosted = await gateway.hosted.openPayment(request, `${id}:page`);
  return transition(session, purchase, 'purchase.page', async (unit, current) => {
    assert(current.state === 'needs_person', 'a page is opened for a person');
    if (current.trigger === 'recharge') await raisePaymentPage(unit, session, current, hosted);
    return { ...current, hosted };
  });
}
