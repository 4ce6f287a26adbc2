import type { Digest } from '../core/ledger/chain';
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

/**
 * What a write's link has of a key, so that its seal covers it: a digest of the whole record, which stands in its own
 * table, is never changed, and says again what the entries say.
 */
export function sealedKey({ key, operation, fingerprint, result, recordedAt }: KeyRecord, digest: Digest): string {
  // Only a key can have a line feed in it, and it comes last: so two different records never give the same text.
  return digest([`${operation}\n${fingerprint}\n${recordedAt}\n${result}\n${key}`]);
}
