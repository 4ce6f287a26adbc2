/** How a field is kept: as it is, as JSON, or (a boolean) as 0 or 1. */
export type Kept = 'plain' | 'json' | 'flag';

/** Fields in column order: field, column, how it is kept. `id` and `version` are every record's. */
export type Columns = readonly (readonly [field: string, column: string, kept: Kept])[];

export const plain = (...names: readonly (readonly [string, string])[]): Columns =>
  names.map(([f, c]) => [f, c, 'plain'] as const);
