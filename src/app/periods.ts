import type { Changed, ChangeOptions } from '../contract/calls';
import type { ClosedPeriod } from '../contract/periods';
import type { StatementReport } from '../contract/reports';
import { type Credits, formatCredits, quote, readCredits } from '../core/credits';
import { addMonths, monthOf } from '../core/date';
import { WalletError } from '../core/errors';
import { parsePeriod } from '../core/period';
import type { PeriodRecord } from '../core/report/closing';
import { formatInstant, type Instant, nearestInstant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { openJournal } from './ledger';
import { readLedger, type Session } from './session';
import { statementOf } from './statement-report';

/**
 * Proves a month, opening + movements = closing and the log agreeing, and seals it with a digest of its statement in
 * the chain; so with every month before it that was left open since the last closing. Throws `invalid_time` for anything but a month, `invalid_state` before it has ended, `period_closed` after
 * it was closed, and `integrity_failure` where the proof fails.
 */
export async function closePeriod(
  deps: Dependencies,
  request: ChangeOptions & { period: string },
): Promise<Changed & { period: ClosedPeriod }> {
  const facts = { operation: 'period.close', action: 'period.close', subject: request.period } as const;
  return change(deps, facts, request, async (unit, session) => {
    const { id, from, to } = monthOfPeriod(session, request.period);
    const now = session.now();
    const until = await unit.closedUntil();
    if (to <= until) throw alreadyClosed(id, until);
    if (to > now) throw notEnded(id, to);
    // What has lapsed by now is booked first: it belongs to the month it lapsed in.
    await (await openJournal(unit, session)).finish();
    for (const month of monthsBetween(session, until, from)) await closeMonth(unit, session, month);
    const record = await closeMonth(unit, session, { id, from, to });
    return { period: present(session, record) };
  });
}

interface Month {
  readonly id: string;
  readonly from: Instant;
  readonly to: Instant;
}

async function closeMonth(unit: LedgerUnit, session: Session, { id, from, to }: Month): Promise<PeriodRecord> {
  const proof = await prove(unit, session, id, to);
  const record: PeriodRecord = { id, from, to, ...proof, closedAt: session.now(), version: 1 };
  await unit.records.periods.insert(record);
  return record;
}

/** The months that were left open since the last closing: no month is closed without a seal of its own. */
function monthsBetween(session: Session, until: Instant, from: Instant): readonly Month[] {
  const months: Month[] = [];
  for (let at = until; until > 0 && at < from; ) {
    const month = monthOfPeriod(session, monthOf(session.calendar.dateOf(at)));
    months.push(month);
    at = month.to;
  }
  return months;
}

export async function listPeriods(deps: Dependencies): Promise<{ periods: readonly ClosedPeriod[]; next: null }> {
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const records = await view.records.periods.list({}, { newestFirst: true });
    return { periods: records.map((record) => present(session, record)), next: null };
  });
}

/** Every closed month whose statement is no longer the one that was sealed. */
export async function periodFaults(view: LedgerView, session: Session): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { id, digest } of await view.records.periods.list()) {
    if (digestOf(session, await sealedStatement(view, session, id)) !== digest)
      faults.push(`the statement of ${id} is not the one that was sealed`);
  }
  return faults;
}

async function prove(view: LedgerView, session: Session, id: string, to: Instant) {
  const statement = await sealedStatement(view, session, id);
  const log = await view.totals({ to: to });
  if (formatCredits(log.amount) !== statement.closing) {
    throw new WalletError('integrity_failure', `${id} can not be closed: its closing is not what the log says`, {
      why: `the statement ends in ${statement.closing}, the log in ${formatCredits(log.amount)}`,
      hint: 'wallet verify --full',
    });
  }
  const opening: Credits = readCredits(statement.opening);
  return { opening, closing: log.amount, digest: digestOf(session, statement) };
}

/** In the organisation's own days, whatever zone the caller has named. */
function sealedStatement(view: LedgerView, session: Session, id: string): Promise<StatementReport> {
  return statementOf(view, { ...session, zone: session.calendar }, id);
}

function digestOf(session: Session, { org: _org, ...figures }: StatementReport): string {
  return session.deps.system.digest([JSON.stringify(figures)]);
}

/** The month a period names. Throws `invalid_time` for anything else. */
export function monthOfPeriod(session: Session, text: string): { id: string; from: Instant; to: Instant } {
  const { calendar } = session;
  const { from, label } = parsePeriod(text, calendar, session.now());
  if (!/^\d{4}-\d\d$/.test(label) || from === null) {
    throw new WalletError('invalid_time', `the period ${quote(text)} is no month`, {
      why: 'books are closed month by month',
      hint: 'write a month such as 2026-10, or last-month',
    });
  }
  const end = addMonths(calendar.dateOf(from), 1);
  return { id: label, from, to: nearestInstant(calendar.startOfDay(end)) };
}

function present(session: Session, record: PeriodRecord): ClosedPeriod {
  return {
    period: record.id,
    from: formatInstant(record.from),
    to: formatInstant(record.to),
    timeZone: session.calendar.zone,
    opening: formatCredits(record.opening),
    closing: formatCredits(record.closing),
    digest: record.digest,
    closedAt: formatInstant(record.closedAt),
  };
}

function alreadyClosed(id: string, until: Instant): WalletError {
  return new WalletError('period_closed', `${id} is closed already`, {
    why: `the books are closed until ${formatInstant(until)}`,
    hint: 'wallet period list',
    details: { period: id },
  });
}

function notEnded(id: string, to: Instant): WalletError {
  return new WalletError('invalid_state', `${id} has not ended yet`, {
    why: `it ends at ${formatInstant(to)}`,
    hint: 'close it once it has ended',
    details: { period: id },
  });
}
