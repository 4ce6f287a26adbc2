/** How many steps the schema has. By itself, so that a ledger that is up to date is opened without loading the steps. */
export const SCHEMA_VERSION = 1;
