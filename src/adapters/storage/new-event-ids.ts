import { eventKey } from '../../core/ledger/event-key';

/** The event ids that a write registers, as they come; they are written in the order of their keys. */
export class NewEventIds {
  readonly #ids: string[] = [];
  readonly #keys: number[] = [];
  readonly #seqs: number[] = [];

  get size(): number {
    return this.#ids.length;
  }

  add(id: string, seq: number): void {
    this.#ids.push(id);
    this.#keys.push(eventKey(id));
    this.#seqs.push(seq);
  }

  /** Rows of the registry, so many at a time. */
  *runs(org: number, length: number): Generator<[org: number, key: number, seq: number][]> {
    const [first] = this.#keys;
    if (first !== undefined && this.#keys.length === 1) return yield [[org, first, this.#seqs[0] ?? 0]];
    const keys = Float64Array.from(this.#keys);
    const order = Uint32Array.from(keys, (_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    for (let from = 0; from < order.length; from += length) {
      yield Array.from(order.subarray(from, from + length), (at) => [org, keys[at] ?? 0, this.#seqs[at] ?? 0]);
    }
  }

  byId(): ReadonlyMap<string, number> {
    return new Map(this.#ids.map((id, at) => [id, this.#seqs[at] ?? 0]));
  }
}
