/**
 * Goes with every change. `idempotencyKey`: the same key and the same parameters answer the first result again, with
 * `replayed: true`, and do nothing; other parameters fail with `idempotency_conflict`. `dryRun`: everything is checked
 * and decided, the answer says what would be, and nothing is kept.
 */
export interface ChangeOptions {
  readonly idempotencyKey?: string;
  readonly dryRun?: boolean;
}

/** Goes with what can be done again at any time: under a key it is done once all the same, as soon as it has ended. */
export type Keyed = Pick<ChangeOptions, 'idempotencyKey'>;

/** What every change may add to its answer. */
export interface Changed {
  readonly replayed?: true;
  readonly dryRun?: true;
}

export interface PageRequest {
  /** Rows at most, 1 to 10,000; the service's own page size when absent. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface Page {
  /** Pass as `cursor` to go on; null on the last page. */
  readonly next: string | null;
}

export interface RowReject {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}
