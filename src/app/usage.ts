import type { ChangeOptions } from '../contract/calls';
import type { UsageEvent } from '../contract/usage';
import { requireOwnApp } from '../core/access';
import { ZERO } from '../core/credits';
import { monthIndexOf } from '../core/date';
import { assert } from '../core/errors';
import { isUsable } from '../core/payment/card';
import type { Instant } from '../core/time';
import { type PricedService, postUsage, type SpendingApp, type UsageParties } from '../core/usage';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView, PostedEvent } from '../ports/ledger-view';
import type { AppRecord } from '../ports/record-types';
import { requireApp, requireService, unknownApp, unknownService } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { openJournal, settledJournal } from './ledger';
import { presentTransaction } from './present';
import { presentBalance } from './present-balance';
import { isTopUpDue } from './recharge-state';
import { RECORDED_USAGE, type Recorded } from './recorded-usage';
import { openSession, type Session } from './session';
import { differences, EventReader, eventConflict, type ParsedEvent } from './usage-events';
import {
  type KnownParties,
  type MonthKey,
  monthsOfEvent,
  partiesOf,
  pricedService,
  standingCatalogue,
} from './usage-settings';

/** Posts one event. The same event again is answered as it was posted, marked as a duplicate. */
export async function recordUsage(
  deps: Dependencies,
  asked: ChangeOptions & UsageEvent & { recharge?: boolean },
): Promise<Recorded> {
  if (asked.recharge === undefined) return await postOne(deps, asked);
  const { recharge, ...request } = asked;
  // Whoever may not ask for the check is told before anything is posted.
  if (recharge === true) await openSession(deps, 'recharge.check');
  const recorded = await postOne(deps, request);
  if (recharge !== true || request.dryRun === true) return recorded;
  const { balance, outcome, purchase } = await (await import('./recharge-check')).check(deps);
  return { ...recorded, balance, recharge: { due: false, outcome, ...(purchase === undefined ? {} : { purchase }) } };
}

function postOne(deps: Dependencies, request: ChangeOptions & UsageEvent): Promise<Recorded> {
  const facts = {
    operation: 'usage.post',
    action: 'usage.record',
    subject: `${request.app} ${request.service}`,
  } as const;
  const work = async (unit: LedgerUnit, session: Session): Promise<Recorded> => {
    const closedUntil = await unit.closedUntil();
    const event = new EventReader(session.zone, session.now(), closedUntil).read(request);
    requireOwnApp(session.actor, event.app);
    const posted =
      event.externalId === null ? undefined : (await unit.findEvents([event.externalId])).get(event.externalId);
    if (posted !== undefined) return duplicateOf(unit, session, event, posted);
    const known = await unit.recall(`parties of ${event.app}\n${event.service}`, () => readParties(unit, event));
    const app = await spendingApp(unit, known.app, session.now());
    const { journal, finish } = await openJournal(unit, session, {
      months: monthsOfEvent(session.calendar, event, known),
      closedUntil,
    });
    const usableCard = known.asksForCard && (await hasUsableCard(unit, session));
    const entry = postUsage(journal, event, { app, service: known.service, usableCard });
    await finish();
    return {
      transaction: presentTransaction(session, entry),
      balance: presentBalance(session, journal.wallet),
      recharge: { due: await isTopUpDue(unit, session, journal.wallet) },
    };
  };
  return change(deps, facts, request, work, RECORDED_USAGE);
}

async function readParties(view: LedgerView, event: ParsedEvent): Promise<KnownParties> {
  const app = await requireApp(view, event.app);
  return partiesOf(app, await pricedService(view, await requireService(view, event.service)));
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

/** What posting many events has to know beside the journal. */
export interface World {
  readonly apps: ReadonlyMap<string, SpendingApp>;
  readonly services: ReadonlyMap<string, PricedService>;
  readonly knownApps: ReadonlyMap<string, unknown>;
  readonly posted: ReadonlyMap<string, PostedEvent>;
  readonly usableCard: boolean;
}

/** What many events are about. */
interface Concerns {
  readonly ids: Iterable<string>;
  readonly apps: Iterable<string>;
}

export async function readWorld(
  unit: LedgerUnit,
  session: Session,
  { ids, apps: names }: Concerns,
  records?: ReadonlyMap<string, AppRecord>,
): Promise<World> {
  const posted = await unit.findEvents([...new Set(ids)]);
  const { services, apps: standing } = await standingCatalogue(unit);
  const known = records ?? standing;
  const apps = new Map<string, SpendingApp>();
  for (const name of new Set(names)) {
    const record = known.get(name);
    if (record !== undefined) apps.set(name, await spendingApp(unit, record, session.now()));
  }
  return { apps, services, knownApps: known, posted, usableCard: await hasUsableCard(unit, session) };
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
  of(app: string, service: string): UsageParties {
    return this.#known.get(app)?.get(service) ?? this.#find(app, service);
  }

  #find(name: string, id: string): UsageParties {
    const { services, apps, knownApps, usableCard } = this.#world;
    const service = services.get(id);
    if (service === undefined) throw unknownService(id, [...services.keys()]);
    const app = apps.get(name);
    if (app === undefined) throw unknownApp(name, [...knownApps.keys()]);
    const parties = { app, service, usableCard };
    const ofApp = this.#known.get(name) ?? new Map<string, UsageParties>();
    this.#known.set(name, ofApp.set(id, parties));
    return parties;
  }
}

/** The month totals that pricing and budgets of these events read. */
export function monthsOf(
  session: Session,
  events: Iterable<{ app: string; service: string; occurredAt: Instant }>,
): readonly MonthKey[] {
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

/** Whether a card is on file that can be charged today. */
export async function hasUsableCard(view: LedgerView, session: Session): Promise<boolean> {
  const today = session.calendar.dateOf(session.now());
  const cards = await view.records.cards.list({ removedAt: null });
  return cards.some((card) => isUsable(card, today));
}
