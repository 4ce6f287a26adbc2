import type { UsageColumns } from '../core/usage-columns';
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

/** An event of a batch, with the line it stood on; its place in the batch, from 1, when absent. Lines go up. */
export interface UsageRow extends UsageEvent {
  readonly line?: number;
}

/** What became of one event of a batch. */
export interface RowOutcome {
  readonly line: number;
  /** `duplicate`: it was posted before, under the same id and with the same content. */
  readonly outcome: 'posted' | 'duplicate' | 'rejected';
  /** The transaction of a posted one. */
  readonly transaction?: string;
  /** Why a rejected one was. */
  readonly code?: string;
  readonly message?: string;
}

export interface UsageBatchRequest extends ChangeOptions {
  /** Check the auto top-up rule after the batch. */
  readonly recharge?: boolean;
  /** Or the same as columns, which files come by. */
  readonly rows: readonly UsageRow[] | UsageColumns;
  readonly createApps?: boolean;
  /** Whether the answer says what became of each event; it does unless this is false. */
  readonly outcomes?: boolean;
  /** Named in the audit trail. */
  readonly source?: string;
}

export interface UsageBatchResult extends Changed {
  readonly read: number;
  readonly posted: number;
  readonly duplicates: number;
  readonly rejects: readonly RowReject[];
  /** One for each event, in their order. */
  readonly outcomes?: readonly RowOutcome[];
  /** Credits this batch took. */
  readonly credits: Decimal;
  /** Absent for an app, which may not see it: here and wherever it is optional. */
  readonly balance?: Balance;
}

export interface Affordability {
  readonly affordable: boolean;
  readonly cost: Decimal;
  /**
   * The limit that says no; null when affordable. `missing` is how much is missing to it: null where no credits would
   * help, and for an app, which may not know.
   */
  readonly limit: { readonly name: string; readonly missing: Decimal | null; readonly detail: string } | null;
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
