import type { UsageEvent } from '../contract/usage';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseWhen } from '../core/period';
import { ownTime, placeInTime } from '../core/report/closing';
import { isPlainKey, parseKey, parseName, parseQuantity, parseText } from '../core/text';
import { type Calendar, DAY_MS, formatInstant, type Instant } from '../core/time';
import type { PostedEvent } from '../ports/ledger-view';

/** An event whose every field has been read; whether its app and service exist is not known yet. */
export interface ParsedEvent {
  /** The line it stood on; 0 where it came alone. */
  readonly line: number;
  readonly app: string;
  readonly service: string;
  readonly quantity: number;
  readonly externalId: string | null;
  readonly user: string | null;
  readonly campaign: string | null;
  readonly memo: string | null;
  /** When it happened; `occurredAt` is where it is posted, which is later where its period is closed. */
  readonly ownTime: Instant;
  readonly occurredAt: Instant;
  /** Marks an event that came too late for its period. */
  readonly reference: string | null;
  /** False where the caller gave no time: it happened when it was seen. */
  readonly timed: boolean;
}

/** 2000-01-01: nothing this product accounts for happened before. */
const EARLIEST = 946_684_800_000;
/** More different texts than this in one batch are not worth remembering. */
const MOST_KNOWN = 20_000;

/** Reads the events of one batch. Names repeat from row to row: each is checked once and then shared. */
export class EventReader {
  readonly now: Instant;
  readonly user = readUser;
  readonly campaign = readCampaign;
  readonly memo = readMemo;
  readonly #calendar: Calendar;
  readonly #closedUntil: Instant;
  readonly #users = new Names(readUser);
  readonly #campaigns = new Names(readCampaign);
  readonly #memos = new Names(readMemo);

  constructor(calendar: Calendar, now: Instant, closedUntil: Instant) {
    this.#calendar = calendar;
    this.#closedUntil = closedUntil;
    this.now = now;
  }

  /** Whether a moment is plausible, and its period still open. */
  isOnTime(at: number): boolean {
    return at >= EARLIEST && at <= this.now + DAY_MS && at >= this.#closedUntil;
  }

  /** Reads one event. Throws `invalid_quantity`, `invalid_time`, `invalid_value` or `secret_refused`. */
  read(event: UsageEvent, line = 0): ParsedEvent {
    const { user, campaign, memo, id, time } = event;
    const own = time === undefined ? this.now : parseEventTime(time, this.#calendar, this.now);
    const { occurredAt, reference } = placeInTime(own, this.#closedUntil);
    return {
      line,
      app: event.app,
      service: event.service,
      quantity: parseQuantity(event.quantity),
      externalId: id === undefined ? null : isPlainKey(id) ? id : parseKey(id, 'event id'),
      user: this.#users.of(user),
      campaign: this.#campaigns.of(campaign),
      memo: this.#memos.of(memo),
      ownTime: own,
      occurredAt,
      reference,
      timed: time !== undefined,
    };
  }
}

/** What texts mean as names, each read once. */
class Names {
  readonly #read: (raw: string) => string;
  /** Made for the first of them: most events that come alone have none. */
  #known: Map<string, string> | undefined;

  constructor(read: (raw: string) => string) {
    this.#read = read;
  }

  of(raw: string | undefined): string | null {
    if (raw === undefined) return null;
    const known = this.#known?.get(raw);
    if (known !== undefined) return known;
    const name = this.#read(raw);
    this.#known ??= new Map();
    if (this.#known.size < MOST_KNOWN) this.#known.set(raw, name);
    return name;
  }
}

const readUser = (raw: string) => parseName(raw, 'user');
const readCampaign = (raw: string) => parseName(raw, 'campaign');
const readMemo = (raw: string) => parseText(raw, 'memo');

function parseEventTime(text: string, calendar: Calendar, now: Instant): Instant {
  const at = parseWhen(text, calendar);
  if (at >= EARLIEST && at <= now + DAY_MS) return at;
  throw new WalletError('invalid_time', `the time ${quote(text)} is not plausible`, {
    why: at < EARLIEST ? 'it is before the year 2000' : 'it is more than a day ahead of the clock',
    hint: 'check the time and its zone',
  });
}

/** The fields in which an event differs from the one that was posted under its id; empty for a plain repetition. */
export function differences(event: ParsedEvent, posted: PostedEvent): readonly string[] {
  return isSame(event, posted) ? NONE : namedDifferences(event, posted);
}

const NONE: readonly string[] = [];

/** By a plain comparison: an import that is run again asks it of every row. */
function isSame(event: ParsedEvent, posted: PostedEvent): boolean {
  return (
    event.app === posted.app &&
    event.service === posted.service &&
    event.quantity === posted.quantity &&
    event.user === posted.user &&
    event.campaign === posted.campaign &&
    event.memo === posted.memo &&
    (!event.timed || event.ownTime === ownTime(posted))
  );
}

function namedDifferences(event: ParsedEvent, posted: PostedEvent): readonly string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['app', event.app, posted.app],
    ['service', event.service, posted.service],
    ['quantity', event.quantity, posted.quantity],
    ['user', event.user, posted.user],
    ['campaign', event.campaign, posted.campaign],
    ['memo', event.memo, posted.memo],
    // An event that came without a time happened when it was first seen.
    ['time', event.timed ? event.ownTime : ownTime(posted), ownTime(posted)],
  ];
  return pairs.filter(([, ours, theirs]) => ours !== theirs).map(([name]) => name);
}

/** The refusal of an id that was used for another event. */
export function eventConflict(event: ParsedEvent, posted: PostedEvent, fields: readonly string[]): WalletError {
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
