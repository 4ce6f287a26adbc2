import { eventKey } from '../../core/ledger/event-key';

/** Looks at the registry of event ids in the order of its keys: each row has to be where a search for its id ends. */
export class EventIdWalk {
  rows = 0;
  readonly #report: (fault: string) => void;
  /** The ids of the keys in a row that end at the row before, and the last of those keys. */
  #run: (string | null)[] = [];
  #last = Number.NaN;

  constructor(report: (fault: string) => void) {
    this.#report = report;
  }

  /** Takes the next row, with the id of the entry it names; null where there is no such entry, or it has no id. */
  take(key: number, seq: number, id: string | null): void {
    this.rows += 1;
    if (key !== this.#last + 1) this.#run = [];
    if (id === null) this.#report(`the event id under key ${key} is of no entry: it names ${seq}`);
    else this.#check(key, id);
    this.#run.push(id);
    this.#last = key;
  }

  #check(key: number, id: string): void {
    const passed = key - eventKey(id);
    const isReached = passed >= 0 && passed <= this.#run.length;
    if (!isReached) this.#report(`event ${id} is registered under key ${key}, where nobody looks for it`);
    else if (this.#run.slice(this.#run.length - passed).includes(id)) {
      this.#report(`event ${id} is registered twice, under key ${key} as well`);
    }
  }
}
