import type { Changed, ChangeOptions } from './calls';

/** What is due from time to time, in the order it is done: what brings credits back comes before what needs them. */
export const CRON_STEPS = ['reconcile', 'expire', 'recharge', 'alerts', 'invoices'] as const;

export type CronStepName = (typeof CRON_STEPS)[number];

/** What one step came to for one organisation. */
export interface CronStep {
  readonly org: string;
  readonly step: CronStepName;
  /**
   * `nothing` where nothing was due, `error` where it could not be done; of `recharge`, the outcome of the check; else
   * what was done: `settled`, `expired`, `told`, `paid`. `pending` is an outcome that is not known yet, `postponed` is
   * left to the next tick, as the time for the processor was used up by other organisations.
   */
  readonly outcome: string;
  /** What was done or why not, in words; null where there is nothing to say. */
  readonly detail: string | null;
  /** Set where the step failed: the others were done all the same. */
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

export interface CronRun {
  readonly steps: readonly CronStep[];
}

export interface CronOperations {
  /**
   * One tick of everything that is due, for every organisation of the ledger or for one. In a dry run each step says
   * what it would do as things stand, without what those before it would have done.
   */
  run(request: ChangeOptions & { org?: string }): Promise<Changed & CronRun>;
}
