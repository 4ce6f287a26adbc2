import type { Alert, Undelivered } from './alerts';
import type { Changed, ChangeOptions } from './calls';
import type { Card } from './cards';
import type { Balance } from './credit';
import type { Purchase } from './purchases';
import type { RechargeRule } from './recharge';
import type { Transaction } from './transactions';
import type { Decimal, Timestamp } from './values';

export interface Organisation {
  readonly name: string;
  readonly email: string | null;
  readonly timeZone: string;
  readonly accountingContact: string | null;
  /** Its lines, parted by line feeds. */
  readonly postalAddress: string | null;
  /** The most that may be bought in a day; null for no limit. */
  readonly dailyLimit: Decimal | null;
  /** Live purchases above it are confirmed by their amount. */
  readonly confirmAbove: Decimal;
  /** Since when nothing is charged, because the bank disputes a payment. */
  readonly frozenAt: Timestamp | null;
  readonly provider: 'sandbox' | 'stripe';
  readonly mode: 'sandbox' | 'test' | 'live';
  /** When the ledger was restored from a backup and not compared with the processor since: credits move again after that. */
  readonly restoredAt: Timestamp | null;
  /** When the processor was last found to agree, to the day. */
  readonly reconciledAt: Timestamp | null;
  readonly createdAt: Timestamp;
}

export interface WalletStatus {
  readonly org: Organisation;
  readonly balance: Balance;
  readonly cards: readonly Card[];
  readonly recharge: RechargeRule | null;
  readonly alerts: readonly Alert[];
  /** What of the alerts' outbox has not arrived. */
  readonly undelivered: Undelivered;
  readonly postpaid: { readonly accrued: Decimal; readonly overdue: Decimal };
  readonly pendingPurchases: readonly Purchase[];
  /** What the processor's key is not allowed of what is needed; null where the processor could not be asked. */
  readonly missingPermissions: readonly string[] | null;
  readonly apps: number;
  readonly lastTransaction: Transaction | null;
}

export interface InitRequest extends ChangeOptions {
  readonly org: string;
  readonly provider?: 'sandbox' | 'stripe';
  readonly email?: string;
  readonly timeZone?: string;
  readonly accountingContact?: string;
  /** Lines parted by semicolons or line feeds. */
  readonly postalAddress?: string;
  /** The most that may be bought in a day, as typed; `none` for no limit. */
  readonly dailyLimit?: string;
  /** Live purchases above it are confirmed by their amount; `none` for the default. */
  readonly confirmAbove?: string;
}

export interface OrganisationOperations {
  /** Creates the organisation, its starter catalogue and, the first time, the ledger. Safe to repeat. */
  init(request: InitRequest): Promise<Changed & { org: Organisation; created: boolean; balance: Balance }>;
  status(): Promise<WalletStatus>;
  /** The organisation's settings, for callers that show local times. */
  show(): Promise<{ org: Organisation }>;
  list(): Promise<{ orgs: readonly Organisation[] }>;
}
