import type { Grant } from '../core/credit/grant';
import { releaseHold } from '../core/credit/hold';
import { Journal } from '../core/ledger/journal';
import type { MonthTotal } from '../core/ledger/totals';
import type { WalletState } from '../core/ledger/wallet-state';
import type { Instant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import type { Session } from './session';

/** What a decision needs to have been read, beside the wallet and its open grants. */
export interface Needs {
  readonly months?: readonly Pick<MonthTotal, 'kind' | 'name' | 'month'>[];
  /** Grants that are empty and may be given back to. */
  readonly grants?: readonly number[];
}

/**
 * The session with its clock stopped at the moment that this write will bear. Time moves on while a write is made, and
 * the log's own never runs backwards: everything that one write decides has to be decided at one moment.
 */
export async function atLogTime(view: LedgerView, session: Session): Promise<Session> {
  const at = logTime(await view.wallet(), session);
  return { ...session, now: () => at };
}

function logTime({ recordedAt }: WalletState, session: Session): Instant {
  const at = session.now();
  return at > recordedAt ? at : recordedAt;
}

/** Reads the ledger's state and settles what is due by now, in memory: lapsed holds return, lapsed grants end. */
export async function settledJournal(view: LedgerView, session: Session, needs: Needs = {}) {
  const wallet = await view.wallet();
  const at = logTime(wallet, session);
  // Asked for together: an engine far away answers them in one trip.
  const [open, more, months, closedUntil, due] = await Promise.all([
    view.openGrants(),
    needs.grants === undefined ? [] : view.grants({ seqs: needs.grants }),
    needs.months === undefined ? [] : view.monthTotals(needs.months),
    view.closedUntil(),
    view.dueHolds(at),
  ]);
  const grants = withMore(open, more);
  const context = { at, actor: session.actor.name, calendar: session.calendar, closedUntil };
  const journal = new Journal({ wallet, grants, months }, context);
  const ended = due.map((hold) => releaseHold(journal, hold, 'expired'));
  journal.expireGrants();
  return { journal, ended };
}

/**
 * Opens the journal of a write: what is due is settled in it first, by entries of its own. `finish` ends it: grants that
 * lapsed while a hold kept them are ended, everything is written, and the alerts look at it.
 */
export async function openJournal(unit: LedgerUnit, session: Session, needs: Needs = {}) {
  const { journal, ended } = await settledJournal(unit, session, needs);
  for (const hold of ended) await unit.records.holds.update(hold);
  const finish = async () => {
    journal.expireGrants();
    if (journal.made === 0) return;
    await unit.post(journal.result());
    await watch(unit, session, journal);
  };
  return { journal, finish };
}

/** Tells what this write made cross. Where nobody set an alert, it is one look at an empty table. */
async function watch(unit: LedgerUnit, session: Session, journal: Journal): Promise<void> {
  const alerts = await unit.records.alerts.list({ removedAt: null });
  if (alerts.length === 0 && journal.passedBudgets.size === 0) return;
  const { evaluateAlerts, tellBudgets } = await import('./watches');
  await evaluateAlerts(unit, session, journal, alerts);
  await tellBudgets(unit, session, journal);
}

function withMore(open: readonly Grant[], more: readonly Grant[]): readonly Grant[] {
  const known = new Set(open.map((grant) => grant.seq));
  return [...open, ...more.filter((grant) => !known.has(grant.seq))];
}
