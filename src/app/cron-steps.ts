import type { ChangeOptions } from '../contract/calls';
import { addMonths, monthOf } from '../core/date';
import { Abandon } from '../ports/store';
import { checkAlerts, lookAround } from './alert-check';
import { deliver } from './deliveries';
import type { Dependencies } from './dependencies';
import { runInvoices } from './invoices';
import { openJournal } from './ledger';
import { reconcile } from './purchases';
import { check } from './recharge-check';
import { openSession } from './session';

/** What a step did: `nothing` says that nothing was due. */
export interface StepResult {
  readonly outcome: string;
  readonly detail?: string;
}

/** With `dryRun` a step says what it would do, and does nothing. */
export type DryRun = Pick<ChangeOptions, 'dryRun'>;

const NOTHING: StepResult = { outcome: 'nothing' };

/** Asks the processor what became of whatever is open. */
export async function settlePurchases(deps: Dependencies, dry: DryRun): Promise<StepResult> {
  const { settled, pending, refunds, mismatches } = await reconcile(deps, dry);
  const parts = [
    ...mismatches.map(({ purchase, detail }) => `${purchase}: ${detail}`),
    ...settled.map(({ id, credits, status }) => `${id} ${credits} ${status}`),
    ...refunds.map(({ id, credits, status }) => `${id} ${credits} ${status}`),
  ];
  const detail = parts.join(', ');
  if (mismatches.length > 0) return { outcome: 'mismatch', detail };
  // An invoice that nobody paid yet, or a page that nobody opened, is no unknown outcome.
  const unknown = pending.filter((each) => each.paymentMethod !== 'billing_account' && each.status === 'pending');
  if (unknown.length > 0)
    return { outcome: 'pending', detail: [...parts, ...unknown.map(({ id }) => `${id} is not known yet`)].join(', ') };
  return parts.length === 0 ? NOTHING : { outcome: 'settled', detail };
}

/** Books what has reached its end: holds are released, grants end. */
export async function endWhatLapsed(deps: Dependencies, { dryRun }: DryRun): Promise<StepResult> {
  const session = await openSession(deps, 'recharge.check');
  const { store, org, actor } = session;
  if (!(await store.read(org.number, (view) => view.hasDue(session.now())))) return NOTHING;
  const facts = { actor: actor.name, action: 'cron.expire', subject: 'what lapsed', reason: null, at: session.now() };
  return store.write<StepResult>(org.number, facts, async (unit) => {
    const { journal, finish } = await openJournal(unit, session);
    await finish();
    const count = (type: string) => journal.entries.filter((entry) => entry.type === type).length;
    const [holds, grants] = [count('release'), count('expiry')];
    const ended = holds + grants === 0 ? NOTHING : { outcome: 'expired', detail: `${holds} holds, ${grants} grants` };
    if (dryRun === true) throw new Abandon(ended);
    return ended;
  });
}

/** As `recharge check`. */
export async function topUp(deps: Dependencies, dry: DryRun): Promise<StepResult> {
  const { outcome, reason, purchase } = await check(deps, dry);
  if (purchase !== undefined) {
    const failure = purchase.failure === null ? '' : `, ${purchase.failure.message}`;
    return { outcome, detail: `${purchase.credits} credits (${purchase.id})${failure}` };
  }
  return { outcome, detail: reason };
}

/** Bills the month that ended in the organisation's zone, once, and charges what no card was charged for yet. */
export async function billLastMonth(deps: Dependencies, dry: DryRun): Promise<StepResult> {
  const session = await openSession(deps, 'invoice.run');
  const period = monthOf(addMonths(session.calendar.dateOf(session.now()), -1));
  const isDue = await session.store.read(session.org.number, async (view) => {
    const [standing] = await view.records.invoices.list({ period });
    if (standing !== undefined) return standing.state === 'open' && standing.purchase === null;
    return (await view.wallet()).postpaid > 0;
  });
  if (!isDue) return NOTHING;
  const { invoice } = await runInvoices(deps, { period, ...dry });
  if (invoice === null) return NOTHING;
  return { outcome: invoice.status, detail: `${invoice.number} for ${invoice.period}: ${invoice.total} USD` };
}

/** Sees what came about by time alone, and sends the notices that are due. What could not be delivered is tried again later, and delays nothing. */
export async function tellAlerts(deps: Dependencies, { dryRun }: DryRun): Promise<StepResult> {
  if (dryRun === true) {
    const { fired } = await checkAlerts(deps, { dryRun });
    return fired.length === 0 ? NOTHING : { outcome: 'told', detail: fired.map(({ kind }) => kind).join(', ') };
  }
  const session = await openSession(deps, 'alert.check');
  await lookAround(session);
  const { delivered, failed, dead } = await deliver(session);
  if (delivered + failed + dead === 0) return NOTHING;
  const parts = [
    ...(delivered === 0 ? [] : [`${delivered} delivered`]),
    ...(failed === 0 ? [] : [`${failed} to be tried again`]),
    ...(dead === 0 ? [] : [`${dead} given up`]),
  ];
  return { outcome: failed + dead === 0 ? 'told' : 'undelivered', detail: parts.join(', ') };
}
