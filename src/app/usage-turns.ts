import type { ChangeOptions } from '../contract/calls';
import type { UsageEvent } from '../contract/usage';
import { requireOwnApp } from '../core/access';
import { assert, WalletError } from '../core/errors';
import type { Entry } from '../core/ledger/entry';
import type { Journal } from '../core/ledger/journal';
import { postUsage, type UsageParties } from '../core/usage';
import type { KeyRecord } from '../ports/key-record';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { ListedEntry, PostedEvent } from '../ports/ledger-view';
import { fingerprintOf, requireSameParameters, storedKey } from './command';
import { presentTransaction } from './present';
import { presentBalance } from './present-balance';
import { RECORDED_USAGE, type Recorded } from './recorded-usage';
import type { Session } from './session';
import { requireSame } from './usage';
import type { EventReader, ParsedEvent } from './usage-events';

export type UsageRequest = ChangeOptions & UsageEvent;

export const ACTION = 'usage.record';

/** What became of one event of a group: what its own posting would have answered, or refused it with. */
export type Outcome = { readonly recorded: Recorded } | { readonly error: unknown };

/** A request that has been read: its event, and its key with the fingerprint of what it asks for. */
export interface UsageItem {
  readonly event: ParsedEvent;
  readonly key: string | undefined;
  readonly fingerprint: string;
}

/** Reads a request, or answers what it is refused with. */
export function readItem(
  session: Session,
  reader: EventReader,
  request: UsageRequest,
): UsageItem | { readonly error: WalletError } {
  try {
    const event = reader.read(request);
    const key = storedKey(session, request);
    return { event, key, fingerprint: key === undefined ? '' : fingerprintOf(session, ACTION, request) };
  } catch (error) {
    return refusalOf(error);
  }
}

/** What an event may be refused with. Throws what else went wrong: then nothing of the group can stand. */
function refusalOf(error: unknown): { readonly error: WalletError } {
  if (error instanceof WalletError) return { error };
  throw error;
}

/** What the events of a group go by. */
interface Surroundings {
  readonly journal: Journal;
  /** Throws where the app or the service does not exist. */
  readonly partiesOf: (event: ParsedEvent) => UsageParties;
  /** Those of the group's event ids that were posted before. */
  readonly posted: ReadonlyMap<string, PostedEvent>;
  /** Those of its keys that were answered before. */
  readonly answered: ReadonlyMap<string, KeyRecord>;
}

/** The events of a group take their turns, each as if it were posted by itself. */
export class UsageTurns {
  readonly #unit: LedgerUnit;
  readonly #session: Session;
  readonly #around: Surroundings;
  /** What this group has posted itself, by the ids of the events: it is not stored yet. */
  readonly #entered = new Map<string, Entry>();
  /** The items whose keys were new, with the answers that they are to keep. */
  readonly #kept = new Map<string, { readonly item: UsageItem; readonly recorded: Recorded }>();
  /** What all answers say of a top-up: known at the end. */
  readonly #recharge = { due: false };

  constructor(unit: LedgerUnit, session: Session, around: Surroundings) {
    this.#unit = unit;
    this.#session = session;
    this.#around = around;
  }

  /** What becomes of the next event: a promise only where something has to be read for it. */
  take(item: UsageItem): Outcome | Promise<Outcome> {
    try {
      const recorded = this.#replay(item) ?? this.#post(item);
      return recorded instanceof Promise ? recorded.then((recorded) => ({ recorded }), refusalOf) : { recorded };
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** Ends the group: whether a top-up is due goes into all answers, and each new key keeps its own. */
  end(isTopUpDue: boolean): Promise<void> | undefined {
    this.#recharge.due = isTopUpDue;
    if (this.#kept.size === 0) return undefined;
    const recordedAt = this.#session.now();
    const records: KeyRecord[] = [];
    for (const [key, { item, recorded }] of this.#kept) {
      const { fingerprint } = item;
      records.push({ key, operation: ACTION, fingerprint, result: RECORDED_USAGE.keep(recorded), recordedAt });
    }
    return this.#unit.saveKeys(records);
  }

  #replay({ key, fingerprint }: UsageItem): Recorded | Promise<Recorded> | undefined {
    if (key === undefined) return undefined;
    const own = this.#kept.get(key);
    if (own !== undefined) {
      requireSameParameters({ key, operation: ACTION, fingerprint: own.item.fingerprint }, fingerprint);
      return { ...own.recorded, replayed: true };
    }
    const known = this.#around.answered.get(key);
    if (known === undefined) return undefined;
    requireSameParameters(known, fingerprint);
    return this.#recall(known);
  }

  async #recall({ result }: KeyRecord): Promise<Recorded> {
    return { ...(await RECORDED_USAGE.recall(result, this.#unit, this.#session)), replayed: true };
  }

  #post(item: UsageItem): Recorded | Promise<Recorded> {
    const { event } = item;
    const id = event.externalId;
    requireOwnApp(this.#session.actor, event.app);
    if (id === null) return this.#enter(item);
    const own = this.#entered.get(id);
    const earlier = own ?? this.#around.posted.get(id);
    if (earlier === undefined) return this.#enter(item);
    requireSame(event, earlier);
    return own === undefined ? this.#repeatStored(item, earlier) : this.#repeat(item, own);
  }

  #enter(item: UsageItem): Recorded {
    const { event } = item;
    const entry = postUsage(this.#around.journal, event, this.#around.partiesOf(event));
    if (event.externalId !== null) this.#entered.set(event.externalId, entry);
    return this.#keep(item, this.#recordedOf(entry));
  }

  async #repeatStored(item: UsageItem, { seq }: PostedEvent): Promise<Recorded> {
    const [entry] = await this.#unit.entries([seq]);
    assert(entry !== undefined, 'an event that was found stands in the log');
    return this.#repeat(item, entry);
  }

  #repeat(item: UsageItem, entry: ListedEntry): Recorded {
    return this.#keep(item, { ...this.#recordedOf(entry), duplicate: true });
  }

  #recordedOf(entry: ListedEntry): Recorded {
    return {
      recharge: this.#recharge,
      transaction: presentTransaction(this.#session, entry),
      balance: presentBalance(this.#session, this.#around.journal.wallet),
    };
  }

  #keep(item: UsageItem, recorded: Recorded): Recorded {
    if (item.key !== undefined) this.#kept.set(item.key, { item, recorded });
    return recorded;
  }
}
