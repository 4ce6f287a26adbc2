export interface ListOptions {
  /** Newest first when true; ids sort by time. */
  readonly newestFirst?: boolean;
  readonly limit?: number;
  /** Go on after this id. */
  readonly after?: string;
}

/** One kind of record of one organisation. */
export interface Records<T> {
  find(id: string): Promise<T | undefined>;
  /** Those whose named fields equal the given values, ordered by id. */
  list(where?: Partial<T>, options?: ListOptions): Promise<readonly T[]>;
}

export interface WritableRecords<T> extends Records<T> {
  /** Throws `already_exists` where a unique field is taken. */
  insert(record: T): Promise<void>;
  /** Compare-and-set: the stored version must be the one that was read. Stores it as the next version and answers it. */
  update(record: T): Promise<T>;
}
