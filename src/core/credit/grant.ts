import { type Credits, subtract } from '../credits';
import type { Instant } from '../time';

export type GrantKind = 'purchased' | 'promotional';

export const DEFAULT_PRIORITY = 100;

/** Credits that came in together: one purchase, one promotion. Usage draws on it until it is empty or lapses. */
export interface Grant {
  readonly id: string;
  /** The number of the entry that opened it: its place in the log, and its key. */
  readonly seq: number;
  readonly kind: GrantKind;
  readonly credits: Credits;
  /** Lower is used first. */
  readonly priority: number;
  /** An exclusive instant: at it, the grant is no longer usable. */
  readonly expiresAt: Instant | null;
  /** Where it came from: a purchase's id, or the reason given. */
  readonly source: string;
  readonly createdAt: Instant;
  /** Not yet used. */
  readonly remaining: Credits;
  /** The part of `remaining` that open holds have reserved. */
  readonly held: Credits;
}

/** What of the grant is neither used nor held. */
export function freePart(grant: Pick<Grant, 'remaining' | 'held'>): Credits {
  return subtract(grant.remaining, grant.held);
}

/** Whether the grant has lapsed at that instant. */
export function hasExpired(grant: Pick<Grant, 'expiresAt'>, now: Instant): boolean {
  return grant.expiresAt !== null && grant.expiresAt <= now;
}

/**
 * The burn-down order, total and fixed (docs/concepts.md): lower priority number, earlier expiry
 * (never last), promotional before purchased, older, then by place in the log.
 */
export function compareForBurnDown(a: Grant, b: Grant): number {
  return (
    a.priority - b.priority ||
    compareExpiry(a.expiresAt, b.expiresAt) ||
    kindRank(a.kind) - kindRank(b.kind) ||
    a.createdAt - b.createdAt ||
    a.seq - b.seq
  );
}

function compareExpiry(a: Instant | null, b: Instant | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

function kindRank(kind: GrantKind): number {
  return kind === 'promotional' ? 0 : 1;
}
