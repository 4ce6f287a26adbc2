import type { Changed, ChangeOptions, RowReject } from './calls';
import type { Timestamp } from './values';

/** What came of a campaign on one channel. */
export interface Lead {
  readonly id: string;
  readonly app: string;
  readonly service: string;
  readonly campaign: string;
  readonly delivered: number;
  readonly leads: number;
  readonly time: Timestamp;
  readonly createdAt: Timestamp;
}

/** Deliveries and leads as typed. */
export interface LeadEvent {
  readonly app: string;
  readonly service: string;
  readonly campaign: string;
  readonly delivered: string;
  readonly leads: string;
  /** Their own id: unique for ever within the organisation. */
  readonly id?: string;
  readonly time?: string;
}

export interface LeadBatchRequest extends ChangeOptions {
  readonly rows: readonly (LeadEvent & { readonly line: number })[];
  readonly source?: string;
}

export interface LeadBatchResult extends Changed {
  readonly read: number;
  readonly posted: number;
  readonly duplicates: number;
  readonly rejects: readonly RowReject[];
}

export interface LeadOperations {
  record(request: ChangeOptions & LeadEvent): Promise<Changed & { lead: Lead; duplicate?: true }>;
  /** Records what can be recorded and lists the rest; one database transaction. */
  import(request: LeadBatchRequest): Promise<LeadBatchResult>;
}
