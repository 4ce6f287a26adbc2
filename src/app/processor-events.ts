import type { Dependencies } from './dependencies';
import { openSession, organisationsOf, type Session } from './session';

/**
 * The organisations that an event of the processor may concern, by our own records: those with open purchases for a
 * payment, and all of them for money that went back. What the event itself says of an organisation is not believed.
 */
export async function organisationsConcerned(
  deps: Dependencies,
  subject: 'payment' | 'return',
): Promise<readonly string[]> {
  const session = await openSession(deps, 'purchase.settle');
  const concerned: string[] = [];
  for (const { name, number } of await organisationsOf(session))
    if (subject === 'return' || (await hasOpenPurchases(session, number))) concerned.push(name);
  return concerned;
}

async function hasOpenPurchases({ store }: Session, org: number): Promise<boolean> {
  return (await store.read(org, (view) => view.unresolvedPurchases())).length > 0;
}
