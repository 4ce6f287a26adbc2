import type { Changed, ChangeOptions, RowReject } from './calls';
import type { Balance } from './credit';
import type { RechargeDue } from './recharge';
import type { Transaction } from './transactions';
import type { Decimal } from './values';

export interface UsageEvent {
  readonly app: string;
  readonly service: string;
  /** A whole number of units, as typed. */
  readonly quantity: string;
  /** The event's own id: unique for ever within the organisation. */
  readonly id?: string;
  readonly user?: string;
  readonly campaign?: string;
  /** A date or RFC 3339 time; now when absent. */
  readonly time?: string;
  readonly memo?: string;
}

/** An event of a file, with the line it stood on. */
export interface UsageRow extends UsageEvent {
  readonly line: number;
}

export interface UsageBatchRequest extends ChangeOptions {
  /** Check the auto top-up rule after the batch. */
  readonly recharge?: boolean;
  readonly rows: readonly UsageRow[];
  readonly createApps?: boolean;
  /** Named in the audit trail. */
  readonly source?: string;
}

export interface UsageBatchResult extends Changed {
  readonly read: number;
  readonly posted: number;
  readonly duplicates: number;
  readonly rejects: readonly RowReject[];
  /** Credits this batch took. */
  readonly credits: Decimal;
  /** Absent for an app, which may not see it: here and wherever it is optional. */
  readonly balance?: Balance;
}

export interface Affordability {
  readonly affordable: boolean;
  readonly cost: Decimal;
  /** The limit that says no, and how much is missing to it; null when affordable. */
  readonly limit: { readonly name: string; readonly missing: Decimal; readonly detail: string } | null;
}

export interface UsageOperations {
  record(
    request: ChangeOptions & UsageEvent & { recharge?: boolean },
  ): Promise<Changed & { transaction: Transaction; balance?: Balance; recharge: RechargeDue; duplicate?: true }>;
  /** Posts what can be posted and lists the rest; one database transaction. */
  postBatch(request: UsageBatchRequest): Promise<UsageBatchResult>;
  reverse(
    request: ChangeOptions & { transaction: string; quantity?: string; reason?: string },
  ): Promise<Changed & { transaction: Transaction; balance: Balance }>;
  afford(request: { app: string; service: string; quantity: string }): Promise<Affordability>;
}
