import type { AlertCheck } from '../contract/alerts';
import type { Changed, ChangeOptions } from '../contract/calls';
import type { NoticeRecord } from '../core/alert';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { Abandon } from '../ports/store';
import { presentNotice } from './alerts';
import { type ChangeFacts, changeIn, replayed } from './command';
import { deliver } from './deliveries';
import type { Dependencies } from './dependencies';
import { openJournal } from './ledger';
import { openSession, type Session } from './session';
import { raiseStanding } from './standing-alerts';
import { evaluateAlerts } from './watches';

const CHECK: ChangeFacts = { operation: 'alert.check', action: 'alert.check', subject: 'alerts' };

/**
 * Sees what no write saw (what came about by time alone), tells it, and delivers what is due. Answers what was told
 * since the check before. Safe to run as often and as concurrently as one likes.
 */
export async function checkAlerts(deps: Dependencies, request: ChangeOptions = {}): Promise<Changed & AlertCheck> {
  const session = await openSession(deps, 'alert.check');
  const known = await replayed<AlertCheck>(session, CHECK, request);
  if (known !== undefined) return known;
  if (request.dryRun === true) return { ...(await preview(session)), dryRun: true };
  await lookAround(session);
  const report = await deliver(session);
  return changeIn<AlertCheck>(session, CHECK, request, async (unit) => {
    const told = await unit.records.notices.list({ reportedAt: null });
    for (const notice of told) await unit.records.notices.update({ ...notice, reportedAt: session.now() });
    return { ...(await answer(unit, told)), ...report };
  });
}

/** Sees what no write saw, and puts what there is to tell into the outbox. */
export function lookAround(session: Session): Promise<void> {
  return write(session, (unit) => look(unit, session));
}

/** One write: what is due by time is settled, every alert is looked at, and what came about is told. */
async function look(unit: LedgerUnit, session: Session): Promise<void> {
  const { journal, finish } = await openJournal(unit, session);
  await finish();
  if (journal.made === 0)
    await evaluateAlerts(unit, session, journal, await unit.records.alerts.list({ removedAt: null }));
  await raiseStanding(unit, session, journal);
}

/** What a check would tell: looked at, and abandoned. */
function preview(session: Session): Promise<AlertCheck> {
  return write<AlertCheck>(session, async (unit) => {
    await look(unit, session);
    const told = await unit.records.notices.list({ reportedAt: null });
    throw new Abandon({ ...(await answer(unit, told)), delivered: 0, failed: 0, dead: 0, failures: [] });
  });
}

async function answer(
  view: LedgerView,
  told: readonly NoticeRecord[],
): Promise<Pick<AlertCheck, 'fired' | 'recovered'>> {
  const notices = [];
  for (const notice of told) if (notice.kind !== 'test') notices.push(await presentNotice(view, notice));
  return { fired: notices.filter((each) => !each.recovered), recovered: notices.filter((each) => each.recovered) };
}

function write<T>(session: Session, work: (unit: LedgerUnit) => Promise<T>): Promise<T> {
  const facts = { actor: session.actor.name, action: CHECK.action, subject: CHECK.subject, reason: null };
  return session.store.write(session.org.number, { ...facts, at: session.now() }, work);
}
