import type { Credits } from './credits';
import type { Instant } from './time';

/** Alerts that are always on: what they tell can't be missed. */
const BUILT_IN_ALERTS = [
  'recharge-failed',
  'recharge-paused',
  'recharge-capped',
  'recharge-recovered',
  'card-expiring',
  'grant-expiring',
  'budget-crossed',
  'purchase-unresolved',
] as const;

type BuiltInAlert = (typeof BUILT_IN_ALERTS)[number];
export type AlertKind = 'low-balance' | 'spend' | BuiltInAlert;
type SpendPeriod = 'day' | 'week' | 'month';

/** What somebody wants to be told, and where to. */
export interface AlertRecord {
  readonly id: string;
  readonly kind: AlertKind;
  /** Below it (low-balance) or above it (spend); null for built-in alerts. */
  readonly threshold: Credits | null;
  readonly per: SpendPeriod | null;
  readonly app: string | null;
  readonly service: string | null;
  /** E-mail addresses, URLs, and `role:…`. */
  readonly to: readonly string[];
  readonly removedAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

/** Where an alert stands: its id is the alert's. */
export interface WatchRecord {
  readonly id: string;
  readonly crossed: boolean;
  /** The period that `spent` counts; null for balances. */
  readonly window: string | null;
  readonly spent: Credits;
  readonly changedAt: Instant | null;
  readonly version: number;
}

/** One thing that was told, whatever became of its deliveries. */
export interface NoticeRecord {
  readonly id: string;
  readonly kind: AlertKind | 'test';
  readonly alert: string | null;
  /** The same thing is told once: unique. */
  readonly subject: string;
  readonly recovered: boolean;
  readonly at: Instant;
  readonly value: string | null;
  readonly threshold: string | null;
  readonly title: string;
  readonly lines: readonly string[];
  /** When a check listed it as fired. */
  readonly reportedAt: Instant | null;
  readonly version: number;
}

/** One notice on its way to one place. Its id is the same at every attempt. */
export interface DeliveryRecord {
  readonly id: string;
  readonly notice: string;
  readonly destination: string;
  readonly state: 'waiting' | 'sending' | 'delivered' | 'dead';
  readonly attempts: number;
  /** Not before then; while sending, when another may take over. */
  readonly nextAt: Instant;
  readonly error: string | null;
  readonly createdAt: Instant;
  readonly deliveredAt: Instant | null;
  readonly version: number;
}
