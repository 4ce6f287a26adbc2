import type {
  LedgerHead,
  TransactionCsvPage,
  TransactionFilter,
  TransactionPage,
  TransactionQuery,
  TransactionTotals,
} from '../contract/transactions';
import type { Range } from '../contract/values';
import { formatCredits } from '../core/credits';
import type { EntryPageQuery } from '../ports/entry-query';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { pageLimit } from './paging';
import { presentTransaction } from './present';
import { readLedger, type Session } from './session';
import { makeCursor, parseOrder, readCursor, resolveFilter } from './transaction-filter';

/** One page of transactions, in order of time, then posting. */
export async function listTransactions(deps: Dependencies, query: TransactionQuery): Promise<TransactionPage> {
  const limit = pageLimit(query.limit);
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const { page, range } = resolvePage(session, query, limit + 1);
    const found = await view.page(page);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next =
      found.length > limit && last !== undefined ? makeCursor(session, filterOf(page), page.order, last) : null;
    return { transactions: shown.map((entry) => presentTransaction(session, entry)), next, range };
  });
}

/** The same page as finished CSV lines: made where the rows are, because people export them by the million. */
export async function csvOfTransactions(deps: Dependencies, query: TransactionQuery): Promise<TransactionCsvPage> {
  const limit = pageLimit(query.limit);
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const { page } = resolvePage(session, query, limit);
    const { text, rows, last } = await view.csvPage(page);
    return { text, rows, next: last === null ? null : makeCursor(session, filterOf(page), page.order, last) };
  });
}

export async function totalsOfTransactions(
  deps: Dependencies,
  filter: TransactionFilter,
): Promise<{ totals: TransactionTotals; range: Range; ledger: LedgerHead }> {
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const { query, range } = resolveFilter(session, filter);
    const totals = await view.totals(query);
    return {
      totals: { ...totals, amount: formatCredits(totals.amount), invoiced: formatCredits(totals.invoiced) },
      range,
      ledger: await headOf(view, session),
    };
  });
}

async function headOf(view: LedgerView, session: Session): Promise<LedgerHead> {
  const { links, hash } = await (await view.proof()).head();
  return { instance: session.info.instance, writes: links, entries: (await view.wallet()).seq, head: hash };
}

function resolvePage(session: Session, query: TransactionQuery, limit: number): { page: EntryPageQuery; range: Range } {
  const order = parseOrder(query.order);
  const resolved = resolveFilter(session, query);
  const after = query.cursor === undefined ? {} : { after: readCursor(session, resolved.query, order, query.cursor) };
  return { page: { ...resolved.query, order, limit, ...after }, range: resolved.range };
}

function filterOf(page: EntryPageQuery) {
  const { order: _order, limit: _limit, after: _after, ...filter } = page;
  return filter;
}
