import pg from 'pg';
import type { Bound } from './postgres-arrays';
import { type Shape, shapeOf, statementsOf } from './postgres-prepared';
import type { Statement } from './postgres-statements';
import type { SqlValue } from './sql-driver';

type Values = readonly SqlValue[];

/** What one statement came to. */
export interface Answer {
  readonly names: readonly string[];
  readonly rows: readonly Values[];
  /** The rows that it answered or changed. */
  readonly count: number;
  /** What the server says that it did. */
  readonly command: string;
}

interface Stop {
  readonly statement: Statement;
  readonly values: readonly Bound[];
  readonly take?: (answer: Answer) => void;
  readonly fail?: (error: unknown) => void;
}

/** What pg's connection has for statements that are kept ready, in its own words. */
interface WireConnection {
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { name: string; text: string }): void;
  bind(what: {
    statement: string;
    values: readonly Bound[];
    valueMapper: (value: Bound) => string | Buffer | null;
  }): void;
  describe(what: { type: 'P'; name: string }): void;
  execute(): void;
  sync(): void;
}

/** Bytes of arrays that go out at once: the server works on them while this process makes the rest. */
const FULL = 4_096;

/**
 * Statements that go to the server in one packet, and are answered in one: a call of the system and a wait for each would
 * cost more than most of them. Once one has failed the server passes over those behind it, whatever they are.
 */
export class Trip {
  readonly #client: pg.ClientBase;
  readonly #stops: Stop[] = [];
  /** Which of them is answered next. */
  #next = 0;
  #rows: Values[] = [];
  /** The columns of a statement that is not kept ready. */
  #described: Shape | undefined;
  #failure: unknown;
  #bytes = 0;
  #over: ((failed: { readonly error: unknown } | undefined) => void) | undefined;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Whether so much is in it that the server had better begin with it. */
  get isFull(): boolean {
    return this.#bytes > FULL;
  }

  add(statement: Statement, values: readonly Bound[]): Promise<Answer> {
    for (const value of values) if (value instanceof Buffer) this.#bytes += value.length;
    return new Promise((take, fail) => this.#stops.push({ statement, values, take, fail }));
  }

  /** Adds a statement whose answer nobody asks for. */
  load(statement: Statement, values: readonly Bound[]): void {
    this.#stops.push({ statement, values });
  }

  /**
   * Sends it. Nothing is added from now on. Outside of a transaction it is one by itself, and `over` tells when all of it
   * is done and saved, or what it failed of.
   */
  depart(over?: (failed: { readonly error: unknown } | undefined) => void): void {
    this.#over = over;
    const ready = statementsOf(this.#client);
    for (const { statement } of this.#stops)
      ready.prepare(statement, (error) => {
        this.#failure ??= error; // what it was prepared for only fails of its absence
      });
    const query = new pg.Query('');
    query.submit = (connection) => this.#submit(connection as unknown as WireConnection);
    Object.assign(query, {
      handleRowDescription: ({ fields }: { fields: pg.FieldDef[] }) => {
        this.#described = shapeOf(fields);
      },
      handleDataRow: ({ fields }: { fields: (string | null)[] }) => this.#takeRow(fields),
      handleCommandComplete: ({ text }: { text: string }) => this.#complete(text),
      handleError: (error: unknown) => this.cancel(error),
      handleReadyForQuery: () => this.#end(),
    });
    this.#client.query(query);
  }

  /** Whoever waits for an answer gets none. */
  cancel(error: unknown): void {
    this.#failure ??= error;
    for (const { fail } of this.#stops.slice(this.#next)) fail?.(this.#failure);
    this.#next = this.#stops.length;
    this.#end();
  }

  #end(): void {
    const over = this.#over;
    this.#over = undefined;
    over?.(this.#failure === undefined ? undefined : { error: this.#failure });
  }

  #submit(connection: WireConnection): void {
    connection.stream.cork();
    try {
      for (const { statement, values } of this.#stops) {
        const { name = '', text } = statement;
        if (name === '') connection.parse({ name, text });
        connection.bind({ statement: name, values, valueMapper: toText });
        if (name === '') connection.describe({ type: 'P', name: '' });
        connection.execute();
      }
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }

  get #shape(): Shape | undefined {
    const name = this.#stops[this.#next]?.statement.name;
    return name === undefined ? this.#described : statementsOf(this.#client).shape(name);
  }

  #takeRow(fields: readonly (string | null)[]): void {
    try {
      this.#rows.push(this.#shape?.read(fields) ?? fields);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  #complete(command: string): void {
    const stop = this.#stops[this.#next];
    if (this.#failure === undefined) {
      const count = Number(command.slice(command.lastIndexOf(' ') + 1));
      stop?.take?.({
        names: this.#shape?.names ?? [],
        rows: this.#rows,
        count: Number.isNaN(count) ? 0 : count,
        command,
      });
    } else stop?.fail?.(this.#failure);
    this.#next += 1;
    this.#rows = [];
    this.#described = undefined;
  }
}

function toText(value: Bound): string | Buffer | null {
  return typeof value === 'number' ? String(value) : value;
}
