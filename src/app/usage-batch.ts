import type { UsageBatchRequest, UsageBatchResult } from '../contract/usage';
import { requireAllowed, requireOwnApp, seesBalance } from '../core/access';
import { type Credits, formatCredits, subtract, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import { type Entry, effectOnPosted } from '../core/ledger/entry';
import type { Journal } from '../core/ledger/journal';
import { parseSlug, parseText } from '../core/text';
import { postUsage } from '../core/usage';
import { UsageColumns } from '../core/usage-columns';
import { UsageLane } from '../core/usage-lane';
import { packUsage } from '../core/usage-packing';
import { EventIdTaken, type LedgerUnit } from '../ports/ledger-unit';
import type { PostedEvent } from '../ports/ledger-view';
import type { AppRecord } from '../ports/record-types';
import { withoutAmounts } from './app-answers';
import { insertApp } from './apps';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { openJournal } from './ledger';
import { presentBalance } from './present-balance';
import { rejectOf } from './row-reject';
import { openSession, type Session } from './session';
import { PartyFinder, readWorld, requireSame, type World } from './usage';
import { BatchEvents } from './usage-batch-events';
import { EventReader, type ParsedEvent } from './usage-events';
import { numberRows, outcomesOf, type Placed, Placing } from './usage-outcomes';
import { markRepeats, SAMPLED } from './usage-repeats';
import { appRecords } from './usage-settings';

/** Entries that are made before they are written: few enough to be garbage before they would be moved. */
const RUN = 500;

/** Posts what can be posted, in the order of the rows, as one write. What can't is listed, and leaves nothing. */
export async function postBatch(
  deps: Dependencies,
  { recharge, ...request }: UsageBatchRequest,
): Promise<UsageBatchResult> {
  if (recharge === true) await openSession(deps, 'recharge.check');
  const columns = request.rows instanceof UsageColumns ? request.rows : packUsage(numberRows(request.rows));
  const { placed, ...answer } = await postTrusting(deps, request, columns);
  const { lines } = columns.data;
  const posted =
    request.outcomes === false ? answer : { ...answer, outcomes: outcomesOf(lines, answer.rejects, placed) };
  if (recharge !== true || request.dryRun === true) return posted;
  const { balance } = await (await import('./recharge-check')).check(deps);
  return { ...posted, balance };
}

type Posted = UsageBatchResult & { readonly placed: Placed };

/** Smaller batches look all their ids up. */
const SMALL = 1_000;
const NONE: ReadonlyMap<string, PostedEvent> = new Map();
/** How many batches are looked up whole after one that had repeated events which the sample missed. */
const WARY = 20;
let waryFor = 0;

/**
 * Files are posted again whole, or not at all: where a sample of the ids is new, all of them are taken to be, as looking
 * each up costs as much as writing it. Where that was wrong, the write fails before it is done, and is made anew.
 */
async function postTrusting(deps: Dependencies, request: UsageBatchRequest, columns: UsageColumns): Promise<Posted> {
  if (waryFor > 0) waryFor -= 1;
  else if (columns.length >= SMALL) {
    try {
      return await postColumns(deps, request, columns, true);
    } catch (error) {
      if (!(error instanceof EventIdTaken)) throw error;
      waryFor = WARY;
    }
  }
  return postColumns(deps, request, columns, false);
}

async function postColumns(
  deps: Dependencies,
  request: UsageBatchRequest,
  columns: UsageColumns,
  isTrusting: boolean,
): Promise<Posted> {
  const subject = request.source === undefined ? 'a batch' : parseText(request.source, 'source');
  const facts = { operation: 'usage.post', action: 'usage.import', subject } as const;
  return change(deps, facts, request, async (unit, session) => {
    const reader = new EventReader(session.zone, session.now(), await unit.closedUntil());
    const events = new BatchEvents(columns, reader, session.calendar);
    const records = await appRecords(unit);
    if (request.createApps === true) await createMissing(unit, session, events, records);
    const isLarge = columns.length >= SMALL;
    const some = isLarge ? await unit.findEvents([...events.ids(SAMPLED)]) : NONE;
    const isNew = isTrusting && some.size === 0;
    if (isLarge && !isNew) await markRepeats(unit, events, some);
    const world = await readWorld(unit, session, { ids: isNew ? [] : events.ids(1), apps: events.apps() }, records);
    const { journal, finish } = await openJournal(unit, session, { months: events.months(world) });
    const posting = new BatchPosting(unit, session, world, journal);
    await posting.post(events);
    await finish();
    const { rejects } = events;
    rejects.sort((a, b) => a.line - b.line);
    const balance = presentBalance(session, journal.wallet);
    return { read: columns.length, ...posting.tally, rejects, balance, placed: posting.placing.placed };
  });
}

async function createMissing(
  unit: LedgerUnit,
  session: Session,
  events: BatchEvents,
  apps: Map<string, AppRecord>,
): Promise<void> {
  requireAllowed(session.actor, 'usage.apps');
  for (let at = 0; at < events.columns.length; at += 1) {
    const name = events.appOf(at);
    if (apps.has(name) || events.isRefused(at)) continue;
    try {
      apps.set(name, await insertApp(unit, session, parseSlug(name, 'app'), name));
    } catch (error) {
      events.refuse(at, rejectOf(events.lineOf(at), error));
    }
  }
}

/** The posting of one batch, row by row, in their order. */
class BatchPosting {
  readonly placing: Placing;
  readonly #unit: LedgerUnit;
  readonly #session: Session;
  readonly #world: World;
  readonly #journal: Journal;
  readonly #parties: PartyFinder;
  readonly #lanes = new Map<number, Map<number, UsageLane>>();
  /** Those of this batch whose key another of its ids has as well. */
  readonly #twins = new Map<string, ParsedEvent>();
  #posted = 0;
  #duplicates = 0;
  #credits: Credits = ZERO;

  constructor(unit: LedgerUnit, session: Session, world: World, journal: Journal) {
    this.#unit = unit;
    this.#session = session;
    this.#world = world;
    this.#journal = journal;
    this.#parties = new PartyFinder(world);
    this.placing = new Placing(session, journal.at);
  }

  get tally() {
    return { posted: this.#posted, duplicates: this.#duplicates, credits: formatCredits(this.#credits) };
  }

  async post(events: BatchEvents): Promise<void> {
    const { actor } = this.#session;
    for (let at = 0; at < events.columns.length; at += 1) {
      if (events.isRefused(at)) continue;
      if (this.#journal.entries.length >= RUN) await this.#unit.append(this.#journal.takeEntries());
      try {
        this.#postRow(events, at);
      } catch (error) {
        const hidden = !seesBalance(actor) && error instanceof WalletError;
        events.refuse(at, rejectOf(events.lineOf(at), hidden ? withoutAmounts(error) : error));
      }
    }
  }

  #postRow(events: BatchEvents, at: number): void {
    requireOwnApp(this.#session.actor, events.appOf(at));
    const id = events.isRepeated(at) ? null : events.columns.idOf(at);
    if (events.isRepeated(at) || (id !== null && this.#isRepeated(events, at, id))) {
      this.placing.duplicate(events.lineOf(at));
      this.#duplicates += 1;
      return;
    }
    const entry = this.#enter(events, at, id);
    this.placing.posted(entry.seq);
    this.#posted += 1;
    this.#credits = subtract(this.#credits, effectOnPosted(entry));
    if (id !== null && events.hasTwin(at)) this.#twins.set(id, events.event(at));
  }

  /** Whether the event was posted before, here or by this very write. Throws `idempotency_conflict` where it was another. */
  #isRepeated(events: BatchEvents, at: number, id: string): boolean {
    const earlier = this.#world.posted.size === 0 ? undefined : this.#world.posted.get(id);
    if (earlier !== undefined) requireSame(events.event(at), earlier);
    if (earlier !== undefined) return true;
    const twin = events.hasTwin(at) ? this.#twins.get(id) : undefined;
    if (twin !== undefined) requireSame(events.event(at), { ...twin, seq: 0, recordedAt: this.#journal.at });
    return twin !== undefined;
  }

  #enter(events: BatchEvents, at: number, externalId: string | null): Entry {
    const special = events.special(at);
    if (special !== undefined) return postUsage(this.#journal, special, this.#parties.of(special.app, special.service));
    const event = {
      quantity: events.quantityOf(at),
      occurredAt: events.timeOf(at),
      externalId,
      memo: events.memoOf(at),
    };
    return this.#laneOf(events, at).post(event);
  }

  /** The lane of the row's app, service, user and campaign, by their places among the words of the batch. */
  #laneOf(events: BatchEvents, at: number): UsageLane {
    const { words, apps, services, users, campaigns } = events.columns.data;
    const spread = words.length + 1;
    const pair = (apps[at] ?? 0) * spread + (services[at] ?? 0);
    const place = ((users[at] ?? 0) + 1) * spread + (campaigns[at] ?? 0) + 1;
    const ofPair = this.#lanes.get(pair) ?? new Map<number, UsageLane>();
    if (ofPair.size === 0) this.#lanes.set(pair, ofPair);
    let lane = ofPair.get(place);
    if (lane === undefined) {
      const parties = this.#parties.of(events.appOf(at), events.serviceOf(at));
      lane = new UsageLane(this.#journal, parties, { user: events.userOf(at), campaign: events.campaignOf(at) });
      ofPair.set(place, lane);
    }
    return lane;
  }
}
