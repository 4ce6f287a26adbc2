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

  /** Rows of the registry, in the order of their keys. */
  rows(org: number): [org: number, key: number, seq: number][] {
    const [first] = this.#keys;
    if (first !== undefined && this.#keys.length === 1) return [[org, first, this.#seqs[0] ?? 0]];
    const keys = Float64Array.from(this.#keys);
    const order = Uint32Array.from(keys, (_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
    return Array.from(order, (at) => [org, keys[at] ?? 0, this.#seqs[at] ?? 0]);
  }

  byId(): ReadonlyMap<string, number> {
    return new Map(this.#ids.map((id, at) => [id, this.#seqs[at] ?? 0]));
  }
}
