import type { JournalPage, JournalRequest } from '../contract/reports';
import { type Credits, formatCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { transactionId } from '../core/ids';
import { ACCOUNTS, type Account, accountName } from '../core/ledger/chart';
import { isTransaction } from '../core/ledger/entry';
import {
  chartOf,
  createJournalWriter,
  JOURNAL_FORMATS,
  type JournalEntry,
  type JournalFormat,
  OPENING_ACCOUNT,
  openingEntry,
  postingsOf,
} from '../core/report/journal';
import { nearest } from '../core/text';
import { formatInstant, type Instant } from '../core/time';
import type { EntryQuery } from '../ports/entry-query';
import type { LedgerView, ListedEntry } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { readLedger, type Session } from './session';
import { makeCursor, readCursor, resolveFilter } from './transaction-filter';

const PAGE = 2_000;

/**
 * The log as a plain-text accounting journal, a page at a time: declarations and opening balances come with the first
 * page, what has lapsed and is not booked yet with the last. Holds are in it, as moves between two assets.
 */
export async function exportJournal(deps: Dependencies, request: JournalRequest): Promise<JournalPage> {
  const format = parseFormat(request.format);
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const { query: span, range } = resolveFilter(
      session,
      request.period === undefined ? {} : { period: request.period },
    );
    const query = { ...span, withHolds: true } as const;
    const services = await view.records.services.list();
    const chart = chartOf(new Map(services.map(({ number, id }) => [number, id])));
    const accounts = [...chart.values(), ...(span.from === undefined ? [] : [OPENING_ACCOUNT])];
    const writer = createJournalWriter(format, accounts);
    const after = request.cursor === undefined ? undefined : readCursor(session, query, 'asc', request.cursor);
    const found = await view.page({ ...query, order: 'asc', limit: PAGE, ...(after === undefined ? {} : { after }) });
    const last = found.length === PAGE ? found.at(-1) : undefined;
    const title = `${session.org.name}: ${range.from ?? 'the beginning'} to ${range.to ?? 'now'}, days of ${range.timeZone}`;
    const entries = [
      ...(after === undefined ? await opening(view, session, chart, span.from) : []),
      ...found.map((entry) => toJournal(session, chart, entry, true)),
      ...(last === undefined ? await lapsed(view, session, chart, span) : []),
    ];
    const head = after === undefined ? writer.head(title, accounts) : '';
    return {
      text: head + entries.map((entry) => writer.entry(entry)).join(''),
      entries: found.length,
      range,
      next: last === undefined ? null : makeCursor(session, query, 'asc', last),
    };
  });
}

async function opening(
  view: LedgerView,
  session: Session,
  chart: ReadonlyMap<Account, string>,
  from: Instant | undefined,
): Promise<readonly JournalEntry[]> {
  if (from === undefined) return [];
  const sums = await view.accountSums(from);
  const balances = new Map(sums.map(({ account, amount }) => [chart.get(account) ?? `${account}`, amount]));
  return [openingEntry(session.calendar.dateOf(from), balances)];
}

/** The balance shows no credits that have lapsed; neither does the journal, though no write has booked them yet. */
async function lapsed(
  view: LedgerView,
  session: Session,
  chart: ReadonlyMap<Account, string>,
  { from, to }: EntryQuery,
): Promise<readonly JournalEntry[]> {
  if (!(await view.hasDue(session.now()))) return [];
  const { journal } = await settledJournal(view, session);
  return journal.entries
    .filter(({ occurredAt }) => (from === undefined || occurredAt >= from) && (to === undefined || occurredAt < to))
    .map((entry) => toJournal(session, chart, entry, false));
}

function toJournal(
  session: Session,
  chart: ReadonlyMap<Account, string>,
  entry: ListedEntry,
  isBooked: boolean,
): JournalEntry {
  const nameOf = (account: Account) => chart.get(account) ?? accountName(account, entry.service);
  const usage = `expenses:usage:${entry.service}`;
  const [debit, credit] =
    entry.debit === null || entry.credit === null
      ? [usage, nameOf(ACCOUNTS.credits)]
      : [nameOf(entry.debit), nameOf(entry.credit)];
  return {
    date: session.calendar.dateOf(entry.occurredAt),
    id: isBooked ? transactionId(entry.recordedAt, entry.seq, session.org.tag) : null,
    description: [entry.type, entry.service, isBooked ? null : '(not booked yet)'].filter(Boolean).join(' '),
    tags: tagsOf(entry),
    postings: postingsOf(debit, credit, entry.amount as Credits),
  };
}

function tagsOf(entry: ListedEntry): JournalEntry['tags'] {
  const isPriced = entry.unitPrice !== null && isTransaction(entry.type);
  const tags: readonly (readonly [string, string | number | null])[] = [
    ['time', formatInstant(entry.occurredAt)],
    ['app', entry.app],
    ['user', entry.user],
    ['campaign', entry.campaign],
    ['quantity', entry.quantity],
    ['free-quantity', entry.freeQuantity === 0 ? null : entry.freeQuantity],
    ['unit-price', isPriced && entry.unitPrice !== null ? formatCredits(entry.unitPrice) : null],
    ['memo', entry.memo],
    ['reference', entry.reference],
    ['event', entry.externalId],
    ['actor', entry.actor],
  ];
  return tags.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)] as const]));
}

function parseFormat(word: string): JournalFormat {
  const found = JOURNAL_FORMATS.find((format) => format === word);
  if (found !== undefined) return found;
  const near = nearest(word, JOURNAL_FORMATS);
  throw new WalletError('invalid_value', `a journal can not be written as ${JSON.stringify(word)}`, {
    why: `the formats are ${JOURNAL_FORMATS.join(', ')}`,
    hint: near === undefined ? 'wallet help export journal' : `did you mean ${near}?`,
  });
}
