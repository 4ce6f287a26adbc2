import type { Calendar, Instant } from '../core/time';

/** What a use case needs from the machine. */
export interface System {
  /** The time, or the one that was set for tests. */
  now(): Instant;
  /** Fourteen hexadecimal digits, different every time. */
  random(): string;
  /** SHA-256 of the parts in their order, in hexadecimal. */
  digest(parts: readonly string[]): string;
  /** The days of a time zone. Throws `invalid_value` for a zone that does not exist. */
  calendar(zone: string): Promise<Calendar>;
}
