import type { Instant } from '../../core/time';
import type { EntryPageQuery, EntryPosition } from '../../ports/entry-query';
import { pageOfEntries, signedAmount, signedInvoiced } from './entry-query';
import type { Dialect, SqlConnection } from './sql-driver';

/** A page of the log as finished CSV lines. */
export interface CsvPage {
  readonly text: string;
  readonly rows: number;
  /** Where it ended; null where there is no more. */
  readonly last: EntryPosition | null;
}

/** The expression of a cell of text. */
type TextCell = (column: string) => string;

/** Rows in one run of a page: one text of the engine's making. */
const RUN_ROWS = 2_500;

/**
 * The lines are made by the engine, which is far faster than making an object of each row first. Quoting and defusing
 * every text costs a third of that, and hardly any text needs it. So a run is made without and looked at here; where a
 * line is not plain the run is made again with care, and so are those after it until one would have been plain.
 */
export async function readCsvPage(
  connection: SqlConnection,
  dialect: Dialect,
  org: number,
  query: EntryPageQuery,
): Promise<CsvPage> {
  const lines = new CsvLines(connection, dialect, org);
  const page = { text: '', rows: 0, last: query.after ?? null };
  do {
    const after = page.last === null ? {} : { after: page.last };
    const run = await lines.read({ ...query, ...after, limit: Math.min(RUN_ROWS, query.limit - page.rows) });
    page.text += run.text;
    page.rows += run.rows;
    page.last = run.last;
  } while (page.last !== null && page.rows < query.limit);
  return page;
}

class CsvLines {
  readonly #connection: SqlConnection;
  readonly #dialect: Dialect;
  readonly #org: number;
  #isCareful = false;

  constructor(connection: SqlConnection, dialect: Dialect, org: number) {
    this.#connection = connection;
    this.#dialect = dialect;
    this.#org = org;
  }

  async read(query: EntryPageQuery): Promise<CsvPage> {
    const { text, rows, end } =
      (this.#isCareful ? undefined : await this.#plain(query)) ?? (await this.#careful(query));
    return { text, rows, last: rows < query.limit ? null : await this.#positionOf(seqOf(end)) };
  }

  /** The run in one piece, undefined where one of its lines is not plain. */
  async #plain(query: EntryPageQuery): Promise<Run | undefined> {
    const { sql, params } = this.#select(query, (column) => `coalesce(${column}, '')`);
    const [made] = await this.#connection.column(
      `SELECT ${this.#dialect.joined('line')} FROM (${sql}) AS lines`,
      params,
    );
    const text = String(made ?? '');
    const rows = countPlainLines(text);
    return rows === undefined
      ? undefined
      : { text, rows, end: text.slice(text.lastIndexOf('\n', text.length - 2) + 1) };
  }

  async #careful(query: EntryPageQuery): Promise<Run> {
    const { sql, params } = this.#select(query, (column) => this.#dialect.csvText(column));
    const lines = await this.#connection.column(sql, params);
    const text = lines.join('');
    this.#isCareful = countPlainLines(text) === undefined;
    return { text, rows: lines.length, end: String(lines.at(-1) ?? '') };
  }

  #select(query: EntryPageQuery, text: TextCell) {
    const { where, params } = pageOfEntries(this.#org, query);
    const sql = `SELECT ${csvLine(this.#dialect, text)} AS line FROM transactions
      CROSS JOIN (SELECT tag FROM organisations WHERE org = ?) AS own WHERE ${where}`;
    return { sql, params: [this.#org, ...params] };
  }

  async #positionOf(seq: number): Promise<EntryPosition | null> {
    const sql = 'SELECT occurred_at FROM transactions WHERE org = ? AND seq = ?';
    const row = await this.#connection.get(sql, [this.#org, seq]);
    return row === undefined ? null : { occurredAt: row.occurred_at as Instant, seq };
  }
}

interface Run {
  readonly text: string;
  readonly rows: number;
  /** The last line. */
  readonly end: string;
}

/**
 * A line whose every text stands as the formatter would leave it: it begins with nothing that quotes or defuses, ends
 * with no space, and has no comma, quote or line end inside, as then the line would have more cells or fewer.
 */
const PLAIN_LINE = plainLine();

function plainLine(): RegExp {
  const text = '(?:[^ ,"\\r\\n\\t=+\\-@\uff0b\uff0d\uff1d\uff20][^,"\\r\\n]*(?<! ))?';
  const number = '[-0-9.]*';
  const [texts, numbers] = [Array(4).fill(text), Array(6).fill(number)];
  return new RegExp(`${['txn_[^,]+', '[^,]+', '[a-z]+', ...texts, ...numbers, ...texts].join(',')}\\n`, 'y');
}

/** How many lines there are, if every one is plain. */
function countPlainLines(text: string): number | undefined {
  let count = 0;
  let end = 0;
  PLAIN_LINE.lastIndex = 0;
  while (end < text.length && PLAIN_LINE.test(text)) {
    end = PLAIN_LINE.lastIndex;
    count += 1;
  }
  return end === text.length ? count : undefined;
}

/** The number that a line's id was made from: see `transactionId`. */
function seqOf(line: string): number {
  return Number.parseInt(line.slice(16, 26), 16);
}

/** One finished line; the columns and their order are fixed by the contract. */
function csvLine(dialect: Dialect, text: TextCell): string {
  const number = (column: string) => dialect.csvNumber(column);
  const amount = dialect.decimal('amount');
  const cells = [
    `'txn_' || ${dialect.hex('recorded_at', 12)} || ${dialect.hex('seq', 10)} || tag`,
    dialect.time('occurred_at'),
    'type',
    text('service'),
    text('app'),
    text('user_name'),
    text('campaign'),
    number('quantity'),
    number('free_quantity'),
    `CASE WHEN unit_price IS NULL THEN '' ELSE ${dialect.decimal('unit_price')} END`,
    signedAmount(amount, `'-' || ${amount}`, "'0.00'"),
    signedInvoiced(amount, `'-' || ${amount}`, "'0.00'"),
    dialect.decimal('balance'),
    text('memo'),
    text('reference'),
    text('external_id'),
    text('actor'),
  ];
  return `concat_ws(',', ${cells.join(', ')}) || '\n'`;
}
