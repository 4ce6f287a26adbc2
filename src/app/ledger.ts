import type { AlertRecord } from '../core/alert';
import type { Grant } from '../core/credit/grant';
import { releaseHold } from '../core/credit/hold';
import { Journal } from '../core/ledger/journal';
import type { Instant } from '../core/time';
import type { JournalNeeds, JournalState } from '../ports/journal-state';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import type { Session } from './session';

/** What a decision needs to have been read, beside the wallet and its open grants. */
export interface Needs extends Pick<JournalNeeds, 'months'> {
  /** Grants that are empty and may be given back to. */
  readonly grants?: readonly number[];
  /** Where the closed periods end, for whoever has asked already. */
  readonly closedUntil?: Instant;
}

/**
 * The session with its clock stopped at the moment that this write will bear. Time moves on while a write is made, and
 * the log's own never runs backwards: everything that one write decides has to be decided at one moment.
 */
export async function atLogTime(view: LedgerView, session: Session): Promise<Session> {
  const { recordedAt } = await view.wallet();
  const now = session.now();
  const at = now > recordedAt ? now : recordedAt;
  return { ...session, now: () => at };
}

/** Reads the ledger's state and settles what is due by now, in memory: lapsed holds return, lapsed grants end. */
export async function settledJournal(view: LedgerView, session: Session, needs: Needs = {}) {
  const asked = view.journalState({ now: session.now(), months: needs.months ?? [] });
  if (needs.closedUntil !== undefined && needs.grants === undefined)
    return settle(session, await asked, needs.closedUntil);
  // Asked for together: an engine far away answers them in one trip.
  const [state, closedUntil, more] = await Promise.all([
    asked,
    view.closedUntil(),
    view.grants({ seqs: needs.grants ?? [] }),
  ]);
  return settle(session, { ...state, grants: withMore(state.grants, more) }, closedUntil);
}

/** The journal that starts from a state, with what is due settled in it. */
export function settle(session: Session, state: JournalState, closedUntil: Instant) {
  const { wallet, at, grants, months } = state;
  const journal = new Journal(
    { wallet, grants, months },
    { at, actor: session.actor.name, calendar: session.calendar, closedUntil },
  );
  const ended = state.dueHolds.map((hold) => releaseHold(journal, hold, 'expired'));
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
    const posting = postJournal(unit, journal);
    if (posting === undefined) return;
    await posting;
    const alerts = await standingAlerts(unit);
    if (isWatched(journal, alerts)) await watch(unit, session, journal, alerts);
  };
  return { journal, finish };
}

/** Ends what has lapsed meanwhile and writes what the journal decided; undefined where that is nothing. */
export function postJournal(unit: LedgerUnit, journal: Journal): Promise<void> | undefined {
  journal.expireGrants();
  return journal.made === 0 ? undefined : unit.post(journal.result());
}

export function standingAlerts(view: LedgerView): Promise<readonly AlertRecord[]> {
  return view.recall('standing alerts', () => view.records.alerts.list({ removedAt: null }));
}

/** Whether this write may have made something cross. */
export function isWatched(journal: Journal, alerts: readonly AlertRecord[]): boolean {
  return alerts.length > 0 || journal.passedBudgets.length > 0;
}

/** Tells what this write made cross. */
export async function watch(
  unit: LedgerUnit,
  session: Session,
  journal: Journal,
  alerts: readonly AlertRecord[],
): Promise<void> {
  const { evaluateAlerts, tellBudgets } = await import('./watches');
  await evaluateAlerts(unit, session, journal, alerts);
  await tellBudgets(unit, session, journal);
}

function withMore(open: readonly Grant[], more: readonly Grant[]): readonly Grant[] {
  if (more.length === 0) return open;
  const known = new Set(open.map((grant) => grant.seq));
  return [...open, ...more.filter((grant) => !known.has(grant.seq))];
}
