import type { Changed, ChangeOptions, Page, PageRequest } from './calls';
import type { Balance } from './credit';
import type { Simulation, SimulationRequest } from './outlook';
import type { Purchase } from './purchases';
import type { Decimal, Timestamp } from './values';

export interface RechargeRule {
  readonly enabled: boolean;
  readonly below: Decimal;
  readonly amount: Decimal | null;
  readonly refillTo: Decimal | null;
  readonly monthlyCap: Decimal | null;
  readonly dailyCount: number;
  readonly cooldown: string;
  readonly maxFailures: number;
  readonly spentThisMonth: Decimal;
  /** Failed top-ups in a row. */
  readonly failures: number;
  readonly backingOffUntil: Timestamp | null;
  readonly paused: { readonly at: Timestamp; readonly reason: 'failures' | 'no_usable_card' } | null;
  /** Cards that are not charged by it until they are edited or replaced, with the decline code. */
  readonly blockedCards: readonly { readonly card: string; readonly code: string }[];
  readonly lastAttempt: { readonly at: Timestamp; readonly outcome: string } | null;
}

/** A rule as typed. What is left out stays as it was; a cap of `none` takes the cap away. */
export interface RechargeTyped {
  readonly below?: string;
  readonly amount?: string;
  readonly refillTo?: string;
  readonly monthlyCap?: string;
  readonly dailyCount?: string;
  readonly cooldown?: string;
  readonly maxFailures?: string;
}

/** What makes a rule weak, with the numbers. */
export interface RechargeWarning {
  readonly code: 'no_card' | 'no_primary_card' | 'no_backup_card' | 'cap_below_top_up' | 'below_a_days_use' | 'paused';
  readonly message: string;
}

export interface RechargeAnswer {
  readonly recharge: RechargeRule | null;
}

export interface RechargeSetAnswer {
  readonly recharge: RechargeRule;
  /** What the next check will charge as things stand; null where nothing. */
  readonly nextCharge: Decimal | null;
  readonly warnings: readonly RechargeWarning[];
}

export interface RechargeCheck {
  readonly outcome:
    | 'not_needed'
    | 'recharged'
    | 'pending'
    | 'failed'
    | 'capped'
    | 'cooling_down'
    | 'paused'
    | 'disabled';
  /** What let it fire or stopped it. */
  readonly guard: string;
  /** The guard in words. */
  readonly reason: string;
  readonly purchase?: Purchase;
  readonly balance: Balance;
}

/** Whether the next `recharge check` would charge; with the outcome of the one that followed at once, if asked for. */
export interface RechargeDue {
  readonly due: boolean;
  readonly outcome?: RechargeCheck['outcome'];
  readonly purchase?: Purchase;
}

/** One evaluation of the rule, or a run of equal ones. */
export interface RechargeEvaluation {
  readonly id: string;
  readonly time: Timestamp;
  readonly firstTime: Timestamp;
  readonly times: number;
  readonly outcome: string;
  readonly guard: string;
  /** The guard in words. */
  readonly reason: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly purchase: string | null;
}

export interface RechargeOperations {
  /** Sets the rule and switches it on; a charge that would follow is left to the next check. */
  set(request: ChangeOptions & RechargeTyped): Promise<Changed & RechargeSetAnswer>;
  show(): Promise<RechargeAnswer>;
  on(request: ChangeOptions): Promise<Changed & RechargeSetAnswer>;
  off(request: ChangeOptions): Promise<Changed & RechargeAnswer>;
  /** Tops up if the rule says so. Any number at once make one charge. */
  check(request: ChangeOptions): Promise<Changed & RechargeCheck>;
  /** Purchases that the rule made, newest first. */
  history(request: PageRequest): Promise<Page & { purchases: readonly Purchase[] }>;
  /** Evaluations, newest first. */
  trace(request: PageRequest): Promise<Page & { evaluations: readonly RechargeEvaluation[] }>;
  /** What a rule would have done in a period. Changes nothing. */
  simulate(request: SimulationRequest): Promise<Simulation>;
}
