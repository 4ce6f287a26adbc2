import type { Changed, ChangeOptions, Page, PageRequest } from './calls';
import type { Transaction } from './transactions';
import type { Decimal, Timestamp } from './values';

export interface Balance {
  readonly org: string;
  readonly currency: 'USD';
  /** Credits in the wallet. */
  readonly posted: Decimal;
  /** Reserved by open holds. */
  readonly held: Decimal;
  /** posted - held: what may be spent. */
  readonly available: Decimal;
  readonly overdraftLimit: Decimal;
  readonly asOf: Timestamp;
  readonly sandbox: boolean;
}

export interface Grant {
  readonly id: string;
  readonly kind: 'purchased' | 'promotional';
  readonly credits: Decimal;
  readonly remaining: Decimal;
  readonly priority: number;
  readonly expiresAt: Timestamp | null;
  readonly source: string;
  readonly createdAt: Timestamp;
}

export interface CreditOperations {
  balance(): Promise<{ balance: Balance }>;
  adjust(
    request: ChangeOptions & { direction: 'add' | 'remove'; credits: string; reason: string },
  ): Promise<Changed & { transaction: Transaction; balance: Balance }>;
  addGrant(
    request: ChangeOptions & { credits: string; reason: string; expires?: string; priority?: string },
  ): Promise<Changed & { grant: Grant; balance: Balance }>;
  listGrants(request: PageRequest & { all?: boolean }): Promise<Page & { grants: readonly Grant[] }>;
  voidGrant(request: ChangeOptions & { id: string }): Promise<Changed & { grant: Grant; balance: Balance }>;
}
