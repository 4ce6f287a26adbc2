import type { Instant } from '../core/time';

/** The result of a change that was made under an idempotency key. */
export interface KeyRecord {
  readonly key: string;
  readonly operation: string;
  /** A digest of the parameters. */
  readonly fingerprint: string;
  /** The first result, as JSON; for a purchase, its id. */
  readonly result: string;
  readonly recordedAt: Instant;
}
