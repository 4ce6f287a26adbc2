import { BILLING_ACCOUNT } from '../core/payment/purchase';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { openSession, organisationsOf } from './session';

/** What an event tells to look at: what is open; or money that went back, of that payment if it is named. */
type Concern = { readonly kind: 'payment' } | { readonly kind: 'return'; readonly payment: string | undefined };

/**
 * The organisations that an event of the processor may concern, by our own records: those with open purchases for a
 * payment; for money that went back the owner of the payment, and whoever bought on account, as an invoice is paid by a
 * payment of the processor's making. What the event says of it all is not believed: it only says where to look.
 */
export async function organisationsConcerned(deps: Dependencies, concern: Concern): Promise<readonly string[]> {
  const session = await openSession(deps, 'purchase.settle');
  const concerned: string[] = [];
  for (const { name, number } of await organisationsOf(session))
    if (await session.store.read(number, (view) => isConcerned(view, concern))) concerned.push(name);
  return concerned;
}

async function isConcerned(view: LedgerView, concern: Concern): Promise<boolean> {
  if (concern.kind === 'payment') return (await view.unresolvedPurchases()).length > 0;
  if (concern.payment === undefined) return true;
  const owned = await view.records.purchases.list({ payment: concern.payment }, { limit: 1 });
  if (owned.length > 0) return true;
  return (
    (await view.records.purchases.list({ paymentMethod: BILLING_ACCOUNT, state: 'succeeded' }, { limit: 1 })).length > 0
  );
}
