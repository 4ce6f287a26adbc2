import type { RecordKind } from '../../ports/record-types';
import { type Columns, plain } from './record-columns';

/** Alerts, what they watch, and what was told to whom. */
export const ALERT_COLUMNS = {
  alerts: () => [
    ...plain(['kind', 'kind'], ['threshold', 'threshold'], ['per', 'per'], ['app', 'app'], ['service', 'service']),
    ['to', 'destinations', 'json'],
    ...plain(['removedAt', 'removed_at'], ['createdAt', 'created_at']),
  ],
  watches: () => [
    ['crossed', 'crossed', 'flag'],
    ...plain(
      ['window', 'spend_window'],
      ['spent', 'spent'],
      ['mutedSince', 'muted_since'],
      ['changedAt', 'changed_at'],
    ),
  ],
  notices: () => [
    ...plain(['kind', 'kind'], ['alert', 'alert'], ['subject', 'subject']),
    ['recovered', 'recovered', 'flag'],
    ...plain(['at', 'at'], ['value', 'value'], ['threshold', 'threshold'], ['title', 'title']),
    ['lines', 'lines', 'json'],
    ['reportedAt', 'reported_at', 'plain'],
  ],
  deliveries: () =>
    plain(
      ['notice', 'notice'],
      ['destination', 'destination'],
      ['state', 'state'],
      ['attempts', 'attempts'],
      ['nextAt', 'next_at'],
      ['error', 'error'],
      ['createdAt', 'created_at'],
      ['deliveredAt', 'delivered_at'],
    ),
} satisfies Partial<Record<RecordKind, () => Columns>>;
