import type { Changed, ChangeOptions } from './calls';
import type { RechargeCheck, RechargeTyped } from './recharge';
import type { Decimal } from './values';

/** What is to be, as typed: what is not named stays as it is, and nothing is removed by leaving it out. */
export interface PlanDocument {
  readonly services: readonly PlannedService[];
  readonly apps: readonly PlannedApp[];
  readonly alerts: readonly PlannedAlert[];
  readonly recharge?: RechargeTyped & { readonly enabled?: boolean };
}

export interface PlannedService {
  readonly service: string;
  readonly name?: string;
  readonly unit?: string;
  readonly price?: string;
  readonly freeQuota?: string;
  readonly billing?: string;
  readonly tiers?: string;
}

export interface PlannedApp {
  readonly app: string;
  readonly name?: string;
  /** Credits a month at most. */
  readonly limit?: string;
  readonly onLimit?: string;
}

/**
 * An alert has no name: it is the one of the ledger that watches the same (kind, period, app, service), even if its
 * threshold differs, as long as there is no doubt which is meant.
 */
export interface PlannedAlert {
  readonly kind: string;
  readonly below?: string;
  readonly over?: string;
  readonly per?: string;
  readonly app?: string;
  readonly service?: string;
  readonly to: readonly string[];
}

/** One thing that would change, field by field; `before` is null for what is new. */
export interface PlannedChange {
  readonly action: 'add' | 'change';
  readonly kind: 'service' | 'app' | 'alert' | 'recharge';
  readonly name: string;
  readonly fields: readonly { readonly field: string; readonly before: string | null; readonly after: string }[];
}

export interface Plan {
  /** Says what the plan does: applying it is refused where the same document would do something else by now. */
  readonly digest: string;
  readonly changes: readonly PlannedChange[];
  /** What applying it charges at once, by the auto top-up rule in it; null for nothing. */
  readonly charges: Decimal | null;
  readonly warnings: readonly string[];
}

export interface PlanOperations {
  /** What the document would change and charge; nothing is done. */
  show(request: { document: PlanDocument }): Promise<{ plan: Plan }>;
  /** All of it in one write, if it is what the plan of that digest said; then the top-up that the plan announced. */
  apply(
    request: ChangeOptions & { document: PlanDocument; digest: string },
  ): Promise<Changed & { plan: Plan; recharge?: RechargeCheck }>;
}
