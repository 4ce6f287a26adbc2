import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { FORMATS, type Format } from '../output/formats';
import type { Call } from './call';
import type { Cli } from './cli';

/** Where and how a list goes, from `--format`, `--output`, `--limit` and the like. */
export interface ListPlan {
  readonly format: Format;
  readonly output: string | undefined;
  readonly limit: number | undefined;
  readonly cursor: string | undefined;
  /** A table on a terminal: the last 50 rows, unless more were asked for. */
  readonly isGlance: boolean;
  /** CSV begins with a byte order mark. */
  readonly bom: boolean;
}

export const GLANCE_ROWS = 50;
const MOST_ROWS = 1_000_000;

const BY_EXTENSION: ReadonlyMap<string, Format> = new Map([
  ['md', 'markdown'],
  ['txt', 'table'],
]);

/** Names that promise a format which is not written here: a table under such a name would open nowhere. */
const OFFICE: readonly string[] = ['pdf', 'xls', 'ods', 'doc', 'docx', 'odt'];

/** Reads the options every list has. Throws `invalid_usage` where they contradict each other. */
export function planList(call: Call, cli: Cli): ListPlan {
  const output = call.text('output');
  const format = formatOf(call, output);
  const limit = parseLimit(call.text('limit'));
  if (output === undefined && format === 'xlsx' && cli.world.stdout.isTTY === true) throw notForTerminals(format);
  if (call.has('bom') && format !== 'csv') throw bomWithout(format);
  const isGlance = isTerminalTable(cli, { format, output }) && limit === undefined && !call.has('all');
  return {
    format,
    output,
    limit: isGlance ? GLANCE_ROWS : limit,
    cursor: call.text('cursor'),
    isGlance,
    bom: call.has('bom'),
  };
}

/** Whether rows that matter no more are wanted too: always, but for a table on a terminal without `--all`. */
export function isWhole(call: Call, cli: Cli): boolean {
  return call.has('all') || !isTerminalTable(cli, planList(call, cli));
}

function isTerminalTable(cli: Cli, { format, output }: Pick<ListPlan, 'format' | 'output'>): boolean {
  return cli.world.stdout.isTTY === true && output === undefined && format === 'table';
}

function notForTerminals(format: string): WalletError {
  return new WalletError('invalid_usage', `a terminal can not show ${format}`, {
    why: 'it is no text',
    hint: `name a file: -o report.${format}`,
  });
}

function bomWithout(format: string): WalletError {
  return new WalletError('invalid_usage', `--bom does not go with ${format}`, {
    why: 'the byte order mark tells Excel that CSV is UTF-8',
    hint: 'add --format csv, or leave --bom out',
  });
}

function notWritten(extension: string): WalletError {
  return new WalletError('invalid_usage', `.${extension} is not among the formats that are written`, {
    why: `they are ${FORMATS.join(', ')}`,
    hint: 'name the file .xlsx or .csv, or say which with --format',
  });
}

function formatOf(call: Call, output: string | undefined): Format {
  const named = call.text('format') as Format | undefined; // the parser saw to it that it is one
  if (call.has('json') && named !== undefined && named !== 'json') {
    throw new WalletError('invalid_usage', `--json and --format ${named} contradict each other`, {
      why: '--json is short for --format json',
      hint: 'leave one of them out',
    });
  }
  if (call.has('json')) return 'json';
  const extension = output?.slice(output.lastIndexOf('.') + 1).toLowerCase() ?? '';
  if (named === undefined && OFFICE.includes(extension)) throw notWritten(extension);
  return named ?? BY_EXTENSION.get(extension) ?? FORMATS.find((format) => format === extension) ?? 'table';
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : Number.NaN;
  if (limit <= MOST_ROWS) return limit;
  throw new WalletError('invalid_usage', `the limit ${quote(text)} is not valid`, {
    why: `it must be a whole number from 1 to ${MOST_ROWS}`,
    hint: 'leave --limit out, or write --all, for all rows',
  });
}
