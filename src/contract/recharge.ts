import type { Balance, Decimal, Purchase, RechargeRule, Timestamp } from './objects';

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
  readonly code: 'no_card' | 'no_backup_card' | 'cap_below_top_up' | 'below_a_days_use' | 'paused';
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
  readonly purchase?: Purchase;
  readonly balance: Balance;
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
