import type { Changed, ChangeOptions } from '../contract/calls';
import type { Plan, PlanDocument, PlannedChange } from '../contract/plans';
import type { RechargeCheck } from '../contract/recharge';
import { WalletError } from '../core/errors';
import type { LedgerUnit } from '../ports/ledger-unit';
import { Abandon } from '../ports/store';
import { changeIn } from './command';
import type { Dependencies } from './dependencies';
import { planAlerts, readAlerts } from './plan-alerts';
import { planApp } from './plan-apps';
import { planRule } from './plan-rule';
import { planService } from './plan-services';
import { openSession, type Session } from './session';

const FACTS = { operation: 'catalogue.change', action: 'plan.apply', subject: 'plan' } as const;

/** What applying the document would do: the same work, abandoned at its end. */
export async function showPlan(deps: Dependencies, request: { document: PlanDocument }): Promise<{ plan: Plan }> {
  const session = await openSession(deps, FACTS.operation);
  const wanted = { ...request.document, alerts: await readAlerts(deps, request.document.alerts) };
  const write = { ...FACTS, actor: session.actor.name, reason: null, at: session.now() };
  return session.store.write<{ plan: Plan }>(session.org.number, write, async (unit) => {
    throw new Abandon({ plan: await carryOut(unit, session, wanted) });
  });
}

/**
 * Applies the document in one write, if it still does what the plan with that digest said; throws `invalid_state`
 * otherwise. A top-up that the plan announced is made right after, by the rule's own check.
 */
export async function applyPlan(
  deps: Dependencies,
  request: ChangeOptions & { document: PlanDocument; digest: string },
): Promise<Changed & { plan: Plan; recharge?: RechargeCheck }> {
  const session = await openSession(deps, FACTS.operation);
  const wanted = { ...request.document, alerts: await readAlerts(deps, request.document.alerts) };
  // The key belongs to the document: once applied, the same document would do nothing, and has another digest.
  const { digest, ...asked } = request;
  const applied = await changeIn(session, FACTS, asked, async (unit) => {
    const plan = await carryOut(unit, session, wanted);
    if (plan.digest !== digest) throw moved(plan);
    return { plan };
  });
  if (applied.dryRun === true || applied.plan.charges === null) return applied;
  return { ...applied, recharge: await topUp(deps, session, request.idempotencyKey) };
}

/** The check has a key of its own, made from the plan's: asked again, it answers the same or is brought to its end. */
async function topUp(deps: Dependencies, session: Session, key: string | undefined): Promise<RechargeCheck> {
  const { check } = await import('./recharge-check');
  const own = key === undefined ? {} : { idempotencyKey: session.deps.system.digest(['plan.apply\n', key]) };
  const { replayed: _, ...recharge } = await check(deps, own);
  return recharge;
}

/** The document with its alerts read: what can be refused without the ledger is refused before it is opened. */
type Wanted = Omit<PlanDocument, 'alerts'> & { readonly alerts: Awaited<ReturnType<typeof readAlerts>> };

async function carryOut(unit: LedgerUnit, session: Session, wanted: Wanted): Promise<Plan> {
  const changes: PlannedChange[] = [];
  for (const service of wanted.services) changes.push(...(await planService(unit, session, service)));
  for (const app of wanted.apps) changes.push(...(await planApp(unit, session, app)));
  changes.push(...(await planAlerts(unit, session, wanted.alerts)));
  const rule = wanted.recharge === undefined ? undefined : await planRule(unit, session, wanted.recharge);
  if (rule !== undefined) changes.push(rule.change);
  const charges = rule?.charges ?? null;
  const digest = session.deps.system.digest(['plan\n', session.org.name, JSON.stringify({ changes, charges })]);
  return { digest: digest.slice(0, 16), changes, charges, warnings: rule?.warnings ?? [] };
}

function moved(plan: Plan): WalletError {
  return new WalletError('invalid_state', 'applying the file would not do what the plan said', {
    why: 'the ledger or the file changed since; nothing was applied',
    hint: 'look at it again: wallet plan FILE',
    details: { digest: plan.digest, charges: plan.charges },
  });
}
