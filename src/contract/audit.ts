import type { Page, PageRequest } from './calls';
import type { Timestamp } from './values';

export interface AuditEntry {
  readonly number: number;
  readonly time: Timestamp;
  readonly actor: string;
  /** How: the operation's name, such as `card.add`. */
  readonly action: string;
  /** What it changed, one line. */
  readonly subject: string;
  /** Why, where the command takes a reason. */
  readonly reason: string | null;
  /** The records after the change, as they were stored. */
  readonly changes: readonly { readonly record: string; readonly id: string; readonly value: unknown }[];
  /** Transactions posted by it. */
  readonly transactions: number;
  readonly hash: string;
}

export interface VerifyCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface AuditOperations {
  list(
    request: PageRequest & { actor?: string; action?: string; order?: 'asc' | 'desc' },
  ): Promise<Page & { audit: readonly AuditEntry[] }>;
  /** `provider`: also compares with the processor, object by object. */
  verify(request: { full?: boolean; provider?: boolean }): Promise<{
    ok: boolean;
    transactions: number;
    checks: readonly VerifyCheck[];
  }>;
}
