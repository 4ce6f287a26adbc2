import type { Changed, ChangeOptions } from '../contract/calls';
import { CRON_STEPS, type CronRun, type CronStep, type CronStepName } from '../contract/cron';
import { WalletError } from '../core/errors';
import type { Instant } from '../core/time';
import type { PaymentGateway } from '../ports/payment-gateway';
import type { DryRun, StepResult } from './cron-steps';
import type { Dependencies } from './dependencies';
import { keyed } from './keyed';
import { openSession, organisationsOf } from './session';

const STEPS: Readonly<Record<CronStepName, (deps: Dependencies, dry: DryRun) => Promise<StepResult>>> = {
  reconcile: async (deps, dry) => (await import('./cron-steps')).settlePurchases(deps, dry),
  expire: async (deps, dry) => (await import('./cron-steps')).endWhatLapsed(deps, dry),
  recharge: async (deps, dry) => (await import('./cron-steps')).topUp(deps, dry),
  alerts: async (deps, dry) => (await import('./cron-steps')).tellAlerts(deps, dry),
  invoices: async (deps, dry) => (await import('./cron-steps')).billLastMonth(deps, dry),
};

/**
 * One tick of everything that is due, for every organisation of the ledger, or for one. Each step stands on its own: one
 * that fails is reported, and the others are done. Every step settles what an earlier one left open and decides in a
 * write, so that ticks may overlap, and a tick that was killed is finished by the next. Throws only where no step could
 * be begun: no ledger, no such organisation.
 */
export async function tick(
  deps: Dependencies,
  request: ChangeOptions & { org?: string } = {},
): Promise<Changed & CronRun> {
  if (request.dryRun === true) return { ...(await tickAll(deps, request)), dryRun: true };
  const facts = { operation: 'recharge.check', action: 'cron.run', subject: 'all that is due' } as const;
  const isEnded = ({ steps }: CronRun) => steps.every(({ outcome, error }) => error === null && outcome !== 'pending');
  return keyed(deps, facts, request, () => tickAll(deps, request), isEnded);
}

async function tickAll(deps: Dependencies, request: DryRun & { org?: string }): Promise<CronRun> {
  // A token that names no organisation means its own.
  const asked = deps.caller === undefined ? request.org : (request.org ?? deps.org);
  const session = await openSession({ ...deps, org: asked }, 'recharge.check');
  const names = asked === undefined ? (await organisationsOf(session)).map(({ name }) => name) : [session.org.name];
  const opened = new OpenedOnce(deps);
  const shared = { ...deps, gateway: opened.gateway };
  const done = new Map<string, CronStep[]>();
  for (const name of inTurn(names, session.now())) {
    const steps: CronStep[] = [];
    for (const step of CRON_STEPS)
      steps.push(
        CALLS_PROCESSOR.includes(step) && opened.isOutOfTime
          ? { org: name, step, ...POSTPONED }
          : await attempt({ ...shared, org: name }, name, step, request),
      );
    done.set(name, steps);
  }
  return { steps: names.flatMap((name) => done.get(name) ?? []) };
}

const CALLS_PROCESSOR: readonly CronStepName[] = ['reconcile', 'recharge', 'invoices'];
const POSTPONED = { outcome: 'postponed', detail: 'the time of this run was used up by others', error: null };

/**
 * The organisations in the order of this tick. Where its time is not enough for all, the next one begins elsewhere: by
 * the golden ratio, which spreads beginnings evenly however many ticks there are.
 */
function inTurn(names: readonly string[], now: Instant): readonly string[] {
  const start = Math.floor(((Math.floor(now / MINUTE_MS) * GOLDEN) % 1) * names.length);
  return [...names.slice(start), ...names.slice(0, start)];
}

const MINUTE_MS = 60_000;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

async function attempt(deps: Dependencies, org: string, step: CronStepName, { dryRun }: DryRun): Promise<CronStep> {
  try {
    const { outcome, detail } = await STEPS[step](deps, dryRun === true ? { dryRun } : {});
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

/** The processor as all steps share it, with the time that one command may wait for it. */
class OpenedOnce {
  readonly #opened = new Map<string | null, ReturnType<Dependencies['gateway']>>();
  readonly #gateways: PaymentGateway[] = [];
  readonly gateway: Dependencies['gateway'];

  constructor(deps: Dependencies) {
    this.gateway = (info, keyMark) => {
      const known = this.#opened.get(keyMark) ?? this.#remember(deps.gateway(info, keyMark));
      this.#opened.set(keyMark, known);
      return known;
    };
  }

  get isOutOfTime(): boolean {
    return this.#gateways.some((each) => each.isOutOfTime);
  }

  async #remember(opening: ReturnType<Dependencies['gateway']>) {
    const opened = await opening;
    this.#gateways.push(opened.gateway);
    this.#opened.set(opened.keyMark, opening);
    return opened;
  }
}
