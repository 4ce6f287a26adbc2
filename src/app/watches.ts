import {
  type AlertRecord,
  newWatch,
  spendWindow,
  spentIn,
  type TopUpOutlook,
  type WatchRecord,
  watchBalance,
  watchSpend,
} from '../core/alert';
import { add, type Credits, formatCredits, fromMicro, least, subtract } from '../core/credits';
import { monthIndexOf, monthOf, monthStart } from '../core/date';
import type { Journal } from '../core/ledger/journal';
import type { DayTotal } from '../core/ledger/totals';
import { decide } from '../core/recharge';
import { addMs } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { type NoticeDraft, raise } from './notices';
import { readRecharge } from './recharge-state';
import type { Session } from './session';

/** A top-up whose outcome is open for longer is no reason to be silent. */
const OPEN_TOO_LONG_MS = 15 * 60_000;

/** Brings the alerts in step with what this write changed, and tells what crossed. What was posted is stored already. */
export async function evaluateAlerts(
  unit: LedgerUnit,
  session: Session,
  journal: Journal,
  alerts: readonly AlertRecord[],
): Promise<void> {
  const watched = alerts.filter(({ kind }) => kind === 'low-balance' || kind === 'spend');
  if (watched.length === 0) return;
  const known = new Map((await unit.records.watches.list()).map((watch) => [watch.id, watch]));
  const days = journal.result().days;
  for (const alert of watched) {
    const watch = known.get(alert.id) ?? newWatch(alert);
    if (alert.kind === 'spend') await stepSpend(unit, session, journal, { alert, watch, days });
    else await stepBalance(unit, session, journal, { alert, watch });
  }
}

/** Apps that this write took past their monthly limit, where a limit only warns. */
export async function tellBudgets(unit: LedgerUnit, session: Session, journal: Journal): Promise<void> {
  for (const { app, month, limit, spent } of journal.passedBudgets)
    await raise(unit, session, budgetDraft(app, month, limit, spent));
}

/** That an app's spending, open holds counted, passed its limit for the month. */
export function budgetDraft(app: string, month: number, limit: Credits, spent: Credits): NoticeDraft {
  const name = monthOf(monthStart(month));
  return {
    kind: 'budget-crossed',
    subject: `budget-crossed:${app}:${name}:${limit}`,
    value: formatCredits(spent),
    threshold: formatCredits(limit),
    title: `App ${app} has used up its limit for ${name}`,
    lines: [
      `${formatCredits(spent)} credits are spent or held, and the limit is ${formatCredits(limit)}.`,
      `Change it with: wallet app limit ${app} --monthly AMOUNT`,
    ],
  };
}

interface Standing {
  readonly alert: AlertRecord;
  readonly watch: WatchRecord;
}

async function stepBalance(unit: LedgerUnit, session: Session, journal: Journal, { alert, watch }: Standing) {
  const available = subtract(journal.wallet.posted, journal.wallet.held);
  const isBelow = available < (alert.threshold ?? 0);
  const outlook = isBelow && !watch.crossed ? await topUpOutlook(unit, session, journal) : 'none';
  const step = watchBalance(alert, watch, { available, outlook, now: journal.at });
  const version = await keep(unit, watch, step.watch);
  if (step.told !== null) await raise(unit, session, balanceDraft(alert, step.told, version, journal));
}

/**
 * Whether auto top-up can be relied on, which is more than being switched on: with no card, at a cap, paused or backing
 * off it can't.
 */
async function topUpOutlook(view: LedgerView, session: Session, journal: Journal): Promise<TopUpOutlook> {
  const { rule, state } = await readRecharge(view, session, journal.wallet);
  if (rule === undefined) return 'none';
  if (state.unresolved !== null) {
    const open = await view.records.purchases.find(state.unresolved);
    const isLate = open === undefined || open.state === 'needs_review';
    return isLate || journal.at >= addMs(open.createdAt, OPEN_TOO_LONG_MS) ? 'none' : 'due';
  }
  const short = { ...state, available: least(state.available, fromMicro(rule.below - 1)) };
  const { kind, guard } = decide(rule, short, journal.at);
  if (kind !== 'charge' && guard !== 'cooldown' && guard !== 'pending_covers_it') return 'none';
  return state.available < rule.below ? 'due' : 'later';
}

/** `days` are this write's additions: the count of a period is read once, and then kept. */
async function stepSpend(
  unit: LedgerUnit,
  session: Session,
  journal: Journal,
  { alert, watch, days }: Standing & { readonly days: readonly DayTotal[] },
): Promise<void> {
  const window = spendWindow(alert.per ?? 'month', session.calendar.dateOf(journal.at));
  const isInside = (total: DayTotal) =>
    total.day >= window.first &&
    total.day <= window.last &&
    (alert.app === null || total.app === alert.app) &&
    (alert.service === null || total.service === alert.service);
  const spent =
    watch.window === window.label
      ? add(watch.spent, spentIn(days.filter(isInside)))
      : await spentSoFar(unit, alert, window);
  const step = watchSpend(alert, watch, { spent, window: window.label, now: journal.at });
  const version = await keep(unit, watch, step.watch);
  if (step.told !== null) await raise(unit, session, spendDraft(alert, step.told, version, spent));
}

async function spentSoFar(view: LedgerView, alert: AlertRecord, { first, last }: ReturnType<typeof spendWindow>) {
  return spentIn(
    await view.dayTotals({
      first,
      last,
      by: [],
      types: ['usage', 'reversal'],
      ...(alert.app === null ? {} : { apps: [alert.app] }),
      ...(alert.service === null ? {} : { services: [alert.service] }),
    }),
  );
}

/** Stores a watch that changed, and answers its version: with the alert's id, the name of a crossing. */
async function keep(unit: LedgerUnit, before: WatchRecord, after: WatchRecord): Promise<number> {
  if (after === before) return before.version;
  if (before.version > 0) return (await unit.records.watches.update(after)).version;
  await unit.records.watches.insert({ ...after, version: 1 });
  return 1;
}

function balanceDraft(alert: AlertRecord, told: 'crossed' | 'recovered', version: number, journal: Journal) {
  const { posted, held } = journal.wallet;
  const available = formatCredits(subtract(posted, held));
  const threshold = formatCredits(alert.threshold ?? posted);
  const parts = `${available} credits are available: ${formatCredits(posted)} posted, ${formatCredits(held)} held.`;
  const isCrossed = told === 'crossed';
  return {
    kind: alert.kind,
    alert: alert.id,
    subject: `${alert.id}:${version}`,
    recovered: !isCrossed,
    value: available,
    threshold,
    title: isCrossed ? `The balance is below ${threshold}` : `The balance is back at ${threshold} or more`,
    lines: isCrossed
      ? [parts, 'Buy credits with: wallet buy AMOUNT', 'Why auto top-up did not: wallet recharge trace']
      : [parts],
    to: alert.to,
  };
}

function spendDraft(alert: AlertRecord, told: 'crossed' | 'recovered', version: number, value: Credits) {
  const spent = formatCredits(value);
  const threshold = formatCredits(alert.threshold ?? value);
  const what = [
    alert.app === null ? 'Spending' : `Spending of app ${alert.app}`,
    ...(alert.service === null ? [] : [`on ${alert.service}`]),
  ].join(' ');
  return {
    kind: alert.kind,
    alert: alert.id,
    subject: `${alert.id}:${version}`,
    recovered: told === 'recovered',
    value: spent,
    threshold,
    title:
      told === 'crossed' ? `${what} is over ${threshold} this ${alert.per}` : `${what} is no longer over ${threshold}`,
    lines: [`${spent} credits so far this ${alert.per}.`, 'On what: wallet report usage --by app,service'],
    to: alert.to,
  };
}

/** The month that an instant's day lies in, as the budgets count it. */
export function monthAt(session: Session, at: Journal['at']): number {
  return monthIndexOf(session.calendar.dateOf(at));
}
