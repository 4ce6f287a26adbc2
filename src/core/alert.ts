import { type Credits, subtract, ZERO } from './credits';
import { addDays, addMonths, formatDate, type PlainDate, startOfMonth, startOfWeek } from './date';
import type { DayTotal } from './ledger/totals';
import { addMs, type Instant } from './time';

/** Alerts that are always on: what they tell can't be missed. */
export const BUILT_IN_ALERTS = [
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
export const SPEND_PERIODS = ['day', 'week', 'month'] as const;
export type SpendPeriod = (typeof SPEND_PERIODS)[number];

/** An auto top-up that is due and able has so long to happen; then people are told, whatever keeps it. */
const TOP_UP_PATIENCE_MS = 15 * 60_000;

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
  /** Since when a low balance is left to an auto top-up that is due. */
  readonly mutedSince: Instant | null;
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

/** Where a watch goes from here, and what is to be told of it. */
interface WatchStep {
  readonly watch: WatchRecord;
  readonly told: 'crossed' | 'recovered' | null;
}

/** What auto top-up can be expected to do: nothing; charge once its own threshold is reached; charge right away. */
export type TopUpOutlook = 'none' | 'later' | 'due';

/** A watch as it begins: armed, whatever the balance is. */
export function newWatch(alert: AlertRecord): WatchRecord {
  return { id: alert.id, crossed: false, window: null, spent: ZERO, mutedSince: null, changedAt: null, version: 0 };
}

/**
 * One step of a low-balance alert. It tells a crossing once, and once that it cleared. While auto top-up can be relied
 * on it stays armed and silent; a top-up that is due and does not come is relied on for a quarter of an hour.
 */
export function watchBalance(
  alert: AlertRecord,
  watch: WatchRecord,
  { available, outlook, now }: { available: Credits; outlook: TopUpOutlook; now: Instant },
): WatchStep {
  const isBelow = available < (alert.threshold ?? ZERO);
  if (watch.crossed) {
    if (isBelow) return { watch, told: null };
    return { watch: { ...watch, crossed: false, mutedSince: null, changedAt: now }, told: 'recovered' };
  }
  const mutedSince = isBelow && outlook === 'due' ? (watch.mutedSince ?? now) : null;
  const isMuted = outlook === 'later' || (mutedSince !== null && now < addMs(mutedSince, TOP_UP_PATIENCE_MS));
  if (isBelow && !isMuted)
    return { watch: { ...watch, crossed: true, mutedSince: null, changedAt: now }, told: 'crossed' };
  return { watch: mutedSince === watch.mutedSince ? watch : { ...watch, mutedSince }, told: null };
}

/** One step of a spend alert: `spent` is what its period has come to. A new period arms it again in silence. */
export function watchSpend(
  alert: AlertRecord,
  watch: WatchRecord,
  { spent, window, now }: { spent: Credits; window: string; now: Instant },
): WatchStep {
  const wasCrossed = watch.crossed && watch.window === window;
  const crossed = spent > (alert.threshold ?? ZERO);
  const isSame = watch.window === window && watch.spent === spent;
  if (crossed === wasCrossed) return { watch: isSame ? watch : { ...watch, crossed, window, spent }, told: null };
  return { watch: { ...watch, crossed, window, spent, changedAt: now }, told: crossed ? 'crossed' : 'recovered' };
}

/** The days of the period that a day lies in, both included, and the period's name. Weeks start on Monday. */
export function spendWindow(per: SpendPeriod, day: PlainDate): { label: string; first: PlainDate; last: PlainDate } {
  const first = per === 'month' ? startOfMonth(day) : per === 'week' ? startOfWeek(day) : day;
  const last = per === 'month' ? addDays(addMonths(first, 1), -1) : per === 'week' ? addDays(first, 6) : day;
  return { label: `${per} ${formatDate(first)}`, first, last };
}

/** What usage less reversals came to in daily totals: credits used and what was invoiced. */
export function spentIn(totals: readonly DayTotal[]): Credits {
  return totals
    .filter(({ type }) => type === 'usage' || type === 'reversal')
    .reduce<Credits>((sum, { invoiced, amount }) => subtract(sum, subtract(amount, invoiced)), ZERO);
}
