import type { GrantKind } from '../credit/grant';
import type { Credits } from '../credits';
import type { Instant } from '../time';
import type { Account, EntryType } from './chart';
import type { Draw } from './entry';
import type { UsageKind } from './totals';

/** The facts of an entry that is about to be made. */
export interface EntryDraft {
  readonly type: EntryType;
  readonly occurredAt: Instant;
  readonly debit: Account | null;
  readonly credit: Account | null;
  readonly amount: Credits;
  readonly draws: readonly Draw[];
  readonly service?: string | null;
  readonly app?: string | null;
  readonly user?: string | null;
  readonly campaign?: string | null;
  readonly quantity?: number | null;
  readonly freeQuantity?: number | null;
  readonly unitPrice?: Credits | null;
  readonly memo?: string | null;
  readonly reference?: string | null;
  readonly externalId?: string | null;
}

/** Usage as `Journal.enterUsage` takes it. */
export interface PlainUsage extends UsageKind {
  readonly occurredAt: Instant;
  readonly debit: Account;
  readonly amount: Credits;
  readonly quantity: number;
  readonly unitPrice: Credits;
  readonly memo: string | null;
  readonly externalId: string | null;
  /** The grant that all of it was drawn from. */
  readonly grant: number;
}

/** How a grant comes about, beside the entry that opens it. */
export interface GrantDraft {
  readonly id: string;
  readonly kind: GrantKind;
  readonly source: string;
  readonly priority?: number;
  readonly expiresAt?: Instant | null;
}
