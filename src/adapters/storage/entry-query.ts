import type { Instant } from '../../core/time';
import type { DayTotalsQuery, EntryPageQuery, EntryQuery } from '../../ports/entry-query';
import type { SqlValue } from './sql-driver';

/** A condition and the values of its question marks. */
interface Filter {
  readonly where: string;
  readonly params: readonly SqlValue[];
}

/** What the entry did to posted credits, by the account numbers of `core/ledger/chart`: its own amount, taken, or nothing. */
export function signedAmount(amount: string, negative: string, nothing: string): string {
  return `CASE WHEN debit = 1 AND credit <> 2 THEN ${amount} WHEN credit = 1 AND debit <> 2 THEN ${negative} ELSE ${nothing} END`;
}

/** The same of what it did to the postpaid invoice. */
export function signedInvoiced(amount: string, negative: string, nothing: string): string {
  return `CASE WHEN credit = 4 THEN ${amount} WHEN debit = 4 THEN ${negative} ELSE ${nothing} END`;
}

/** What `isTransaction` of `core/ledger/entry` says, as SQL. */
const ONLY_TRANSACTIONS = "type NOT IN ('hold', 'release', 'payment', 'rounding')";

/** The filters of a query as SQL. Values are always bound; only fixed text is put together. */
export function filterEntries(org: number, query: EntryQuery): Filter {
  const parts: string[] = ['org = ?'];
  if (query.withHolds === undefined) parts.push(ONLY_TRANSACTIONS);
  const params: SqlValue[] = [org];
  const add = (sql: string, ...values: readonly SqlValue[]) => {
    parts.push(sql);
    params.push(...values);
  };
  const anyOf = (column: string, values: readonly string[] | undefined) => {
    if (values !== undefined) add(`${column} IN (${values.map(() => '?').join(', ')})`, ...values);
  };
  anyOf('type', query.types);
  // Few transactions are not usage; said in these words, the small index over just those serves the query.
  if (query.types !== undefined && !query.types.includes('usage')) add("type <> 'usage'");
  if (query.services?.length === 1) add('service = ?', query.services[0] ?? null);
  // In any other form the index by service would have to be sorted; the index by time already is.
  else anyOf("coalesce(service, '')", query.services);
  anyOf('app', query.apps);
  anyOf('user_name', query.users);
  anyOf('campaign', query.campaigns);
  if (query.from !== undefined) add('occurred_at >= ?', query.from);
  if (query.to !== undefined) add('occurred_at < ?', query.to);
  if (query.min !== undefined) add('amount >= ?', query.min);
  if (query.max !== undefined) add('amount <= ?', query.max);
  if (query.upTo !== undefined) add('seq <= ?', query.upTo);
  if (query.search !== undefined) {
    const columns = ['memo', 'campaign', 'user_name', 'reference', 'external_id'];
    const tests = foldedCases(query.search).flatMap((text) => columns.map((column) => ({ text, column })));
    const patterns = tests.map(({ text }) => `%${text.replace(/[\\%_]/g, '\\$&')}%`);
    add(`(${tests.map(({ column }) => `lower(${column}) LIKE ? ESCAPE '\\'`).join(' OR ')})`, ...patterns);
  }
  return { where: parts.join(' AND '), params };
}

/**
 * The text as `lower` may leave it. Some engines fold A to Z alone: there a word is found whose other letters are as
 * typed, all small or all capital. Plain text needs one look.
 */
function foldedCases(text: string): readonly string[] {
  const cases = [text, text.toLowerCase(), text.toUpperCase()];
  return [...new Set(cases.map((each) => each.replace(/[A-Z]/g, (letter) => letter.toLowerCase())))];
}

/** The same, from a position on, in order, at most so many: what follows `WHERE`. */
export function pageOfEntries(org: number, query: EntryPageQuery): Filter {
  const { where, params } = filterEntries(org, fromPosition(query));
  const after = query.after === undefined ? '' : ' AND NOT (occurred_at = ? AND seq <= ?)';
  const position = query.after === undefined ? [] : [query.after.occurredAt, query.after.seq];
  const direction = query.order === 'desc' ? ' DESC' : '';
  return {
    // Whichever way time runs, what happened at one moment is listed as it was posted.
    where: `${where}${after} ORDER BY occurred_at${direction}, seq LIMIT ?`,
    params: [...params, ...position, query.limit],
  };
}

/** The span with its one end moved to the position: a second bound beside it leads planners to the wrong index. */
function fromPosition(query: EntryPageQuery): EntryQuery {
  if (query.after === undefined) return query;
  const { occurredAt } = query.after;
  if (query.order === 'asc') return { ...query, from: Math.max(query.from ?? 0, occurredAt) as Instant };
  const justAfter = occurredAt + 1;
  return { ...query, to: Math.min(query.to ?? justAfter, justAfter) as Instant };
}

/** Sums of daily totals by the fields that are asked for; the type is always one of them. */
export function sumOfDays(org: number, query: DayTotalsQuery): { sql: string; params: readonly SqlValue[] } {
  const conditions: string[] = ['org = ?', ONLY_TRANSACTIONS];
  const params: SqlValue[] = [org];
  const add = (sql: string, ...values: readonly SqlValue[]) => {
    conditions.push(sql);
    params.push(...values);
  };
  if (query.first !== undefined) add('day >= ?', query.first);
  if (query.last !== undefined) add('day <= ?', query.last);
  const lists = { type: query.types, service: query.services, app: query.apps, campaign: query.campaigns };
  for (const [column, values] of Object.entries({ ...lists, user_name: query.users })) {
    if (values !== undefined) add(`${column} IN (${values.map(() => '?').join(', ')})`, ...values);
  }
  const grouped = query.by.map((field) => (field === 'user' ? 'user_name' : field));
  const columns = ['service', 'app', 'user_name', 'campaign'].map((name) =>
    grouped.includes(name as (typeof grouped)[number]) ? name : `'' AS ${name}`,
  );
  const sums = ['transactions', 'quantity', 'free_quantity', 'amount', 'invoiced'];
  const sql = `SELECT ${grouped.includes('day') ? 'day' : '0 AS day'}, type, ${columns.join(', ')},
    ${sums.map((name) => `sum(${name}) AS ${name}`).join(', ')} FROM day_totals
    WHERE ${conditions.join(' AND ')} GROUP BY ${['type', ...grouped].join(', ')}`;
  return { sql, params };
}
