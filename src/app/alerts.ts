import type { Alert, AlertAnswer, Delivery, Notice, Undelivered } from '../contract/alerts';
import type { Changed, ChangeOptions, PageRequest } from '../contract/calls';
import type { AlertRecord, DeliveryRecord, NoticeRecord, WatchRecord } from '../core/alert';
import { type AlertTerms, parseAlertTerms, parseBuiltIn } from '../core/alert-terms';
import { formatCredits, quote } from '../core/credits';
import { parseDestinations } from '../core/destination';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { formatInstant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { requireApp, requireService } from './catalogue';
import { change } from './command';
import { deliver } from './deliveries';
import type { Dependencies } from './dependencies';
import { destinationsOf, raise } from './notices';
import { afterId, pageLimit } from './paging';
import { timeOrNull } from './present';
import { openSession, readLedger, type Session } from './session';

/** Given-up deliveries that are shown. */
const MOST_DEAD = 20;

/** An alert is first looked at by the next write or check: what is so already is told then. */
export async function addLowBalance(
  deps: Dependencies,
  request: ChangeOptions & { below: string; to: readonly string[] },
): Promise<Changed & AlertAnswer> {
  return addAlert(deps, request, parseAlertTerms({ kind: 'low-balance', below: request.below }));
}

export async function addSpend(
  deps: Dependencies,
  request: ChangeOptions & { over: string; per: string; app?: string; service?: string; to: readonly string[] },
): Promise<Changed & AlertAnswer> {
  const { over, per, app, service } = request;
  const named = { ...(app === undefined ? {} : { app }), ...(service === undefined ? {} : { service }) };
  return addAlert(deps, request, parseAlertTerms({ kind: 'spend', over, per, ...named }));
}

/** Says where one of the built-in alerts goes, instead of to the administrators. */
export async function routeAlert(
  deps: Dependencies,
  request: ChangeOptions & { kind: string; to: readonly string[] },
): Promise<Changed & AlertAnswer> {
  return addAlert(deps, request, parseAlertTerms({ kind: parseBuiltIn(request.kind) }));
}

async function addAlert(
  deps: Dependencies,
  request: ChangeOptions & { to: readonly string[] },
  terms: AlertTerms,
): Promise<Changed & AlertAnswer> {
  const { admit } = await deps.notifier();
  const to = parseDestinations(request.to, admit);
  const facts = { operation: 'alert.change', action: 'alert.add', subject: 'alert' } as const;
  return change(deps, facts, request, async (unit, session) => {
    const alert = await insertAlert(unit, session, { ...terms, to });
    unit.describe({ subject: `${alert.id} ${alert.kind}` });
    return { alert: presentAlert(alert) };
  });
}

/** Adds an alert inside a write. Throws `unknown_app` or `unknown_service`. */
export async function insertAlert(
  unit: LedgerUnit,
  session: Session,
  alert: AlertTerms & Pick<AlertRecord, 'to'>,
): Promise<AlertRecord> {
  if (alert.app !== null) await requireApp(unit, alert.app);
  if (alert.service !== null) await requireService(unit, alert.service);
  const now = session.now();
  const id = makeId('alert', now, session.deps.system.random());
  const record = { id, ...alert, removedAt: null, createdAt: now, version: 1 };
  await unit.records.alerts.insert(record);
  return record;
}

export async function listAlerts(deps: Dependencies): Promise<{ alerts: readonly Alert[]; next: null }> {
  return readLedger(deps, 'alert.read', async (view) => ({ alerts: await presentAlerts(view), next: null }));
}

/** Nothing more is told; what is on its way already still arrives. */
export async function removeAlert(
  deps: Dependencies,
  request: ChangeOptions & { id: string },
): Promise<Changed & AlertAnswer> {
  const facts = { operation: 'alert.change', action: 'alert.remove', subject: request.id } as const;
  return change(deps, facts, request, async (unit, session) => {
    const alert = await requireAlert(unit, request.id);
    return { alert: presentAlert(await unit.records.alerts.update({ ...alert, removedAt: session.now() })) };
  });
}

/** Tells a test notice to everybody the alert would tell, at once. */
export async function testAlert(
  deps: Dependencies,
  request: ChangeOptions & { id: string },
): Promise<Changed & AlertAnswer & { deliveries: readonly Delivery[] }> {
  const facts = { operation: 'alert.change', action: 'alert.test', subject: request.id } as const;
  const raised = await change(deps, facts, request, async (unit, session) => {
    const alert = await requireAlert(unit, request.id);
    const notice = await raiseTest(unit, session, alert);
    const watch = await unit.records.watches.find(alert.id);
    return { alert: presentAlert(alert, watch), notice: notice?.id ?? '' };
  });
  const session = await openSession(deps, 'alert.change');
  if (raised.dryRun !== true && raised.replayed !== true) await deliver(session, raised.notice);
  const { notice, ...answer } = raised;
  return { ...answer, deliveries: await session.store.read(session.org.number, (view) => deliveriesOf(view, notice)) };
}

async function raiseTest(unit: LedgerUnit, session: Session, alert: AlertRecord): Promise<NoticeRecord | undefined> {
  if ((await destinationsOf(unit, session, alert.to)).length === 0) throw noAddress(alert);
  return raise(unit, session, {
    kind: 'test',
    alert: alert.id,
    subject: `test:${session.deps.system.random()}`,
    title: `This is a test of the alert ${alert.kind}`,
    lines: ['Nothing has happened. When something does, it is told the same way.'],
    to: alert.to,
  });
}

/** What was told, newest first, and what became of it. */
export async function listNotices(
  deps: Dependencies,
  request: PageRequest,
): Promise<{ notices: readonly Notice[]; next: string | null }> {
  const limit = pageLimit(request.limit);
  const after = afterId('notice', request.cursor);
  return readLedger(deps, 'alert.read', async (view) => {
    const found = await view.records.notices.list({}, { newestFirst: true, limit: limit + 1, ...after });
    const notices: Notice[] = [];
    for (const notice of found.slice(0, limit)) notices.push(await presentNotice(view, notice));
    return { notices, next: found.length > limit ? (notices.at(-1)?.id ?? null) : null };
  });
}

/** The alerts that are set, with where each stands. */
export async function presentAlerts(view: LedgerView): Promise<readonly Alert[]> {
  const alerts = await view.records.alerts.list({ removedAt: null });
  if (alerts.length === 0) return [];
  const watches = new Map((await view.records.watches.list()).map((watch) => [watch.id, watch]));
  return alerts.map((alert) => presentAlert(alert, watches.get(alert.id)));
}

/** What has not arrived yet, or never will. */
export async function presentUndelivered(view: LedgerView): Promise<Undelivered> {
  const waiting = await view.records.deliveries.list({ state: 'waiting' });
  const sending = await view.records.deliveries.list({ state: 'sending' });
  const dead: Undelivered['dead'][number][] = [];
  for (const delivery of await view.records.deliveries.list(
    { state: 'dead' },
    { newestFirst: true, limit: MOST_DEAD },
  )) {
    const notice = await view.records.notices.find(delivery.notice);
    dead.push({ ...presentDelivery(delivery), notice: delivery.notice, title: notice?.title ?? '' });
  }
  return { waiting: waiting.length + sending.length, dead };
}

export async function presentNotice(view: LedgerView, notice: NoticeRecord): Promise<Notice> {
  const { id, alert, kind, recovered, at, value, threshold, title, lines } = notice;
  const told = { id, alert, kind, recovered, time: formatInstant(at), value, threshold, title, lines };
  return { ...told, deliveries: await deliveriesOf(view, id) };
}

async function deliveriesOf(view: LedgerView, notice: string): Promise<readonly Delivery[]> {
  const deliveries = (await view.records.deliveries.list({ notice })).map(presentDelivery);
  return deliveries.sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

export function presentDelivery({
  id,
  destination,
  state,
  attempts,
  error,
  nextAt,
  deliveredAt,
}: DeliveryRecord): Delivery {
  const isOpen = state === 'waiting' || state === 'sending';
  return {
    id,
    destination,
    status: state,
    attempts,
    error,
    nextAttemptAt: isOpen ? formatInstant(nextAt) : null,
    deliveredAt: timeOrNull(deliveredAt),
  };
}

function presentAlert(alert: AlertRecord, watch?: WatchRecord): Alert {
  const { id, kind, threshold, per, app, service, to, createdAt, removedAt } = alert;
  return {
    id,
    kind,
    status: removedAt !== null ? 'removed' : watch?.crossed === true ? 'crossed' : 'ok',
    threshold: threshold === null ? null : formatCredits(threshold),
    per,
    app,
    service,
    to,
    changedAt: timeOrNull(watch?.changedAt ?? null),
    createdAt: formatInstant(createdAt),
  };
}

async function requireAlert(view: LedgerView, id: string): Promise<AlertRecord> {
  const alert = await view.records.alerts.find(id);
  if (alert !== undefined && alert.removedAt === null) return alert;
  throw new WalletError('unknown_alert', `there is no alert ${quote(id)}`, {
    why: alert === undefined ? 'no alert has that id' : 'it was removed',
    hint: 'wallet alert list',
    details: { alert: id },
  });
}

function noAddress({ id, to }: AlertRecord): WalletError {
  return new WalletError('invalid_state', `the alert ${id} reaches nobody`, {
    why: `nobody with an e-mail address has ${to.join(', ')}`,
    hint: 'name the address: wallet init --org NAME --email E, or set the alert anew with --to E',
  });
}
