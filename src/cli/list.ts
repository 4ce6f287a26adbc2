import type { Page, PageRequest } from '../contract/calls';
import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { FORMATS, type Format, renderAnyListing } from '../output/formats';
import type { Sink } from '../output/sink';
import { openSink, writeAll } from '../output/streams';
import type { Column, Listing, ListPage, RenderOptions } from '../output/view';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { counted, grouped, SANDBOX } from './wording';

/** A list as a command has it: how to get a page, and how to show a row. */
export interface ListView<T> {
  /** The plural, under which JSON lists the rows. */
  readonly name: string;
  readonly columns: readonly Column<T>[];
  readonly fetch: (page: PageRequest) => Promise<ListPage<T>>;
  /** How many rows there are in all, where that is cheap to ask. */
  readonly count?: () => Promise<number>;
  /** False for lists that show no money: they need not say SANDBOX. */
  readonly money?: false;
  readonly footer?: Listing<T>['footer'];
  readonly extra?: Listing<T>['extra'];
}

/** The service's answer as a page: it lists its rows under their plural. */
export function pageOf<K extends string, T>(name: K, answer: Page & Readonly<Record<K, readonly T[]>>): ListPage<T> {
  return { rows: answer[name], next: answer.next };
}

/** The pages of a list that is short enough to be had whole: a cursor is the key of the last row before it. */
export function pagesOf<T>(fetch: () => Promise<readonly T[]>, keyOf: (row: T) => string): ListView<T>['fetch'] {
  return async ({ limit = PAGE_ROWS, cursor }) => {
    const rows = await fetch();
    const start = cursor === undefined ? 0 : rows.findIndex((row) => keyOf(row) === cursor) + 1;
    if (cursor !== undefined && start === 0) throw unknownCursor();
    const page = rows.slice(start, start + limit);
    const last = page.at(-1);
    return { rows: page, next: last === undefined || start + limit >= rows.length ? null : keyOf(last) };
  };
}

function unknownCursor(): WalletError {
  return new WalletError('invalid_cursor', 'the cursor is not one of this list', {
    why: 'it is what "next" said where a page of this list ended',
    hint: 'start again without --cursor',
  });
}

/** Whether rows that matter no more are wanted too: always, but for a table on a terminal without `--all`. */
export function isWhole(call: Call, cli: Cli): boolean {
  return call.has('all') || !isTerminalTable(cli, planList(call, cli));
}

function isTerminalTable(cli: Cli, { format, output }: Pick<ListPlan, 'format' | 'output'>): boolean {
  return cli.world.stdout.isTTY === true && output === undefined && format === 'table';
}

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

const PAGE_ROWS = 1_000;
const GLANCE_ROWS = 50;
const MOST_ROWS = 1_000_000;
/** Past this many rows a count by paging costs more than it tells. */
const MOST_COUNTED = 10_000;
const BY_EXTENSION: ReadonlyMap<string, Format> = new Map([
  ['md', 'markdown'],
  ['txt', 'table'],
]);

/**
 * Prints the list in the format that was asked for, complete unless it is a table on a terminal or a limit was given.
 * Answers status 0, so that a command can end with it.
 */
export async function showList<T>(call: Call, cli: Cli, view: ListView<T>): Promise<0> {
  const plan = planList(call, cli);
  const rows = { shown: 0, next: null as string | null };
  const pages = await begun(followPages(view.fetch, plan));
  const listing: Listing<T> = given({
    name: view.name,
    columns: view.columns,
    pages: counting(pages, rows),
    footer: view.footer,
    extra: view.extra,
  });
  const options = await renderOptions(
    plan,
    cli,
    view.columns.some(({ kind }) => kind === 'time'),
  );
  await writeList(
    plan,
    call,
    cli,
    withMark(renderAnyListing(plan.format, listing, options), await sandboxLine(plan, cli, view)),
  );
  if (cli.stdout.closed) return 0; // nobody reads any more
  if (plan.isGlance && rows.next !== null) cli.note(`${GLANCE_ROWS} of ${await countAll(view)}; --all for all`);
  else if (rows.next !== null && plan.format !== 'json') cli.note(`more: --cursor ${rows.next}`);
  if (plan.output !== undefined) cli.note(`${counted(rows.shown, 'row')} written to ${plan.output}`);
  return 0;
}

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

/** Follows the cursors, in pages small enough that memory stays flat, until the limit or the end. */
export async function* followPages<T>(
  fetch: ListView<T>['fetch'],
  plan: Pick<ListPlan, 'limit' | 'cursor'>,
): AsyncGenerator<ListPage<T>> {
  let left = plan.limit ?? Number.POSITIVE_INFINITY;
  let cursor: string | null | undefined = plan.cursor;
  while (left > 0 && cursor !== null) {
    const page: ListPage<T> = await fetch({
      limit: Math.min(left, PAGE_ROWS),
      ...(cursor === undefined ? {} : { cursor }),
    });
    left -= page.rows.length;
    cursor = page.next;
    yield page;
  }
}

/** The same, with its first item at hand already: what is refused is refused before a byte of the answer is written. */
async function begun<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<T> {
    if (first.done === true) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return all();
}

async function* counting<T>(
  pages: AsyncIterable<ListPage<T>>,
  rows: { shown: number; next: string | null },
): AsyncGenerator<ListPage<T>> {
  for await (const page of pages) {
    rows.shown += page.rows.length;
    rows.next = page.next;
    yield page;
  }
}

/** What a renderer needs to know; the organisation's zone is asked for only where people read times. */
async function renderOptions(plan: ListPlan, cli: Cli, hasTimes: boolean): Promise<RenderOptions> {
  const isForPeople = plan.format === 'table' || plan.format === 'markdown';
  const onTerminal = plan.output === undefined && cli.world.stdout.isTTY === true;
  return {
    bom: plan.bom,
    terminal: onTerminal,
    width: onTerminal ? cli.world.stdout.columns : undefined,
    onLeftOut: (titles) => cli.note(`no room for ${titles.join(', ')}: widen the terminal, or add --format csv`),
    formatTime: isForPeople && hasTimes ? await cli.clock() : undefined,
    styles: plan.output === undefined ? await cli.styles() : undefined,
  };
}

async function sandboxLine<T>(plan: ListPlan, cli: Cli, view: ListView<T>): Promise<string> {
  if (plan.format !== 'table' || view.money === false || cli.isQuiet) return '';
  return (await cli.organisation()).mode === 'sandbox' ? `${SANDBOX}: no real money\n` : '';
}

async function* withMark(
  chunks: AsyncIterable<string | Uint8Array>,
  mark: string,
): AsyncGenerator<string | Uint8Array> {
  yield* chunks;
  if (mark !== '') yield mark;
}

/** Sends text where the list goes: a file, a pager, or stdout. */
export async function writeList(
  plan: ListPlan,
  call: Call,
  cli: Cli,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  await writeAll(chunks, await sinkOf(plan, call, cli));
}

async function sinkOf({ output }: ListPlan, call: Call, cli: Cli): Promise<Sink> {
  if (output !== undefined && output !== '-') return openSink(output, { force: call.has('force') });
  const isWanted = call.has('pager') || cli.settings.pager.value !== undefined;
  if (!isWanted || cli.world.stdout.isTTY !== true) return cli.stdout;
  const { openPager } = await import('./pager');
  return openPager(cli) ?? cli.stdout;
}

async function countAll<T>({ count, fetch }: ListView<T>): Promise<string> {
  if (count !== undefined) return grouped(await count());
  let total = 0;
  for (let cursor: string | null | undefined; cursor !== null && total <= MOST_COUNTED; ) {
    const page: ListPage<T> = await fetch({ limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) });
    total += page.rows.length;
    cursor = page.next;
  }
  return total > MOST_COUNTED ? `more than ${grouped(MOST_COUNTED)}` : grouped(total);
}
