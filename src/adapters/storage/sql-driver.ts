/** What a column can hold. Integers are safe integers; the ledger stores no fractions. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A query and its parameters. */
export type Question = readonly [sql: string, params: readonly SqlValue[]];

/** One connection inside one database transaction. Statements use `?`; a driver turns that into what its engine wants. */
export interface SqlConnection {
  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  get(sql: string, params?: readonly SqlValue[]): Promise<SqlRow | undefined>;
  /** The first column of each row. */
  column(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlValue[]>;
  /** Rows as their values in the order of the columns: how rows are read by the million. */
  table(sql: string, params?: readonly SqlValue[]): Promise<readonly (readonly SqlValue[])[]>;
  /** Several questions at once, each answered as by `table`: an engine far away answers them in one trip. */
  tables(questions: readonly Question[]): Promise<readonly (readonly (readonly SqlValue[])[])[]>;
  /** The places of those rows for which the query, asked with the values of one, answers nothing: how a million things are asked about. */
  unmatched(sql: string, rows: Iterable<readonly SqlValue[]>): Promise<readonly number[]>;
  /** Answers how many rows changed. Throws `UniqueViolation` where a key is taken. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
  /** Runs one statement for each row, as fast as the engine can. Answers how many rows changed in all. */
  bulk(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<number>;
  /** The same where nobody asks how many: it may still be under way when it returns, and then fails the transaction at its end. */
  send(sql: string, rows: readonly (readonly SqlValue[])[]): void;
}

/** What engines spell differently. Data and small expressions only: the statements themselves are written once. */
export interface Dialect {
  readonly integer: string;
  /** The type of text, which is ordered by its bytes. */
  readonly text: string;
  /** Follows a table's closing bracket. */
  readonly tableOptions: string;
  /** The same of a table whose rows are changed by every posting. */
  readonly busyTableOptions: string;
  /** Ends a `SELECT` of one row that nobody else may change before this transaction ends. */
  readonly lockRow: string;
  /** Statements that keep everybody else from changing anything before this transaction ends, however long it takes. */
  readonly holdStill: readonly string[];
  /** Statements after which the engine knows how much a ledger that was just filled has in it. */
  readonly afterLoad: readonly string[];
  /** Statements that make the engine itself refuse to change or remove rows of the table. */
  appendOnly(table: string): readonly string[];
  /** A text cell as CSV: quoted where needed, and harmless to a spreadsheet. */
  csvText(expression: string): string;
  /** A whole number as CSV; nothing where there is none. */
  csvNumber(expression: string): string;
  /** Micro-credits as a decimal with two to six places. */
  decimal(expression: string): string;
  /** Milliseconds as RFC 3339. */
  time(expression: string): string;
  /** The texts of all rows as one, in the order of the rows; null where there are none. */
  joined(expression: string): string;
  /** An integer as lower-case hexadecimal of at least so many digits. */
  hex(expression: string, digits: number): string;
}

/** A statement that changes something, and the rows that it is run for. */
export type Change = readonly [sql: string, rows: readonly (readonly SqlValue[])[]];

/** What is done inside one transaction. */
export type Work<T> = (connection: SqlConnection) => Promise<T>;

/** What works that share a transaction came to: each its result, or nothing where it has to be done by itself. */
export type Together<T> = readonly ({ readonly result: T } | undefined)[];

/**
 * A database engine. Reads see one moment. Writes are durable when they return and run again from the start when they
 * collide; those that lock the same row, or any two where the engine has one writer, come one after the other.
 */
export interface SqlDriver {
  readonly dialect: Dialect;
  /** One row, by a statement of its own. */
  look(sql: string, params: readonly SqlValue[]): Promise<SqlRow | undefined>;
  read<T>(work: Work<T>): Promise<T>;
  /**
   * Where the answer to the commit gets lost, `landed` tells whether the ledger has what the work wrote; without it
   * the work is done again, and has to know by itself what it did before.
   */
  write<T>(work: Work<T>, landed?: Work<boolean>): Promise<T>;
  /**
   * Several writes as one transaction, each of other rows: they share its trips and its commit. Answers what each came
   * to; nothing for one that has to be done by itself, as it failed, or as somebody else has locked what it locks. One
   * that fails after it has changed something undoes them all.
   */
  writeTogether<T>(works: readonly Work<T>[], landed: Work<boolean>): Promise<Together<T>>;
  /**
   * Makes changes that were decided without asking anything, as one transaction and in one trip: all of them, in their order,
   * or none. Fails soon where somebody else has locked one of the rows. Only an engine far away has it: there a trip is
   * what costs most. Throws `InDoubt` where nobody can tell what became of them.
   */
  makeAtOnce?(changes: readonly Change[]): Promise<void>;
  /** Tables, indexes and triggers by name, as the engine stores them. */
  schema(): Promise<ReadonlyMap<string, string>>;
  /** What the engine's own check finds wrong; empty when sound. */
  storageFaults(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A unique key that is already taken. The store turns it into an error of the product; it never climbs further. */
export class UniqueViolation extends Error {}

/** The answer to a commit was lost. The changes may be there, may come yet, or may be gone. */
export class InDoubt extends Error {
  /** What whoever asked for them is told, where it does not come out. */
  readonly verdict: Error;

  constructor(verdict: Error) {
    super(verdict.message, { cause: verdict });
    this.verdict = verdict;
  }
}
