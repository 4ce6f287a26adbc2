import type { Changed, Keyed } from '../contract/calls';
import { CRON_STEPS, type CronRun, type CronStep, type CronStepName } from '../contract/cron';
import { WalletError } from '../core/errors';
import type { StepResult } from './cron-steps';
import type { Dependencies } from './dependencies';
import { keyed } from './keyed';
import { openSession, organisationsOf } from './session';

const STEPS: Readonly<Record<CronStepName, (deps: Dependencies) => Promise<StepResult>>> = {
  reconcile: async (deps) => (await import('./cron-steps')).settlePurchases(deps),
  expire: async (deps) => (await import('./cron-steps')).endWhatLapsed(deps),
  recharge: async (deps) => (await import('./cron-steps')).topUp(deps),
  alerts: async (deps) => (await import('./cron-steps')).tellAlerts(deps),
  invoices: async (deps) => (await import('./cron-steps')).billLastMonth(deps),
};

/**
 * One tick of everything that is due, for every organisation of the ledger, or for one. Each step stands on its own: one
 * that fails is reported, and the others are done. Every step settles what an earlier one left open and decides in a
 * write, so that ticks may overlap, and a tick that was killed is finished by the next. Throws only where no step could
 * be begun: no ledger, no such organisation.
 */
export async function tick(deps: Dependencies, request: Keyed & { org?: string } = {}): Promise<Changed & CronRun> {
  const facts = { operation: 'recharge.check', action: 'cron.run', subject: 'all that is due' } as const;
  const isEnded = ({ steps }: CronRun) => steps.every(({ outcome, error }) => error === null && outcome !== 'pending');
  return keyed(deps, facts, request, () => tickAll(deps, request), isEnded);
}

async function tickAll(deps: Dependencies, request: { org?: string }): Promise<CronRun> {
  // A token that names no organisation means its own.
  const asked = deps.caller === undefined ? request.org : (request.org ?? deps.org);
  const session = await openSession({ ...deps, org: asked }, 'recharge.check');
  const names = asked === undefined ? (await organisationsOf(session)).map(({ name }) => name) : [session.org.name];
  const shared = { ...deps, gateway: openedOnce(deps) };
  const steps: CronStep[] = [];
  for (const name of names)
    for (const step of CRON_STEPS) steps.push(await attempt({ ...shared, org: name }, name, step));
  return { steps };
}

async function attempt(deps: Dependencies, org: string, step: CronStepName): Promise<CronStep> {
  try {
    const { outcome, detail } = await STEPS[step](deps);
    return { org, step, outcome, detail: detail ?? null, error: null };
  } catch (error) {
    const { code, message, hint } = asFailure(error);
    return { org, step, outcome: outcomeOf(code), detail: message, error: { code, message, hint } };
  }
}

/** A payment that failed or is pending is an outcome like any; anything else kept the step from being done. */
function outcomeOf(code: string): string {
  if (code === 'payment_pending') return 'pending';
  return ['card_declined', 'authentication_required', 'payment_failed', 'no_payment_method'].includes(code)
    ? 'failed'
    : 'error';
}

function asFailure(error: unknown): { code: WalletError['code']; message: string; hint: string | null } {
  if (error instanceof WalletError) return { code: error.code, message: error.message, hint: error.hint ?? null };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), hint: null };
}

/** All steps share the time that one command may wait for the processor. */
function openedOnce(deps: Dependencies): Dependencies['gateway'] {
  const opened = new Map<string | null, ReturnType<Dependencies['gateway']>>();
  return (info, keyMark) => {
    const known = opened.get(keyMark) ?? deps.gateway(info, keyMark);
    opened.set(keyMark, known);
    return known;
  };
}
