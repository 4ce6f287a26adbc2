import type { Changed, ChangeOptions, Page, PageRequest } from './calls';
import type { Decimal, Timestamp } from './values';

/** What somebody wants to be told, where to, and where it stands. */
export interface Alert {
  readonly id: string;
  readonly kind: string;
  /** `crossed` until it clears; always `ok` for what only happens once. */
  readonly status: 'ok' | 'crossed' | 'removed';
  readonly threshold: Decimal | null;
  readonly per: 'day' | 'week' | 'month' | null;
  readonly app: string | null;
  readonly service: string | null;
  readonly to: readonly string[];
  /** When `status` last changed. */
  readonly changedAt: Timestamp | null;
  readonly createdAt: Timestamp;
}

/** A notice on its way to one place. The id is the same at every attempt. */
export interface Delivery {
  readonly id: string;
  readonly destination: string;
  readonly status: 'waiting' | 'sending' | 'delivered' | 'dead';
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly error: string | null;
  /** When it is tried again. */
  readonly nextAttemptAt: Timestamp | null;
  readonly deliveredAt: Timestamp | null;
}

/** One thing that was told. */
export interface Notice {
  readonly id: string;
  /** Null for what is told without anybody having set an alert. */
  readonly alert: string | null;
  readonly kind: string;
  readonly recovered: boolean;
  readonly time: Timestamp;
  readonly value: Decimal | null;
  readonly threshold: Decimal | null;
  readonly title: string;
  readonly lines: readonly string[];
  readonly deliveries: readonly Delivery[];
}

export interface AlertAnswer {
  readonly alert: Alert;
}

export interface AlertCheck {
  /** What was told since the check before, but for recoveries. */
  readonly fired: readonly Notice[];
  readonly recovered: readonly Notice[];
  /** What this run did with the outbox, in deliveries. */
  readonly delivered: number;
  readonly failed: number;
  readonly dead: number;
  readonly failures: readonly { readonly destination: string; readonly error: string }[];
}

/** What of the outbox has not arrived. */
export interface Undelivered {
  readonly waiting: number;
  /** The newest that were given up, with what they were to tell. */
  readonly dead: readonly (Delivery & { readonly notice: string; readonly title: string })[];
}

export interface AlertOperations {
  addLowBalance(request: ChangeOptions & { below: string; to: readonly string[] }): Promise<Changed & AlertAnswer>;
  addSpend(
    request: ChangeOptions & { over: string; per: string; app?: string; service?: string; to: readonly string[] },
  ): Promise<Changed & AlertAnswer>;
  /** Says where a built-in alert goes, instead of to the administrators. */
  route(request: ChangeOptions & { kind: string; to: readonly string[] }): Promise<Changed & AlertAnswer>;
  list(): Promise<Page & { alerts: readonly Alert[] }>;
  remove(request: ChangeOptions & { id: string }): Promise<Changed & AlertAnswer>;
  /** Sends a test notice to everybody the alert would tell, at once. */
  test(request: ChangeOptions & { id: string }): Promise<Changed & AlertAnswer & { deliveries: readonly Delivery[] }>;
  /** Sends again what was given up, at once: one delivery, or all of them. */
  retry(request: ChangeOptions & { id?: string }): Promise<Changed & { deliveries: readonly Delivery[] }>;
  /** What was told, newest first. */
  history(request: PageRequest): Promise<Page & { notices: readonly Notice[] }>;
  /** Sees what came about by time alone, and delivers what is due. */
  check(request: ChangeOptions): Promise<Changed & AlertCheck>;
}
