import type { Changed, ChangeOptions, RowReject } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { RechargeDue } from '../contract/recharge';
import type { Transaction } from '../contract/transactions';
import type { Affordability, UsageBatchRequest, UsageBatchResult, UsageEvent } from '../contract/usage';
import { type Actor, requireAllowed, requireOwnApp, seesBalance } from '../core/access';
import { type Credits, formatCredits, subtract, ZERO } from '../core/credits';
import { monthIndexOf } from '../core/date';
import { assert, WalletError } from '../core/errors';
import { effectOnPosted } from '../core/ledger/entry';
import type { Journal } from '../core/ledger/journal';
import type { MonthTotal } from '../core/ledger/totals';
import { isUsable } from '../core/payment/card';
import { parseQuantity, parseSlug, parseText } from '../core/text';
import type { Instant } from '../core/time';
import {
  checkBudget,
  insufficient,
  type PricedService,
  postUsage,
  quoteUsage,
  type SpendingApp,
  type UsageParties,
} from '../core/usage';
import type { AppRecord, LedgerUnit, LedgerView, PostedEvent, ServiceRecord } from '../ports/store';
import { withoutAmounts } from './app-answers';
import { insertApp } from './apps';
import { requireApp, requireService, unknownApp, unknownService } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { openJournal, settledJournal } from './ledger';
import { presentBalance, presentTransaction, toPriceVersion } from './present';
import { isTopUpDue } from './recharge-state';
import { openSession, readLedger, type Session } from './session';
import { differences, EventReader, eventConflict, type ParsedEvent } from './usage-events';
import { type NumberedRow, numberRows, outcomesOf, type Placed, Placing } from './usage-outcomes';

export type Recorded = Changed & {
  transaction: Transaction;
  balance: Balance;
  recharge: RechargeDue;
  duplicate?: true;
};

/** Posts one event. The same event again is answered as it was posted, marked as a duplicate. */
export async function recordUsage(
  deps: Dependencies,
  { recharge, ...request }: ChangeOptions & UsageEvent & { recharge?: boolean },
): Promise<Recorded> {
  // Whoever may not ask for the check is told before anything is posted.
  if (recharge === true) await openSession(deps, 'recharge.check');
  const recorded = await postOne(deps, request);
  if (recharge !== true || request.dryRun === true) return recorded;
  const { balance, outcome, purchase } = await (await import('./recharge-check')).check(deps);
  return { ...recorded, balance, recharge: { due: false, outcome, ...(purchase === undefined ? {} : { purchase }) } };
}

async function postOne(deps: Dependencies, request: ChangeOptions & UsageEvent): Promise<Recorded> {
  const facts = {
    operation: 'usage.post',
    action: 'usage.record',
    subject: `${request.app} ${request.service}`,
  } as const;
  return change(deps, facts, request, async (unit, session) => {
    const event = new EventReader(session.zone, session.now(), await unit.closedUntil()).read(request);
    requireOwnApp(session.actor, event.app);
    const posted =
      event.externalId === null ? undefined : (await unit.findEvents([event.externalId])).get(event.externalId);
    if (posted !== undefined) return duplicateOf(unit, session, event, posted);
    const app = await spendingApp(unit, await requireApp(unit, event.app), session.now());
    const service = await pricedService(unit, await requireService(unit, event.service));
    const { journal, finish } = await openJournal(unit, session, { months: monthsOf(session, [event]) });
    // Cards matter to postpaid services alone.
    const asksForCard = service.versions.some((version) => version.billing === 'postpaid');
    const usableCard = asksForCard && (await hasUsableCard(unit, session));
    const entry = postUsage(journal, event, { app, service, usableCard });
    await finish();
    return {
      transaction: presentTransaction(session, entry),
      balance: presentBalance(session, journal.wallet),
      recharge: { due: await isTopUpDue(unit, session, journal.wallet) },
    };
  });
}

async function duplicateOf(
  view: LedgerView,
  session: Session,
  event: ParsedEvent,
  posted: PostedEvent,
): Promise<Recorded> {
  requireSame(event, posted);
  const [entry] = await view.entries([posted.seq]);
  assert(entry !== undefined, 'an event that was found stands in the log');
  const { journal } = await settledJournal(view, session);
  return {
    transaction: presentTransaction(session, entry),
    balance: presentBalance(session, journal.wallet),
    recharge: { due: await isTopUpDue(view, session, journal.wallet) },
    duplicate: true,
  };
}

/** Posts what can be posted, in the order of the rows, as one write. What can't is listed, and leaves nothing. */
export async function postBatch(
  deps: Dependencies,
  { recharge, ...request }: UsageBatchRequest,
): Promise<UsageBatchResult> {
  if (recharge === true) await openSession(deps, 'recharge.check');
  const rows = numberRows(request.rows);
  const { placed, ...answer } = await postRowsOf(deps, request, rows);
  const posted =
    request.outcomes === false ? answer : { ...answer, outcomes: outcomesOf(rows, answer.rejects, placed) };
  if (recharge !== true || request.dryRun === true) return posted;
  const { balance } = await (await import('./recharge-check')).check(deps);
  return { ...posted, balance };
}

async function postRowsOf(
  deps: Dependencies,
  request: UsageBatchRequest,
  numbered: readonly NumberedRow[],
): Promise<UsageBatchResult & { placed: Placed }> {
  const subject = request.source === undefined ? 'a batch' : parseText(request.source, 'source');
  const facts = { operation: 'usage.post', action: 'usage.import', subject } as const;
  return change(deps, facts, request, async (unit, session) => {
    const rejects: RowReject[] = [];
    const reader = new EventReader(session.zone, session.now(), await unit.closedUntil());
    const rows = parseRows(numbered, reader, rejects);
    const world = await readWorld(unit, session, rows, request.createApps === true, rejects);
    const { journal, finish } = await openJournal(unit, session, { months: monthsOf(session, rows) });
    const placing = new Placing(session);
    const tally = await postRows({ unit, journal, world, actor: session.actor, placing }, rows, rejects);
    await finish();
    rejects.sort((a, b) => a.line - b.line);
    const balance = presentBalance(session, journal.wallet);
    return { read: numbered.length, ...tally, rejects, balance, placed: placing.placed };
  });
}

function parseRows(rows: readonly NumberedRow[], reader: EventReader, rejects: RowReject[]): readonly ParsedEvent[] {
  const parsed: ParsedEvent[] = [];
  for (const row of rows) {
    try {
      parsed.push(reader.read(row, row.line));
    } catch (error) {
      rejects.push(rejectOf(row.line, error));
    }
  }
  return parsed;
}

/** What a batch has to know beside the journal. */
export interface World {
  readonly apps: ReadonlyMap<string, SpendingApp>;
  readonly services: ReadonlyMap<string, PricedService>;
  readonly knownApps: readonly string[];
  readonly posted: ReadonlyMap<string, PostedEvent>;
  readonly usableCard: boolean;
}

export async function readWorld(
  unit: LedgerUnit,
  session: Session,
  rows: readonly ParsedEvent[],
  createApps: boolean,
  rejects: RowReject[],
): Promise<World> {
  const posted = await unit.findEvents(idsOf(rows));
  const records = new Map((await unit.records.apps.list()).map((app) => [app.app, app]));
  if (createApps) requireAllowed(session.actor, 'usage.apps');
  if (createApps) await createMissing(unit, session, rows, records, rejects);
  const apps = new Map<string, SpendingApp>();
  for (const name of new Set(rows.map((row) => row.app))) {
    const record = records.get(name);
    if (record !== undefined) apps.set(name, await spendingApp(unit, record, session.now()));
  }
  const services = new Map<string, PricedService>();
  for (const service of await unit.records.services.list())
    services.set(service.id, await pricedService(unit, service));
  return { apps, services, knownApps: [...records.keys()], posted, usableCard: await hasUsableCard(unit, session) };
}

function idsOf(rows: readonly ParsedEvent[]): readonly string[] {
  const ids = new Set<string>();
  for (const { externalId } of rows) if (externalId !== null) ids.add(externalId);
  return [...ids];
}

async function createMissing(
  unit: LedgerUnit,
  session: Session,
  rows: readonly ParsedEvent[],
  apps: Map<string, AppRecord>,
  rejects: RowReject[],
): Promise<void> {
  for (const row of rows) {
    if (apps.has(row.app)) continue;
    try {
      apps.set(row.app, await insertApp(unit, session, parseSlug(row.app, 'app'), row.app));
    } catch (error) {
      rejects.push(rejectOf(row.line, error));
    }
  }
}

/** Entries that are made before they are written: few enough to be garbage before they would be moved. */
const RUN = 500;

interface Posting {
  readonly unit: LedgerUnit;
  readonly journal: Journal;
  readonly world: World;
  readonly actor: Actor;
  readonly placing: Placing;
}

async function postRows(posting: Posting, rows: readonly ParsedEvent[], rejects: RowReject[]) {
  const { unit, journal, world, actor, placing } = posting;
  const refused = new Set(rejects.map((reject) => reject.line));
  const fresh = new Map<string, ParsedEvent>();
  const parties = new PartyFinder(world);
  let duplicates = 0;
  let credits: Credits = ZERO;
  const made = journal.made;
  for (const row of rows) {
    if (refused.has(row.line)) continue;
    if (journal.entries.length >= RUN) await unit.append(journal.takeEntries());
    try {
      requireOwnApp(actor, row.app);
      if (isRepeated(row, world, fresh, journal.at)) {
        placing.duplicate(row.line);
        duplicates += 1;
        continue;
      }
      const entry = postUsage(journal, row, parties.of(row));
      credits = subtract(credits, effectOnPosted(entry));
      placing.posted(entry.seq);
      if (row.externalId !== null) fresh.set(row.externalId, row);
    } catch (error) {
      const hidden = !seesBalance(actor) && error instanceof WalletError;
      rejects.push(rejectOf(row.line, hidden ? withoutAmounts(error) : error));
    }
  }
  return { posted: journal.made - made, duplicates, credits: formatCredits(credits) };
}

/** Whether the event was posted before, here or by this very write. Throws `idempotency_conflict` where it was another. */
function isRepeated(row: ParsedEvent, world: World, fresh: ReadonlyMap<string, ParsedEvent>, now: Instant): boolean {
  if (row.externalId === null) return false;
  const earlier = world.posted.get(row.externalId);
  if (earlier !== undefined) requireSame(row, earlier);
  if (earlier !== undefined) return true;
  const twin = fresh.get(row.externalId);
  if (twin !== undefined) requireSame(row, { ...twin, seq: 0, recordedAt: now });
  return twin !== undefined;
}

export function requireSame(event: ParsedEvent, earlier: PostedEvent): void {
  const fields = differences(event, earlier);
  if (fields.length > 0) throw eventConflict(event, earlier, fields);
}

/** The app and the service of each row, found once for each pair. */
export class PartyFinder {
  readonly #world: World;
  readonly #known = new Map<string, Map<string, UsageParties>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Throws `unknown_service` or `unknown_app`, with a did-you-mean. */
  of(row: ParsedEvent): UsageParties {
    const parties = this.#known.get(row.app)?.get(row.service);
    return parties ?? this.#find(row);
  }

  #find(row: ParsedEvent): UsageParties {
    const { services, apps, knownApps, usableCard } = this.#world;
    const service = services.get(row.service);
    if (service === undefined) throw unknownService(row.service, [...services.keys()]);
    const app = apps.get(row.app);
    if (app === undefined) throw unknownApp(row.app, knownApps);
    const parties = { app, service, usableCard };
    const ofApp = this.#known.get(row.app) ?? new Map<string, UsageParties>();
    this.#known.set(row.app, ofApp.set(row.service, parties));
    return parties;
  }
}

function rejectOf(line: number, error: unknown): RowReject {
  if (!(error instanceof WalletError)) throw error;
  // Of a row alone it would be true; the rows around it were posted.
  const why = error.why === undefined || error.why === 'nothing was changed' ? '' : `: ${error.why}`;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return {
    line,
    code: error.code,
    message: `${error.message}${why}${hint}`,
  };
}

/** Whether the job may run: what it would cost, and the first limit in its way. Changes nothing. */
export async function afford(
  deps: Dependencies,
  request: { app: string; service: string; quantity: string },
): Promise<Affordability> {
  const quantity = parseQuantity(request.quantity);
  return readLedger(deps, 'usage.post', async (view, session) => {
    requireOwnApp(session.actor, request.app);
    const app = await spendingApp(view, await requireApp(view, request.app), session.now());
    const service = await pricedService(view, await requireService(view, request.service));
    const now = session.now();
    const months = monthsOf(session, [{ app: app.app, service: service.service, occurredAt: now }]);
    const { journal } = await settledJournal(view, session, { months });
    const { cost, terms } = quoteUsage(journal, service, quantity, now);
    const no = await firstRefusal(view, session, journal, app, {
      cost,
      postpaid: terms.billing === 'postpaid',
      service: service.service,
    });
    const told = no === undefined || seesBalance(session.actor) ? no : withoutAmounts(no);
    const limit =
      told === undefined
        ? null
        : { name: told.code, missing: String(told.details.missing ?? '0.00'), detail: told.message };
    return { affordable: no === undefined, cost: formatCredits(cost), limit };
  });
}

async function firstRefusal(
  view: LedgerView,
  session: Session,
  journal: Journal,
  app: SpendingApp,
  job: { cost: Credits; postpaid: boolean; service: string },
): Promise<WalletError | undefined> {
  try {
    if (app.archived) throw new WalletError('invalid_state', `app ${app.app} is archived`);
    checkBudget(journal, app, session.now(), job.cost);
    if (!job.postpaid && job.cost > journal.spendable) throw insufficient(journal, job.cost);
    if (job.postpaid && !(await hasUsableCard(view, session)))
      throw new WalletError('no_payment_method', 'there is no usable card on file');
    return undefined;
  } catch (error) {
    if (error instanceof WalletError) return error;
    throw error;
  }
}

/** The month totals that pricing and budgets of these events read. */
export function monthsOf(
  session: Session,
  events: Iterable<{ app: string; service: string; occurredAt: Instant }>,
): readonly Pick<MonthTotal, 'kind' | 'name' | 'month'>[] {
  const seen = new Map<number, { apps: Set<string>; services: Set<string> }>();
  for (const { app, service, occurredAt } of events) {
    const month = monthIndexOf(session.calendar.dateOf(occurredAt));
    const names = seen.get(month) ?? { apps: new Set(), services: new Set() };
    seen.set(month, names);
    names.apps.add(app);
    names.services.add(service);
  }
  return [...seen].flatMap(([month, { apps, services }]) => [
    ...[...apps].map((name) => ({ kind: 'app' as const, name, month })),
    ...[...services].map((name) => ({ kind: 'service' as const, name, month })),
  ]);
}

/** The app with what bounds its spending then. */
export async function spendingApp(view: LedgerView, app: AppRecord, at: Instant): Promise<SpendingApp> {
  const limit = app.limitMonthly === null ? null : { monthly: app.limitMonthly, onLimit: app.onLimit };
  const held = limit === null ? ZERO : await view.heldByApp(app.app, at);
  return { app: app.app, archived: app.archivedAt !== null, limit, held };
}

/** The service with every price it ever had. */
export async function pricedService(view: LedgerView, service: ServiceRecord): Promise<PricedService> {
  const prices = await view.records.prices.list({ service: service.id });
  return { service: service.id, number: service.number, versions: prices.map(toPriceVersion) };
}

async function hasUsableCard(view: LedgerView, session: Session): Promise<boolean> {
  const today = session.calendar.dateOf(session.now());
  const cards = await view.records.cards.list({ removedAt: null });
  return cards.some((card) => isUsable(card, today));
}
