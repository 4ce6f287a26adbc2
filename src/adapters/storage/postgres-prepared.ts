import pg from 'pg';
import { type Statement, TYPES } from './postgres-statements';
import type { SqlValue } from './sql-driver';

type Values = readonly SqlValue[];

/** The columns that a statement answers. */
export interface Shape {
  readonly names: readonly string[];
  /** A row as it came, as values. */
  read(fields: readonly (string | null)[]): Values;
}

/** What pg's connection has for a statement that is to be kept ready, in its own words. */
interface PreparingConnection {
  close(what: { type: 'S'; name: string }): void;
  parse(statement: { name: string; text: string }): void;
  describe(what: { type: 'S'; name: string }): void;
  sync(): void;
}

const NOTHING: Shape = { names: [], read: (fields) => fields };

/** The statements that the server keeps ready for one connection, each with what it answers: it is told once. */
class ReadyStatements {
  readonly #client: pg.ClientBase;
  readonly #shapes = new Map<string, Shape>();

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  shape(name: string): Shape | undefined {
    return this.#shapes.get(name);
  }

  /** Has the server prepare it where it has not: what is sent from now on may run it. */
  prepare({ name, text }: Statement, failed: (error: unknown) => void): void {
    if (name === undefined || this.#shapes.has(name)) return;
    this.#shapes.set(name, NOTHING);
    const query = new pg.Query('');
    query.submit = (connection) => {
      const preparing = connection as unknown as PreparingConnection;
      preparing.close({ type: 'S', name }); // it may be there from a try that was cut short; else nothing happens
      preparing.parse({ name, text });
      preparing.describe({ type: 'S', name });
      preparing.sync();
    };
    Object.assign(query, {
      handleRowDescription: ({ fields }: { fields: pg.FieldDef[] }) => this.#shapes.set(name, shapeOf(fields)),
      handleError: (error: unknown) => {
        this.#shapes.delete(name);
        failed(error);
      },
      handleReadyForQuery: () => undefined,
    });
    this.#client.query(query);
  }
}

const known = new WeakMap<pg.ClientBase, ReadyStatements>();

export function statementsOf(client: pg.ClientBase): ReadyStatements {
  const found = known.get(client);
  if (found !== undefined) return found;
  const statements = new ReadyStatements(client);
  known.set(client, statements);
  return statements;
}

export function shapeOf(fields: readonly pg.FieldDef[]): Shape {
  const parsers = fields.map(({ dataTypeID }) => TYPES.getTypeParser(dataTypeID));
  return {
    names: fields.map(({ name }) => name),
    read(texts) {
      const values: SqlValue[] = [];
      for (const [at, parse] of parsers.entries()) {
        const text = texts[at] ?? null;
        values.push(text === null ? null : parse(text));
      }
      return values;
    },
  };
}
