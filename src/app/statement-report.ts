import type { AllStatements, StatementFigures, StatementReport } from '../contract/reports';
import { formatCredits } from '../core/credits';
import { type DayTotal, TotalsCounter } from '../core/ledger/totals';
import { MOVEMENTS, type Statement, StatementFold } from '../core/report/statement';
import type { UsageRow } from '../core/report/usage';
import type { Instant } from '../core/time';
import type { LedgerView } from '../ports/ledger-view';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { movementsOf } from './movements';
import { openSession, organisationsOf, readLedger, type Session } from './session';
import { resolveFilter } from './transaction-filter';
import { figures } from './usage-report';

/** One organisation's statement for a period of its own time zone. */
export async function reportStatement(deps: Dependencies, request: { period: string }): Promise<StatementReport> {
  return readLedger(deps, 'transaction.read', (view, session) => statementOf(view, session, request.period));
}

export async function statementOf(view: LedgerView, session: Session, period: string): Promise<StatementReport> {
  const fold = new StatementFold();
  const range = await fillStatement(view, session, period, [fold]);
  return { org: session.org.name, range, ...present(fold.result()) };
}

/** The statements of every organisation of the ledger, and their sum. */
export async function reportAllStatements(deps: Dependencies, request: { period: string }): Promise<AllStatements> {
  const first = await openSession(deps, 'transaction.read');
  const total = new StatementFold();
  const organisations: StatementReport[] = [];
  for (const { name } of await organisationsOf(first)) {
    const own = await readLedger({ ...deps, org: name }, 'transaction.read', async (view, session) => {
      const fold = new StatementFold();
      const range = await fillStatement(view, session, request.period, [fold, total]);
      return { org: name, range, ...present(fold.result()) };
    });
    organisations.push(own);
  }
  return { organisations, total: present(total.result()) };
}

async function fillStatement(view: LedgerView, session: Session, period: string, folds: readonly StatementFold[]) {
  const { query, range } = resolveFilter(session, { period });
  const { from, to } = query;
  const before = (total: DayTotal) => {
    for (const fold of folds) fold.takeBefore(total);
  };
  const within = (total: DayTotal) => {
    for (const fold of folds) fold.take(total);
  };
  if (from !== undefined) {
    for await (const totals of movementsOf(view, session, { to: from }, [])) totals.forEach(before);
  }
  for await (const totals of movementsOf(view, session, query, ['service', 'app'])) totals.forEach(within);
  const due = await dueTotals(view, session);
  if (from !== undefined) due(undefined, from).forEach(before);
  due(from, to).forEach(within);
  return range;
}

/**
 * What has lapsed and no write has booked yet: a statement shows it, as the balance does. Answers a function that gives
 * the part of a span.
 */
async function dueTotals(view: LedgerView, session: Session) {
  const isDue = await view.hasDue(session.now());
  const entries = isDue ? (await settledJournal(view, session)).journal.entries : [];
  return (from: Instant | undefined, to: Instant | undefined): readonly DayTotal[] => {
    const counter = new TotalsCounter(session.calendar);
    for (const entry of entries) {
      const isIn = (from === undefined || entry.occurredAt >= from) && (to === undefined || entry.occurredAt < to);
      if (isIn) counter.take(entry);
    }
    return [...counter.days.values()];
  };
}

function present(statement: Statement): StatementFigures {
  const movements = Object.fromEntries(MOVEMENTS.map((name) => [name, formatCredits(statement.movements[name])]));
  return {
    opening: formatCredits(statement.opening),
    ...(movements as Pick<StatementFigures, (typeof MOVEMENTS)[number]>),
    closing: formatCredits(statement.closing),
    invoiced: formatCredits(statement.invoiced),
    byService: statement.byService.map((row) => ({ service: nameOf(row), ...figures(row) })),
    byApp: statement.byApp.map((row) => ({ app: nameOf(row), ...figures(row) })),
  };
}

function nameOf(row: UsageRow): string | null {
  return row.groups[0] ?? null;
}
