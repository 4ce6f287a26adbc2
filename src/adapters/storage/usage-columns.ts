import type { RecordKind } from '../../ports/record-types';
import { type Columns, plain } from './record-columns';

/** What stands beside usage in the log: holds, leads, and the periods that are closed. */
export const USAGE_COLUMNS = {
  holds: () => [
    ...plain(
      ['state', 'state'],
      ['app', 'app'],
      ['service', 'service'],
      ['quantity', 'quantity'],
      ['credits', 'credits'],
      ['captured', 'captured'],
      ['campaign', 'campaign'],
      ['expiresAt', 'expires_at'],
      ['createdAt', 'created_at'],
    ),
    ['draws', 'draws', 'json'],
  ],
  periods: () =>
    plain(
      ['from', 'from_at'],
      ['to', 'to_at'],
      ['opening', 'opening'],
      ['closing', 'closing'],
      ['digest', 'digest'],
      ['closedAt', 'closed_at'],
    ),
  leads: () =>
    plain(
      ['app', 'app'],
      ['service', 'service'],
      ['campaign', 'campaign'],
      ['delivered', 'delivered'],
      ['leads', 'leads'],
      ['occurredAt', 'occurred_at'],
      ['createdAt', 'created_at'],
    ),
} satisfies Partial<Record<RecordKind, () => Columns>>;
