import type { ChangeOptions } from '../contract/calls';
import type { UsageEvent } from '../contract/usage';
import { requireOwnApp, seesBalance } from '../core/access';
import { assert, WalletError } from '../core/errors';
import type { Journal } from '../core/ledger/journal';
import { postUsage } from '../core/usage';
import type { KeyRecord } from '../ports/key-record';
import { type LedgerUnit, SettingsChanged } from '../ports/ledger-unit';
import type { ListedEntry, PostedEvent } from '../ports/ledger-view';
import type { Store, WriteJob } from '../ports/store';
import { forApps } from './app-answers';
import { fingerprintOf, requireSameParameters, storedKey } from './command';
import type { Dependencies } from './dependencies';
import { openJournal } from './ledger';
import { presentTransaction } from './present';
import { presentBalance } from './present-balance';
import { isTopUpDue } from './recharge-state';
import { openSession, openSessionAsKnown, type Session } from './session';
import { monthsOf, PartyFinder, type Recorded, readWorld, requireSame, type World } from './usage';
import { EventReader, type ParsedEvent } from './usage-events';

type Request = ChangeOptions & UsageEvent;

/** What became of one event of a group: what its own posting would have answered, or refused it with. */
export type Outcome = { readonly recorded: Recorded } | { readonly error: unknown };

/** What one event of a group came to, before the answer says whether a top-up is due. */
type Posted = Omit<Recorded, 'recharge'> & Partial<Pick<Recorded, 'recharge'>>;

const ACTION = 'usage.record';

/** Events of one caller, to be posted in their order. */
export interface UsageGroup {
  readonly deps: Dependencies;
  readonly requests: readonly Request[];
  /** The settings by which the caller was let in, where nobody has looked whether they still stand. */
  readonly under?: string | undefined;
}

/**
 * Posts groups of events, each of another organisation, all as one write where that can be; each event as if it were
 * posted by itself: one that is refused leaves nothing, and the others stand. Events of a caller who was let in by
 * settings that stand no more come out as `SettingsChanged`.
 */
export async function recordGroups(groups: readonly UsageGroup[]): Promise<readonly (readonly Outcome[])[]> {
  const opened = await Promise.allSettled(groups.map(sessionOf));
  const jobs = new Map<UsageGroup, WriteJob<Outcome[]>>();
  let store: Store | undefined;
  for (const [at, group] of groups.entries()) {
    const session = opened[at];
    if (session?.status !== 'fulfilled') continue;
    jobs.set(group, jobOf(session.value, group));
    store = session.value.store; // all are of one ledger
  }
  const written = (await store?.writeTogether([...jobs.values()])) ?? [];
  const posted = new Map([...jobs.keys()].map((group, at) => [group, written[at]]));
  return Promise.all(
    groups.map((group, at) => outcomesOf(group, opened[at] as PromiseSettledResult<Session>, posted.get(group))),
  );
}

async function sessionOf({ deps, under }: UsageGroup): Promise<Session> {
  if (under === undefined) return openSession(deps, 'usage.post');
  const session = await openSessionAsKnown(deps, 'usage.post');
  if (session?.under !== under) throw new SettingsChanged();
  return session;
}

function jobOf(session: Session, { requests, under }: UsageGroup): WriteJob<Outcome[]> {
  const [first] = requests;
  const subject = requests.length === 1 ? `${first?.app} ${first?.service}` : `${requests.length} events`;
  const facts = { actor: session.actor.name, action: ACTION, subject, reason: null, at: session.now(), under };
  return {
    org: session.org.number,
    facts,
    foreseen: {
      keys: requests.flatMap((request) => keyOf(session, request) ?? []),
      eventIds: requests.flatMap(({ id }) => id ?? []),
    },
    work: (unit) => postGroup(unit, session, requests),
  };
}

/** The key that will be looked up; none where there is none, or it will be refused. */
function keyOf(session: Session, request: Request): string | undefined {
  const key = attempt(() => storedKey(session, request));
  return 'value' in key ? key.value : undefined;
}

/** Where the whole write failed, each of its events did. */
async function outcomesOf(
  { requests }: UsageGroup,
  session: PromiseSettledResult<Session>,
  written: PromiseSettledResult<Outcome[]> | undefined,
): Promise<readonly Outcome[]> {
  const failed = session.status === 'rejected' ? session : written?.status === 'rejected' ? written : undefined;
  if (failed !== undefined) return requests.map(() => ({ error: failed.reason }));
  const outcomes = written?.status === 'fulfilled' ? written.value : [];
  const actor = session.status === 'fulfilled' ? session.value.actor : undefined;
  return actor === undefined || seesBalance(actor) ? outcomes : Promise.all(outcomes.map(concealed));
}

async function postGroup(unit: LedgerUnit, session: Session, requests: readonly Request[]): Promise<Outcome[]> {
  const reader = new EventReader(session.zone, session.now(), await unit.closedUntil());
  const items = requests.map((request) => attempt(() => readItem(session, reader, request)));
  const read = items.flatMap((item) => ('value' in item ? [item.value] : []));
  const parsed = read.map(({ event }) => event);
  const answered = await unit.findKeys(read.flatMap(({ key }) => key ?? []));
  const world = await readWorld(unit, session, {
    ids: parsed.flatMap(({ externalId }) => externalId ?? []),
    apps: parsed.map(({ app }) => app),
  });
  const { journal, finish } = await openJournal(unit, session, { months: monthsOf(session, parsed) });
  const group = new Group(unit, session, { world, journal, answered });
  const posted: ({ value: Posted } | { error: unknown })[] = [];
  for (const item of items) posted.push('error' in item ? item : await group.post(item.value));
  await finish();
  const recharge = { due: await isTopUpDue(unit, session, journal.wallet) };
  const outcomes = posted.map(
    (each): Outcome => ('error' in each ? each : { recorded: { recharge, ...each.value } as Recorded }),
  );
  await group.saveKeys(items, outcomes);
  return outcomes;
}

/** A request that has been read: its event, and its key with the fingerprint of what it asks for. */
interface Item {
  readonly event: ParsedEvent;
  readonly key: string | undefined;
  readonly fingerprint: string;
}

function readItem(session: Session, reader: EventReader, request: Request): Item {
  const event = reader.read(request);
  const key = storedKey(session, request);
  return { event, key, fingerprint: key === undefined ? '' : fingerprintOf(session, ACTION, request) };
}

/** The state that the events of a group share while they are posted one after another. */
class Group {
  readonly #unit: LedgerUnit;
  readonly #session: Session;
  readonly #journal: Journal;
  readonly #parties: PartyFinder;
  readonly #posted: Map<string, PostedEvent>;
  /** What this group has posted itself, which is not stored yet. */
  readonly #entered = new Map<number, ListedEntry>();
  readonly #answered: ReadonlyMap<string, KeyRecord>;
  readonly #keys = new Map<string, { fingerprint: string; posted: Posted }>();

  constructor(
    unit: LedgerUnit,
    session: Session,
    { world, journal, answered }: { world: World; journal: Journal; answered: ReadonlyMap<string, KeyRecord> },
  ) {
    this.#answered = answered;
    this.#unit = unit;
    this.#session = session;
    this.#journal = journal;
    this.#parties = new PartyFinder(world);
    this.#posted = new Map(world.posted);
  }

  async post(item: Item): Promise<{ value: Posted } | { error: unknown }> {
    try {
      return { value: this.#replay(item) ?? (await this.#new(item)) };
    } catch (error) {
      if (error instanceof WalletError) return { error };
      throw error;
    }
  }

  #replay({ key, fingerprint }: Item): Posted | undefined {
    if (key === undefined) return undefined;
    const own = this.#keys.get(key);
    if (own !== undefined) {
      requireSameParameters({ key, operation: ACTION, fingerprint: own.fingerprint }, fingerprint);
      return { ...own.posted, replayed: true };
    }
    const known = this.#answered.get(key);
    if (known === undefined) return undefined;
    requireSameParameters(known, fingerprint);
    return { ...(JSON.parse(known.result) as Recorded), replayed: true };
  }

  async #new({ event, key, fingerprint }: Item): Promise<Posted> {
    requireOwnApp(this.#session.actor, event.app);
    const earlier = event.externalId === null ? undefined : this.#posted.get(event.externalId);
    const posted = earlier === undefined ? this.#enter(event) : await this.#duplicate(event, earlier);
    if (key !== undefined) this.#keys.set(key, { fingerprint, posted });
    return posted;
  }

  #enter(event: ParsedEvent): Posted {
    const entry = postUsage(this.#journal, event, this.#parties.of(event.app, event.service));
    if (entry.externalId !== null) this.#posted.set(entry.externalId, entry);
    this.#entered.set(entry.seq, entry);
    const { wallet } = this.#journal;
    return { transaction: presentTransaction(this.#session, entry), balance: presentBalance(this.#session, wallet) };
  }

  async #duplicate(event: ParsedEvent, earlier: PostedEvent): Promise<Posted> {
    requireSame(event, earlier);
    const entry = this.#entered.get(earlier.seq) ?? (await this.#unit.entries([earlier.seq]))[0];
    assert(entry !== undefined, 'an event that was found stands in the log');
    const balance = presentBalance(this.#session, this.#journal.wallet);
    return { transaction: presentTransaction(this.#session, entry), balance, duplicate: true };
  }

  /** The keys that were new, each with its own answer. */
  saveKeys(items: readonly ({ value: Item } | { error: unknown })[], outcomes: readonly Outcome[]): Promise<void> {
    const records = new Map<string, KeyRecord>();
    for (const [at, item] of items.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined || 'error' in outcome || 'error' in item) continue;
      const { key, fingerprint } = item.value;
      if (key === undefined || !this.#keys.has(key) || records.has(key)) continue;
      const result = JSON.stringify(outcome.recorded);
      records.set(key, { key, operation: ACTION, fingerprint, result, recordedAt: this.#session.now() });
    }
    return this.#unit.saveKeys([...records.values()]);
  }
}

function attempt<T>(work: () => T): { value: T } | { error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof WalletError) return { error };
    throw error;
  }
}

async function concealed(outcome: Outcome): Promise<Outcome> {
  try {
    const own = 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve(outcome.recorded);
    return { recorded: await forApps(own) };
  } catch (error) {
    return { error };
  }
}
