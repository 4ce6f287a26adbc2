import type { RecordKind, RecordTypes } from '../../ports/record-types';
import type { WritableRecords } from '../../ports/records';
import type { Recall } from './known-settings';
import { UNSEALED } from './record-tables';
import type { SqlConnection } from './sql-driver';
import { recordsOf, type Witness } from './stored-records';

type AllRecords = { readonly [K in RecordKind]: WritableRecords<RecordTypes[K]> };

/** The records of every kind of one organisation, each opened when it is first asked for: a write touches few of them. */
export class RecordShelf implements AllRecords {
  readonly #open: <K extends RecordKind>(kind: K) => WritableRecords<RecordTypes[K]>;
  readonly #opened = new Map<RecordKind, unknown>();

  constructor(org: number, connection: SqlConnection, witness: Witness, recall: Recall) {
    this.#open = (kind) => recordsOf(kind, org, connection, UNSEALED.has(kind) ? () => undefined : witness, recall);
  }

  get organisations() {
    return this.#of('organisations');
  }
  get cards() {
    return this.#of('cards');
  }
  get apps() {
    return this.#of('apps');
  }
  get services() {
    return this.#of('services');
  }
  get prices() {
    return this.#of('prices');
  }
  get purchases() {
    return this.#of('purchases');
  }
  get refunds() {
    return this.#of('refunds');
  }
  get setups() {
    return this.#of('setups');
  }
  get billing() {
    return this.#of('billing');
  }
  get holds() {
    return this.#of('holds');
  }
  get leads() {
    return this.#of('leads');
  }
  get periods() {
    return this.#of('periods');
  }
  get invoices() {
    return this.#of('invoices');
  }
  get recharge_rules() {
    return this.#of('recharge_rules');
  }
  get alerts() {
    return this.#of('alerts');
  }
  get tokens() {
    return this.#of('tokens');
  }
  get users() {
    return this.#of('users');
  }
  get token_uses() {
    return this.#of('token_uses');
  }
  get evaluations() {
    return this.#of('evaluations');
  }
  get watches() {
    return this.#of('watches');
  }
  get notices() {
    return this.#of('notices');
  }
  get deliveries() {
    return this.#of('deliveries');
  }

  #of<K extends RecordKind>(kind: K): WritableRecords<RecordTypes[K]> {
    let records = this.#opened.get(kind) as WritableRecords<RecordTypes[K]> | undefined;
    if (records === undefined) {
      records = this.#open(kind);
      this.#opened.set(kind, records);
    }
    return records;
  }
}
