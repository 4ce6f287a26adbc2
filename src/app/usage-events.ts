import type { UsageEvent } from '../contract/wallet-service';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseWhen } from '../core/period';
import { parseKey, parseName, parseQuantity, parseText } from '../core/text';
import { type Calendar, DAY_MS, formatInstant, type Instant } from '../core/time';
import type { ListedEntry } from '../ports/store';

/** An event whose every field has been read; whether its app and service exist is not known yet. */
export interface ParsedEvent {
  readonly app: string;
  readonly service: string;
  readonly quantity: number;
  readonly externalId: string | null;
  readonly user: string | null;
  readonly campaign: string | null;
  readonly memo: string | null;
  /** Null where the caller gave none: it happened now. */
  readonly time: Instant | null;
}

/** 2000-01-01: nothing this product accounts for happened before. */
const EARLIEST = 946_684_800_000;

/** Reads one event. Throws `invalid_quantity`, `invalid_time`, `invalid_value` or `secret_refused`. */
export function parseEvent(event: UsageEvent, calendar: Calendar, now: Instant): ParsedEvent {
  return {
    app: event.app,
    service: event.service,
    quantity: parseQuantity(event.quantity),
    externalId: event.id === undefined ? null : parseKey(event.id, 'event id'),
    user: event.user === undefined ? null : parseName(event.user, 'user'),
    campaign: event.campaign === undefined ? null : parseName(event.campaign, 'campaign'),
    memo: event.memo === undefined ? null : parseText(event.memo, 'memo'),
    time: event.time === undefined ? null : parseEventTime(event.time, calendar, now),
  };
}

function parseEventTime(text: string, calendar: Calendar, now: Instant): Instant {
  const at = parseWhen(text, calendar);
  if (at >= EARLIEST && at <= now + DAY_MS) return at;
  throw new WalletError('invalid_time', `the time ${quote(text)} is not plausible`, {
    why: at < EARLIEST ? 'it is before the year 2000' : 'it is more than a day ahead of the clock',
    hint: 'check the time and its zone',
  });
}

/** The fields in which an event differs from the one that was posted under its id; empty for a plain repetition. */
export function differences(event: ParsedEvent, posted: ListedEntry): readonly string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['app', event.app, posted.app],
    ['service', event.service, posted.service],
    ['quantity', event.quantity, posted.quantity],
    ['user', event.user, posted.user],
    ['campaign', event.campaign, posted.campaign],
    ['memo', event.memo, posted.memo],
    // An event that came without a time happened when it was first seen.
    ['time', event.time ?? posted.occurredAt, posted.occurredAt],
  ];
  return pairs.filter(([, ours, theirs]) => ours !== theirs).map(([name]) => name);
}

/** The refusal of an id that was used for another event. */
export function eventConflict(event: ParsedEvent, posted: ListedEntry, fields: readonly string[]): WalletError {
  return new WalletError(
    'idempotency_conflict',
    `event ${quote(event.externalId ?? '')} was posted before with another ${fields.join(' and ')}`,
    {
      why: `an event id is unique for ever; it was posted at ${formatInstant(posted.recordedAt)}`,
      hint: 'give a new event a new id; correct a wrong one with wallet usage reverse',
      details: { id: event.externalId, fields },
    },
  );
}
