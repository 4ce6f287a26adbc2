import type { Calendar, Instant } from '../core/time';

/** Moments of a dealing with the processor, and of a move, at which a test may end the process. */
export const FAIL_POINTS = [
  'intent.before_commit',
  'intent.after_commit',
  'create.before_send',
  'create.after_recv',
  'pi.after_commit',
  'confirm.before_send',
  'confirm.after_send',
  'credit.before_commit',
  'credit.after_commit',
  'cancel.before_send',
  'cancel.after_send',
  'fail.before_commit',
  'refund.before_commit',
  'refund.before_send',
  'refund.after_send',
  'refund.before_settle',
  'refund.after_settle',
  'move.log',
  'move.records',
  'move.copied',
  'move.marked',
] as const;

type FailPoint = (typeof FAIL_POINTS)[number];

/** What a use case needs from the machine. */
export interface System {
  /** The time, or the one that was set for tests. */
  now(): Instant;
  /** Called at a failpoint: nothing happens, unless a test asked the process to end right there. */
  reached(point: FailPoint): void;
  /** Fourteen hexadecimal digits, different every time. */
  random(): string;
  /** SHA-256 of the parts in their order, in hexadecimal. */
  digest(parts: readonly (string | Uint8Array)[]): string;
  /** The days of a time zone. Throws `invalid_value` for a zone that does not exist. */
  calendar(zone: string): Promise<Calendar>;
}
