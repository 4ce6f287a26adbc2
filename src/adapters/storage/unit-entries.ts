import type { Entry } from '../../core/ledger/entry';
import type { EntryBytes } from '../../core/ledger/entry-bytes';
import type { Instant } from '../../core/time';
import { drawRows, INSERT_DRAW, INSERT_ENTRY, toEntryRow } from './entry-rows';
import { NewEventIds } from './new-event-ids';
import type { SqlConnection } from './sql-driver';

/** Entries that are written at a time. */
const RUN = 500;

/** The entries of one write: they go into the log run by run, and their bytes are kept for the seal. */
export class UnitEntries {
  readonly #connection: SqlConnection;
  readonly #org: number;
  readonly #bytes: EntryBytes;
  readonly #ids = new NewEventIds();
  readonly #runs: Uint8Array[] = [];
  #count = 0;
  #recordedAt: Instant | undefined;

  /** `bytes` are empty between any two calls. */
  constructor(connection: SqlConnection, org: number, bytes: EntryBytes) {
    this.#connection = connection;
    this.#org = org;
    this.#bytes = bytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Their bytes, run by run, as they are sealed. */
  get runs(): readonly Uint8Array[] {
    return this.#runs;
  }

  /** When the first was recorded; undefined where there is none. */
  get recordedAt(): Instant | undefined {
    return this.#recordedAt;
  }

  /** A run at a time: what is made for a row is garbage before the collector would have to move it. */
  append(entries: readonly Entry[]): void {
    for (let from = 0; from < entries.length; from += RUN) this.#appendRun(entries.slice(from, from + RUN));
  }

  /** Writes down the event ids of all entries so far. */
  registerIds(isCareful: boolean): Promise<void> {
    return this.#ids.register(this.#connection, this.#org, isCareful);
  }

  #appendRun(entries: readonly Entry[]): void {
    const rows = entries.map((entry) => toEntryRow(this.#org, entry, this.#bytes.add(entry)));
    this.#runs.push(this.#bytes.take());
    this.#connection.send(INSERT_ENTRY, rows);
    this.#connection.send(INSERT_DRAW, drawRows(this.#org, entries));
    for (const { externalId, seq } of entries) if (externalId !== null) this.#ids.add(externalId, seq);
    this.#count += entries.length;
    this.#recordedAt ??= entries[0]?.recordedAt;
  }
}
