import type { Change, SqlConnection, SqlValue } from './sql-driver';

type Values = readonly SqlValue[];

/** A connection that only takes down what is to be changed. Whoever asks it something is refused: the ledger has to be asked. */
export class DecidedChanges implements SqlConnection {
  readonly changes: Change[] = [];

  send(sql: string, rows: readonly Values[]): void {
    if (rows.length > 0) this.changes.push([sql, rows]);
  }

  async all(): Promise<never> {
    throw new Undecided();
  }

  async get(): Promise<never> {
    throw new Undecided();
  }

  async column(): Promise<never> {
    throw new Undecided();
  }

  async table(): Promise<never> {
    throw new Undecided();
  }

  async tables(questions: readonly unknown[]): Promise<never[]> {
    if (questions.length > 0) throw new Undecided();
    return [];
  }

  async unmatched(): Promise<never> {
    throw new Undecided();
  }

  async run(): Promise<never> {
    throw new Undecided();
  }

  async bulk(): Promise<never> {
    throw new Undecided();
  }
}

/** What was asked is not known: the ledger has to be asked. */
export class Undecided extends Error {}

/** The changes of several writes: the same statement is run once for the rows of all. One that all have comes first. */
export function gathered(first: string, all: readonly (readonly Change[])[]): readonly Change[] {
  const gathered = new Map<string, Values[]>([[first, []]]);
  for (const changes of all)
    for (const [sql, more] of changes) {
      const rows = gathered.get(sql) ?? [];
      if (rows.length === 0) gathered.set(sql, rows);
      for (const row of more) rows.push(row);
    }
  return [...gathered];
}
