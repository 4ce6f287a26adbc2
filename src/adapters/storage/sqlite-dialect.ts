import type { Dialect } from './sql-driver';

const TABLE_OPTIONS = ' STRICT, WITHOUT ROWID';

/** What SQLite spells in its own way. Works from SQLite 3.53 on. */
export const sqliteDialect: Dialect = {
  integer: 'INTEGER',
  text: 'TEXT',
  tableOptions: TABLE_OPTIONS,
  busyTableOptions: TABLE_OPTIONS,
  // One writer at a time: what it reads, nobody else changes.
  lockRow: '',
  holdStill: [],
  afterLoad: [],
  appendOnly: (table) =>
    ['UPDATE', 'DELETE'].map(
      (event) =>
        `CREATE TRIGGER ${table}_no_${event.toLowerCase()} BEFORE ${event} ON ${table}
      BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END`,
    ),
  csvText,
  csvNumber: (x) => `coalesce(${x}, '')`,
  // Past the second decimal a zero at the end is cut: where the last four are not all zeros, the cut stops among them.
  decimal: (x) =>
    `(iif(${x} < 0, '-', '') || iif(${x} % 10000 = 0, printf('%d.%02d', abs(${x}) / 1000000, abs(${x}) / 10000 % 100), rtrim(printf('%d.%06d', abs(${x}) / 1000000, abs(${x}) % 1000000), '0')))`,
  time: (x) =>
    `(strftime('%Y-%m-%dT%H:%M:%S', ${x} / 1000, 'unixepoch') || iif(${x} % 1000 = 0, 'Z', printf('.%03dZ', ${x} % 1000)))`,
  joined: (x) => `group_concat(${x}, '')`,
  hex: (x, digits) => `printf('%0${digits}x', ${x})`,
};

/** Plain text goes out as it is; the costly expression runs only for what needs quotes or defusing. */
function csvText(x: string): string {
  const plain = `${x} GLOB '[0-9A-Za-z]*' AND ${x} NOT GLOB '*[,"' || char(10, 13) || ']*' AND ${x} NOT GLOB '* '`;
  const defused = `iif(ltrim(${x}, ' ') GLOB '[-=+@＝＋－＠' || char(9, 13) || ']*', '''' || ${x}, ${x})`;
  const quoted = `iif(${defused} GLOB '*[,"' || char(10, 13) || ']*' OR ${defused} GLOB ' *' OR ${defused} GLOB '* ', '"' || replace(${defused}, '"', '""') || '"', ${defused})`;
  return `CASE WHEN ${x} IS NULL THEN '' WHEN ${plain} THEN ${x} ELSE ${quoted} END`;
}
