import { APPEND_ONLY, schemaSteps } from './migrations';
import type { Dialect } from './sql-driver';

/** One table of the schema, as it is copied from ledger to ledger. */
export interface LedgerTable {
  readonly name: string;
  /** Its primary key, the columns in order: the order in which it is walked. */
  readonly key: readonly string[];
  readonly isAppendOnly: boolean;
  /** Whether its rows need those of other tables. */
  readonly refers: boolean;
}

/** Every table, each after those that it refers to. */
export function ledgerTables(dialect: Dialect): readonly LedgerTable[] {
  return schemaSteps(dialect).flat().flatMap(toTable);
}

function toTable(statement: string): readonly LedgerTable[] {
  const [, name, columns = ''] = /^CREATE TABLE (\w+) \(([\s\S]*)\)/.exec(statement) ?? [];
  if (name === undefined) return [];
  const [, together] = /PRIMARY KEY \(([^)]+)\)/.exec(columns) ?? [];
  const [, alone = ''] = /(\w+) [^,]*? PRIMARY KEY/.exec(columns) ?? [];
  return [
    {
      name,
      key: (together ?? alone).split(',').map((column) => column.trim()),
      isAppendOnly: (APPEND_ONLY as readonly string[]).includes(name),
      refers: columns.includes('REFERENCES'),
    },
  ];
}
