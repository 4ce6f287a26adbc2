import { eventKey } from '../../core/ledger/event-key';
import { EventIdTaken } from '../../ports/ledger-unit';
import { findEvents } from './event-search';
import type { SqlConnection } from './sql-driver';

const INSERT_NEW = 'INSERT INTO event_ids (org, id_key, seq) VALUES (?, ?, ?)';
const INSERT = `${INSERT_NEW} ON CONFLICT (org, id_key) DO NOTHING`;

/** So many keys are put in order at a time: their places take the lowest 18 of the 48 bits of a key. */
const PLACES = 2 ** 18;
const PLACE = PLACES - 1;
/** So many rows are made at a time: few enough to be garbage before they would be moved. */
const RUN = 10_000;

/** The event ids that a write registers, as they come; they are written in the order of their keys. */
export class NewEventIds {
  readonly #ids: string[] = [];
  readonly #keys: number[] = [];
  readonly #seqs: number[] = [];

  add(id: string, seq: number): void {
    this.#ids.push(id);
    this.#keys.push(eventKey(id));
    this.#seqs.push(seq);
  }

  /**
   * Writes them in the order of their keys: one after another as they come, each would touch another page. All are taken to
   * be new, with nobody waiting for the answer: where one is not, the write fails, and is made again with more care.
   */
  async register(connection: SqlConnection, org: number, isCareful: boolean): Promise<void> {
    if (!isCareful) {
      for (const rows of this.#runs(org)) connection.send(INSERT_NEW, rows);
      return;
    }
    let inserted = 0;
    for (const rows of this.#runs(org)) inserted += await connection.bulk(INSERT, rows);
    if (inserted < this.#ids.length) await this.#displace(connection, org);
  }

  /** Ids whose key was taken before them, by another id, get the next one that is free. */
  async #displace(connection: SqlConnection, org: number): Promise<void> {
    const all = new Map(this.#ids.map((id, at) => [id, this.#seqs[at] ?? 0]));
    const registered = await findEvents(connection, org, [...all.keys()]);
    if (all.size < this.#ids.length) throw new EventIdTaken();
    for (const [id, seq] of all) {
      if (registered.get(id)?.seq === seq) continue;
      if (registered.has(id)) throw new EventIdTaken();
      let key = eventKey(id) + 1;
      while ((await connection.run(INSERT, [org, key, seq])) === 0) key += 1;
    }
  }

  /** Rows of the registry, in the order of their keys but for the lowest bits of those, some at a time. */
  *#runs(org: number): Generator<[org: number, key: number, seq: number][]> {
    const [first] = this.#keys;
    if (first !== undefined && this.#keys.length === 1) return yield [[org, first, this.#seqs[0] ?? 0]];
    for (let start = 0; start < this.#keys.length; start += PLACES) {
      const order = orderOf(this.#keys.slice(start, start + PLACES));
      for (let from = 0; from < order.length; from += RUN)
        yield this.#rows(org, start, order.subarray(from, from + RUN));
    }
  }

  #rows(org: number, start: number, places: Float64Array): [org: number, key: number, seq: number][] {
    const rows: [number, number, number][] = [];
    for (const at of places) rows.push([org, this.#keys[start + at] ?? 0, this.#seqs[start + at] ?? 0]);
    return rows;
  }
}

/** The places of keys in their order. Plain numbers are sorted by the engine itself, ten times as fast as with a comparison. */
function orderOf(keys: readonly number[]): Float64Array {
  const order = new Float64Array(keys.length);
  for (const [at, key] of keys.entries()) order[at] = key - (key & PLACE) + at;
  order.sort();
  for (let i = 0; i < order.length; i += 1) order[i] = (order[i] ?? 0) & PLACE;
  return order;
}
