import type { RecordKind } from '../../ports/record-types';
import { type Columns, plain } from './record-columns';

/** The auto top-up rule and what became of it each time. */
export const RECHARGE_COLUMNS = {
  recharge_rules: () => [
    ['enabled', 'enabled', 'flag'],
    ...plain(
      ['below', 'below'],
      ['amount', 'amount'],
      ['refillTo', 'refill_to'],
      ['monthlyCap', 'monthly_cap'],
      ['dailyCount', 'daily_count'],
      ['cooldownMs', 'cooldown_ms'],
      ['maxFailures', 'max_failures'],
      ['revision', 'revision'],
      ['attempts', 'attempts'],
      ['failures', 'failures'],
      ['retryAt', 'retry_at'],
      ['pausedAt', 'paused_at'],
      ['pausedBecause', 'paused_because'],
    ),
    ['cardsAtPause', 'cards_at_pause', 'json'],
    ['blocked', 'blocked', 'json'],
    ['failingSince', 'failing_since', 'plain'],
    ['told', 'told', 'json'],
    ...plain(
      ['toldCap', 'told_cap'],
      ['lastChargeAt', 'last_charge_at'],
      ['lastAttemptAt', 'last_attempt_at'],
      ['lastOutcome', 'last_outcome'],
      ['createdAt', 'created_at'],
    ),
  ],
  evaluations: () => [
    ...plain(
      ['firstAt', 'first_at'],
      ['lastAt', 'last_at'],
      ['times', 'times'],
      ['outcome', 'outcome'],
      ['guard', 'guard'],
    ),
    ['inputs', 'inputs', 'json'],
    ['purchase', 'purchase', 'plain'],
  ],
} satisfies Partial<Record<RecordKind, () => Columns>>;
