import type { TransactionFilter, TransactionQuery } from '../contract/transactions';
import { TRANSACTION_TYPES } from '../contract/transactions';
import type { Range } from '../contract/values';
import { type Credits, parseCreditsOrZero, quote } from '../core/credits';
import { WalletError } from '../core/errors';
import type { EntryType } from '../core/ledger/chart';
import { parseFrom, parsePeriod, parseTo, periodBetween } from '../core/period';
import { nearest } from '../core/text';
import type { Instant } from '../core/time';
import type { EntryPosition, EntryQuery } from '../ports/entry-query';
import { invalidCursor } from './paging';
import { timeOrNull } from './present';
import type { Session } from './session';

/** A filter as typed, turned into what the store is asked; and the span of time it came to. */
export function resolveFilter(session: Session, filter: TransactionFilter): { query: EntryQuery; range: Range } {
  const { from, to } = resolveSpan(session, filter);
  const types = someOf(filter.types)?.map(parseType);
  const search = filter.search?.trim();
  const query: EntryQuery = {
    ...defined('types', types),
    ...defined('services', someOf(filter.services)),
    ...defined('apps', someOf(filter.apps)),
    ...defined('users', someOf(filter.users)),
    ...defined('campaigns', someOf(filter.campaigns)),
    ...defined('search', search === '' ? undefined : search),
    ...defined('from', from ?? undefined),
    ...defined('to', to ?? undefined),
    ...amountRange(filter),
    ...defined('upTo', filter.upTo),
  };
  return { query, range: { from: timeOrNull(from), to: timeOrNull(to), timeZone: session.zone.zone } };
}

function resolveSpan(session: Session, filter: TransactionFilter): { from: Instant | null; to: Instant | null } {
  const calendar = session.zone;
  if (filter.period === undefined) {
    const from = filter.from === undefined ? null : parseFrom(filter.from, calendar);
    const to = filter.to === undefined ? null : parseTo(filter.to, calendar);
    return periodBetween(from, to);
  }
  if (filter.from === undefined && filter.to === undefined) return parsePeriod(filter.period, calendar, session.now());
  throw new WalletError('invalid_usage', 'a period and a --from or --to can not go together', {
    why: 'both say which time is meant',
    hint: 'write --period A..B, or --from A --to B',
  });
}

function amountRange(filter: TransactionFilter): { min?: Credits; max?: Credits } {
  const min = filter.min === undefined ? undefined : parseCreditsOrZero(filter.min, 'minimum');
  const max = filter.max === undefined ? undefined : parseCreditsOrZero(filter.max, 'maximum');
  if (min === undefined || max === undefined || min <= max) return { ...defined('min', min), ...defined('max', max) };
  throw new WalletError('invalid_amount', 'the minimum is above the maximum', {
    why: 'no transaction can be both',
    hint: 'swap --min and --max',
  });
}

function parseType(text: string): EntryType {
  const known: readonly string[] = TRANSACTION_TYPES;
  // Every transaction type is an entry type.
  if (known.includes(text)) return text as EntryType;
  const near = nearest(text, known);
  throw new WalletError('invalid_value', `there is no transaction type ${quote(text)}`, {
    why: `the types are ${known.join(', ')}`,
    hint: near === undefined ? 'wallet help transactions' : `did you mean ${near}?`,
  });
}

/** An empty list means no filter, as an absent one does. */
function someOf<T>(values: readonly T[] | undefined): readonly T[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}

function defined<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // An absent key, never one that is there and undefined.
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

/** The cursor after a position, bound to the filters and the order it was made for. */
export function makeCursor(session: Session, query: EntryQuery, order: string, position: EntryPosition): string {
  return `${position.occurredAt.toString(36)}.${position.seq.toString(36)}.${seal(session, query, order, position)}`;
}

/** The position a cursor stands for. Throws `invalid_cursor` for one that was made up, or made for another list. */
export function readCursor(session: Session, query: EntryQuery, order: string, cursor: string): EntryPosition {
  const match = /^([0-9a-z]{1,11})\.([0-9a-z]{1,9})\.([0-9a-f]{12})$/.exec(cursor);
  if (match === null) throw invalidCursor();
  const position = {
    occurredAt: Number.parseInt(match[1] ?? '', 36) as Instant,
    seq: Number.parseInt(match[2] ?? '', 36),
  };
  if (match[3] !== seal(session, query, order, position)) throw invalidCursor();
  return position;
}

function seal(session: Session, query: EntryQuery, order: string, position: EntryPosition): string {
  const facts = JSON.stringify([
    session.info.instance,
    session.org.id,
    order,
    query,
    position.occurredAt,
    position.seq,
  ]);
  return session.deps.system.digest([facts]).slice(0, 12);
}

/** The order of a list as asked. Throws `invalid_value`. */
export function parseOrder(order: TransactionQuery['order'] | string | undefined): 'asc' | 'desc' {
  if (order === undefined || order === 'desc') return 'desc';
  if (order === 'asc') return 'asc';
  throw new WalletError('invalid_value', `the order ${quote(order)} is not valid`, {
    why: 'a list goes up or down in time',
    hint: 'write --order asc or --order desc',
  });
}
