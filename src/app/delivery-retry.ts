import type { Delivery } from '../contract/alerts';
import type { Changed, ChangeOptions } from '../contract/calls';
import type { DeliveryRecord } from '../core/alert';
import { quote } from '../core/credits';
import { revived } from '../core/delivery';
import { WalletError } from '../core/errors';
import type { LedgerView } from '../ports/ledger-view';
import { presentDelivery } from './alerts';
import { change } from './command';
import { deliver } from './deliveries';
import type { Dependencies } from './dependencies';
import { openSession } from './session';

/**
 * Sends again what was given up, at once and under the same ids: one delivery, or all of them. What does not arrive now
 * is tried as often as if it were new. Throws `unknown_alert`, and `invalid_state` for what was not given up.
 */
export async function retryDeliveries(
  deps: Dependencies,
  request: ChangeOptions & { id?: string },
): Promise<Changed & { deliveries: readonly Delivery[] }> {
  const facts = {
    operation: 'alert.change',
    action: 'alert.retry',
    subject: request.id ?? 'what was given up',
  } as const;
  const { ids, ...done } = await change(deps, facts, request, async (unit, session) => {
    const dead = request.id === undefined ? await allDead(unit) : [await requireDead(unit, request.id)];
    for (const delivery of dead) await unit.records.deliveries.update(revived(delivery, session.now()));
    return { ids: dead.map(({ id }) => id) };
  });
  const session = await openSession(deps, 'alert.change');
  if (done.dryRun !== true && done.replayed !== true && ids.length > 0) await deliver(session);
  return session.store.read(session.org.number, async (view) => {
    const deliveries: Delivery[] = [];
    for (const id of ids) {
      const delivery = await view.records.deliveries.find(id);
      if (delivery !== undefined) deliveries.push(presentDelivery(delivery));
    }
    return { deliveries, ...done };
  });
}

function allDead(view: LedgerView): Promise<readonly DeliveryRecord[]> {
  return view.records.deliveries.list({ state: 'dead' });
}

async function requireDead(view: LedgerView, id: string): Promise<DeliveryRecord> {
  const delivery = await view.records.deliveries.find(id);
  if (delivery === undefined)
    throw new WalletError('unknown_alert', `there is no delivery ${quote(id)}`, {
      why: 'no message has that id',
      hint: 'wallet status, or wallet alert history --json',
      details: { delivery: id.slice(0, 60) },
    });
  if (delivery.state === 'dead') return delivery;
  throw new WalletError('invalid_state', `${id} was not given up`, {
    why: delivery.state === 'delivered' ? 'it has arrived' : 'it is tried again by itself',
    hint: 'wallet alert check',
    details: { delivery: id, status: delivery.state },
  });
}
