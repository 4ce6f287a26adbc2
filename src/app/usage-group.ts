import { seesBalance } from '../core/access';
import { type LedgerUnit, SettingsChanged } from '../ports/ledger-unit';
import type { Store, WriteJob } from '../ports/store';
import { forApps } from './app-answers';
import { storedKey } from './command';
import type { Dependencies } from './dependencies';
import { isWatched, postJournal, settle, watch } from './ledger';
import { asksForTopUp, wouldCharge } from './recharge-state';
import { knownSession, openSession, type Session } from './session';
import { PartyFinder, readWorld } from './usage';
import { EventReader, type ParsedEvent } from './usage-events';
import { usageSettings } from './usage-settings';
import { ACTION, type Outcome, readItem, type UsageItem, type UsageRequest, UsageTurns } from './usage-turns';

/** Events of one caller, to be posted in their order. */
export interface UsageGroup {
  readonly deps: Dependencies;
  readonly requests: readonly UsageRequest[];
  /** The settings by which the caller was let in, where nobody has looked whether they still stand. */
  readonly under?: string | undefined;
}

/** The session of a group, or what opening it failed of. */
type Opened = { readonly session: Session } | { readonly error: unknown };

/**
 * Posts groups of events, each of another organisation, all as one write where that can be; each event as if it were
 * posted by itself: one that is refused leaves nothing, and the others stand. Events of a caller who was let in by
 * settings that stand no more come out as `SettingsChanged`.
 */
export async function recordGroups(groups: readonly UsageGroup[]): Promise<readonly (readonly Outcome[])[]> {
  const opening = groups.map(open);
  const opened: Opened[] = [];
  const jobs: WriteJob<Outcome[]>[] = [];
  let store: Store | undefined;
  for (const [at, { requests, under }] of groups.entries()) {
    // Nearly all are known, and wait for nothing.
    const it = opening[at] instanceof Promise ? await opening[at] : (opening[at] as Opened);
    opened.push(it);
    if ('error' in it) continue;
    jobs.push(jobOf(it.session, requests, under));
    store = it.session.store; // all are of one ledger
  }
  const written = (await store?.writeTogether(jobs)) ?? [];
  const answers: (readonly Outcome[])[] = [];
  let job = 0;
  for (const [at, { requests }] of groups.entries()) {
    const it = opened[at] as Opened;
    if ('error' in it) answers.push(failed(requests, it.error));
    else answers.push(await answersOf(it.session, requests, written[job++] as PromiseSettledResult<Outcome[]>));
  }
  return answers;
}

function open({ deps, under }: UsageGroup): Opened | Promise<Opened> {
  if (under === undefined)
    return openSession(deps, 'usage.post').then(
      (session) => ({ session }),
      (error: unknown) => ({ error }),
    );
  const session = knownSession(deps, 'usage.post');
  return session?.under === under ? { session } : { error: new SettingsChanged() };
}

function jobOf(session: Session, requests: readonly UsageRequest[], under: string | undefined): WriteJob<Outcome[]> {
  const [first] = requests;
  const subject = requests.length === 1 ? `${first?.app} ${first?.service}` : `${requests.length} events`;
  const facts = { actor: session.actor.name, action: ACTION, subject, reason: null, at: session.now(), under };
  return {
    org: session.org.number,
    facts,
    foreseen: {
      keys: given(requests, (request) => keyOf(session, request)),
      eventIds: given(requests, ({ id }) => id),
    },
    work: (unit) => postGroup(unit, session, requests),
  };
}

/** The key that will be looked up; none where there is none, or it will be refused. */
function keyOf(session: Session, request: UsageRequest): string | undefined {
  try {
    return storedKey(session, request);
  } catch {
    return undefined; // who reads the request says why
  }
}

/** What some of them have. */
function given<T, R>(all: readonly T[], of: (each: T) => R | null | undefined): R[] {
  const found: R[] = [];
  for (const each of all) {
    const it = of(each);
    if (it !== undefined && it !== null) found.push(it);
  }
  return found;
}

/** Where the whole write failed, each of its events did. */
function failed(requests: readonly UsageRequest[], error: unknown): readonly Outcome[] {
  return requests.map(() => ({ error }));
}

function answersOf(
  { actor }: Session,
  requests: readonly UsageRequest[],
  written: PromiseSettledResult<Outcome[]>,
): readonly Outcome[] | Promise<readonly Outcome[]> {
  const outcomes = written.status === 'fulfilled' ? written.value : failed(requests, written.reason);
  return seesBalance(actor) ? outcomes : Promise.all(outcomes.map(concealed));
}

async function concealed(outcome: Outcome): Promise<Outcome> {
  try {
    const own = 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve(outcome.recorded);
    return { recorded: await forApps(own) };
  } catch (error) {
    return { error };
  }
}

async function postGroup(unit: LedgerUnit, session: Session, requests: readonly UsageRequest[]): Promise<Outcome[]> {
  const settings = await usageSettings(unit);
  const { closedUntil } = settings;
  const now = session.now();
  const reader = new EventReader(session.zone, now, closedUntil);
  const items = requests.map((request) => readItem(session, reader, request));
  const read = items.filter((item): item is UsageItem => !('error' in item));
  const events = read.map(({ event }) => event);
  const answered = await unit.findKeys(given(read, ({ key }) => key));
  const posted = await unit.findEvents(given(events, ({ externalId }) => externalId));
  const bounded = events.filter((event) => settings.find(event)?.unbounded === undefined);
  const others = bounded.length === 0 ? undefined : await findBounded(unit, session, bounded);
  // Where nothing is bounded, every pair of an app and a service is known.
  const partiesOf = (event: ParsedEvent) =>
    settings.find(event)?.unbounded ?? (others as PartyFinder).of(event.app, event.service);
  const state = await unit.journalState({ now, months: settings.monthsOf(session.calendar, events) });
  const { journal, ended } = settle(session, state, closedUntil);
  for (const hold of ended) await unit.records.holds.update(hold);
  const turns = new UsageTurns(unit, session, { journal, partiesOf, posted, answered });
  const outcomes: Outcome[] = [];
  for (const item of items) {
    if ('error' in item) {
      outcomes.push(item);
      continue;
    }
    const taken = turns.take(item);
    const outcome = taken instanceof Promise ? await taken : taken;
    // It may have been posted before: who asks again is answered as then.
    if ('error' in outcome) unit.refuse();
    outcomes.push(outcome);
  }
  const posting = postJournal(unit, journal);
  if (posting !== undefined) {
    await posting;
    if (isWatched(journal, settings.alerts)) await watch(unit, session, journal, settings.alerts);
  }
  const { wallet } = journal;
  await turns.end(asksForTopUp(settings.rule, wallet) && (await wouldCharge(unit, session, wallet)));
  return outcomes;
}

/** The apps and services of events, and what bounds them: limits of the apps, or whether a card is on file. */
async function findBounded(unit: LedgerUnit, session: Session, events: readonly ParsedEvent[]): Promise<PartyFinder> {
  return new PartyFinder(await readWorld(unit, session, { ids: [], apps: events.map(({ app }) => app) }));
}
