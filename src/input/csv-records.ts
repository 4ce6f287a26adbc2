const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/**
 * One record of a CSV file. A class, and its cells a copy of `scratch`, for the sake of V8: it would come to allocate
 * literals made here among its old objects, as a batch of them outlives a collection, and the same file then takes twice
 * as long.
 */
export class CsvRecord {
  constructor(
    /** The line of the file it starts on, from 1. */
    readonly line: number,
    readonly cells: readonly string[],
    /** What is wrong with it, to follow "line N"; null when it can be used. */
    readonly problem: string | null,
  ) {}
}

/** Where the cells of the record at hand are gathered. */
const scratch: string[] = [];

/** What a run of text held: its records, and where an unfinished one begins. */
export interface CsvScan {
  readonly records: CsvRecord[];
  /** Where in the text a record starts whose quote is still open; -1 when the text ends with a record. */
  readonly openAt: number;
  /** The line after the last record: where the unfinished one starts. */
  readonly line: number;
}

/**
 * Takes whole lines apart by RFC 4180: cells in double quotes may hold commas, line ends and doubled quotes; a quote
 * within an unquoted cell is itself. Lines end in LF or CRLF, and empty ones are skipped. Text after a closing quote is
 * a problem of its record, and the next line starts afresh. By hand, because the import lives on it: `indexOf` finds
 * commas about twice as fast as the quickest library, and lines are counted on the way.
 */
export function scanCsv(text: string, firstLine: number): CsvScan {
  const records: CsvRecord[] = [];
  let line = firstLine;
  let start = 0;
  let quote = nextOrEnd(text, '"', 0);
  while (start < text.length) {
    const end = nextOrEnd(text, '\n', start);
    if (quote < end) {
      const found = scanQuoted(text, start);
      if (found === null) return { records, openAt: start, line };
      records.push(new CsvRecord(line, found.cells, found.problem));
      line += countLines(text, start, found.next);
      start = found.next;
      if (quote < start) quote = nextOrEnd(text, '"', start);
    } else {
      const stop = withoutCr(text, start, end);
      if (stop > start) records.push(new CsvRecord(line, splitPlain(text, start, stop), null));
      line += 1;
      start = end + 1;
    }
  }
  return { records, openAt: -1, line };
}

function splitPlain(text: string, start: number, stop: number): string[] {
  let count = 0;
  let from = start;
  for (;;) {
    const comma = text.indexOf(',', from);
    if (comma < 0 || comma >= stop) break;
    scratch[count] = text.slice(from, comma);
    count += 1;
    from = comma + 1;
  }
  scratch[count] = text.slice(from, stop);
  return scratch.slice(0, count + 1);
}

interface QuotedRecord {
  readonly cells: string[];
  readonly problem: string | null;
  /** Where the next record starts. */
  readonly next: number;
}

/** A record with a quote somewhere in it; null when the text ends inside quotes. */
function scanQuoted(text: string, start: number): QuotedRecord | null {
  let count = 0;
  let from = start;
  let end = nextOrEnd(text, '\n', start);
  for (;;) {
    let stop: number;
    if (text.charCodeAt(from) === QUOTE) {
      const close = closingQuote(text, from + 1);
      if (close < 0) return null;
      const cell = text.slice(from + 1, close);
      scratch[count] = cell.includes('"') ? cell.replaceAll('""', '"') : cell;
      stop = close + 1;
    } else {
      if (from > end) end = nextOrEnd(text, '\n', from);
      const comma = nextOrEnd(text, ',', from);
      stop = comma < end ? comma : withoutCr(text, from, end);
      scratch[count] = text.slice(from, stop);
    }
    count += 1;
    if (text.charCodeAt(stop) === COMMA) {
      from = stop + 1;
      continue;
    }
    const cells = scratch.slice(0, count);
    const next = endOfRecord(text, stop);
    if (next >= 0) return { cells, problem: null, next };
    return { cells, problem: 'has text after a closing quote', next: nextOrEnd(text, '\n', stop) + 1 };
  }
}

/** The quote that ends a cell: the first that is not one of a pair. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}

/** Where the next record starts, if a record may end at `stop`; else -1. */
function endOfRecord(text: string, stop: number): number {
  const at = text.charCodeAt(stop) === CR ? stop + 1 : stop;
  return at >= text.length || text.charCodeAt(at) === LF ? at + 1 : -1;
}

/** The end of a line's content: before the CR of its CRLF. */
function withoutCr(text: string, start: number, end: number): number {
  return end > start && text.charCodeAt(end - 1) === CR ? end - 1 : end;
}

function countLines(text: string, start: number, next: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < next; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function nextOrEnd(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at < 0 ? text.length : at;
}
