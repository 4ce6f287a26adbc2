import type { RecordKind, RecordTypes } from '../../ports/record-types';
import type { WritableRecords } from '../../ports/records';
import type { Recall } from './known-settings';
import { TABLES, UNSEALED } from './record-tables';
import type { SqlConnection } from './sql-driver';
import { recordsOf, type Witness } from './stored-records';

type AllRecords = { readonly [K in RecordKind]: WritableRecords<RecordTypes[K]> };

/** The records of every kind of one organisation, each opened when it is first asked for: a write touches few of them. */
export function openRecords(org: number, connection: SqlConnection, witness: Witness, recall: Recall): AllRecords {
  const open = (kind: RecordKind) =>
    recordsOf(kind, org, connection, UNSEALED.has(kind) ? () => undefined : witness, recall);
  // It has a property for each kind of `TABLES`.
  return new RecordShelf(open) as unknown as AllRecords;
}

class RecordShelf {
  readonly #open: (kind: RecordKind) => unknown;
  readonly #opened = new Map<RecordKind, unknown>();

  static {
    for (const kind of Object.keys(TABLES) as readonly RecordKind[])
      Object.defineProperty(RecordShelf.prototype, kind, {
        get(this: RecordShelf) {
          return RecordShelf.#of(this, kind);
        },
      });
  }

  constructor(open: (kind: RecordKind) => unknown) {
    this.#open = open;
  }

  static #of(shelf: RecordShelf, kind: RecordKind): unknown {
    let records = shelf.#opened.get(kind);
    if (records === undefined) {
      records = shelf.#open(kind);
      shelf.#opened.set(kind, records);
    }
    return records;
  }
}
