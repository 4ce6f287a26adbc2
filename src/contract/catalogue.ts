import type { Changed, ChangeOptions, Page } from './calls';
import type { Decimal, Timestamp } from './values';

export interface PriceTier {
  /** The first unit of the month, counted from 0, that costs this price. */
  readonly from: number;
  readonly price: Decimal;
}

export interface PriceVersion {
  readonly version: number;
  readonly effectiveFrom: Timestamp;
  readonly price: Decimal;
  readonly tiers: readonly PriceTier[];
  /** Free units per calendar month of the organisation's time zone. */
  readonly freeQuota: number;
  readonly billing: 'prepaid' | 'postpaid';
  readonly createdAt: Timestamp;
}

export interface Service {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  /** The price in force now, with its quota, tiers and billing. */
  readonly price: Decimal;
  readonly tiers: readonly PriceTier[];
  readonly freeQuota: number;
  readonly billing: 'prepaid' | 'postpaid';
  readonly effectiveFrom: Timestamp;
  /** True while it is a starter price that nobody has set. */
  readonly example: boolean;
}

export interface ServiceHistory extends Service {
  /** Every price version, newest first. A version is never rewritten. */
  readonly versions: readonly PriceVersion[];
}

export interface App {
  readonly app: string;
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'archived';
  readonly limit: { readonly monthly: Decimal; readonly onLimit: 'warn' | 'block' } | null;
  /** Credits used plus invoiced in the current month of the organisation's time zone. */
  readonly spentThisMonth: Decimal;
  readonly createdAt: Timestamp;
}

/** Terms of a service as typed: prices are plain decimals, the quota is `N/month`, tiers are `0:P0,10000:P1`. */
export interface ServiceTerms {
  readonly price?: string;
  readonly freeQuota?: string;
  readonly billing?: string;
  readonly tiers?: string;
}

export interface ServiceAddRequest extends ChangeOptions, ServiceTerms {
  readonly service: string;
  readonly price: string;
  readonly unit?: string;
  readonly name?: string;
}

export interface ServiceSetRequest extends ChangeOptions, ServiceTerms {
  readonly service: string;
  /** When the new version takes effect: a date or an RFC 3339 time; now when absent. */
  readonly from?: string;
}

export interface CatalogueOperations {
  addService(request: ServiceAddRequest): Promise<Changed & { service: Service }>;
  setService(request: ServiceSetRequest): Promise<Changed & { service: Service }>;
  listServices(): Promise<Page & { services: readonly Service[] }>;
  showService(request: { service: string }): Promise<{ service: ServiceHistory }>;
  addApp(request: ChangeOptions & { app: string; name?: string }): Promise<Changed & { app: App }>;
  listApps(): Promise<Page & { apps: readonly App[] }>;
  showApp(request: { app: string }): Promise<{ app: App }>;
  limitApp(
    request: ChangeOptions & { app: string; monthly: string; onLimit?: string },
  ): Promise<Changed & { app: App }>;
  archiveApp(request: ChangeOptions & { app: string }): Promise<Changed & { app: App }>;
}
