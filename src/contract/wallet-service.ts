import type { AccessOperations } from './access';
import type { AlertOperations } from './alerts';
import type { AuditOperations } from './audit';
import type { BillingOperations } from './billing';
import type { CardOperations } from './cards';
import type { CatalogueOperations } from './catalogue';
import type { CreditOperations } from './credit';
import type { CronOperations } from './cron';
import type { HoldOperations } from './holds';
import type { InvoiceOperations } from './invoices';
import type { LeadOperations } from './leads';
import type { OrganisationOperations } from './organisation';
import type { PeriodOperations } from './periods';
import type { PlanOperations } from './plans';
import type { PurchaseOperations } from './purchases';
import type { RechargeOperations } from './recharge';
import type { ReportOperations } from './reports';
import type { TransactionOperations } from './transactions';
import type { UsageOperations } from './usage';

/** The operations, grouped by noun. In process and over HTTP it is the same interface; no caller can tell. */
export interface WalletService {
  readonly organisation: OrganisationOperations;
  readonly credit: CreditOperations;
  readonly purchases: PurchaseOperations;
  readonly recharge: RechargeOperations;
  readonly cron: CronOperations;
  readonly alerts: AlertOperations;
  readonly cards: CardOperations;
  readonly billing: BillingOperations;
  readonly catalogue: CatalogueOperations;
  readonly usage: UsageOperations;
  readonly holds: HoldOperations;
  readonly transactions: TransactionOperations;
  readonly reports: ReportOperations;
  readonly invoices: InvoiceOperations;
  readonly plans: PlanOperations;
  readonly periods: PeriodOperations;
  readonly leads: LeadOperations;
  readonly access: AccessOperations;
  readonly audit: AuditOperations;
  /** Gives back what it opened. Idempotent. */
  close(): Promise<void>;
}
