import type { Credits } from '../credits';
import { formatInstant, type Instant, parseInstant } from '../time';

/** A month that was proved and sealed. Nothing is posted into it any more. */
export interface PeriodRecord {
  /** `2026-10`: so periods sort by time. */
  readonly id: string;
  readonly from: Instant;
  /** Excluded: what happens before it counts as late from the closing on. */
  readonly to: Instant;
  readonly opening: Credits;
  readonly closing: Credits;
  /** SHA-256 of the statement as it stood at the closing. */
  readonly digest: string;
  readonly closedAt: Instant;
  readonly version: number;
}

const LATE = 'late:';

/** How an event whose time lies in a closed period is posted: at the first moment that is open, with its own time kept. */
export function placeInTime(own: Instant, closedUntil: Instant): { occurredAt: Instant; reference: string | null } {
  if (own >= closedUntil) return { occurredAt: own, reference: null };
  return { occurredAt: closedUntil, reference: `${LATE}${formatInstant(own)}` };
}

/** When a posted event happened: its own time, also where it was posted late. */
export function ownTime(posted: { occurredAt: Instant; reference: string | null }): Instant {
  const { reference, occurredAt } = posted;
  return reference?.startsWith(LATE) === true ? parseInstant(reference.slice(LATE.length)) : occurredAt;
}
