import type { KeyRecord } from '../../ports/key-record';
import type { PostedEvent } from '../../ports/ledger-view';
import type { Foreseen } from '../../ports/store';

type Find<T> = (names: readonly string[]) => Promise<ReadonlyMap<string, T>>;

const NOTHING = Promise.resolve<ReadonlyMap<string, never>>(new Map<string, never>());

/** What was asked for before anybody needed it. */
class Ahead<T> {
  readonly #asked: ReadonlySet<string>;
  readonly #found: Promise<ReadonlyMap<string, T>>;

  constructor(names: readonly string[], find: Find<T>) {
    this.#asked = new Set(names);
    this.#found = names.length === 0 ? NOTHING : find(names);
    this.#found.catch(() => undefined); // whoever asks is told
  }

  /** What was found, with what else was asked for; undefined where one of the names was not. */
  answer(names: readonly string[]): Promise<ReadonlyMap<string, T>> | undefined {
    return names.every((name) => this.#asked.has(name)) ? this.#found : undefined;
  }
}

/** The keys and event ids that a write looks up, asked for together with its lock. */
export class LookAhead {
  readonly #keys: Ahead<KeyRecord>;
  readonly #events: Ahead<PostedEvent>;

  constructor(
    { keys, eventIds }: Foreseen,
    find: { readonly keys: Find<KeyRecord>; readonly events: Find<PostedEvent> },
  ) {
    this.#keys = new Ahead(keys, find.keys);
    this.#events = new Ahead(eventIds, find.events);
  }

  /** Nothing of it is in the ledger, as far as anybody here knows. */
  static inVain(foreseen: Foreseen): LookAhead {
    return new LookAhead(foreseen, { keys: () => NOTHING, events: () => NOTHING });
  }

  keys(keys: readonly string[]): Promise<ReadonlyMap<string, KeyRecord>> | undefined {
    return this.#keys.answer(keys);
  }

  events(ids: readonly string[]): Promise<ReadonlyMap<string, PostedEvent>> | undefined {
    return this.#events.answer(ids);
  }
}
