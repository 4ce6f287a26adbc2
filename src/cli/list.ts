import { renderAnyListing } from '../output/formats';
import type { Sink } from '../output/sink';
import { openSink, writeAll } from '../output/streams';
import type { Column, Listing, RenderOptions } from '../output/view';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { begun, countAll, counting, type FetchPage, followPages } from './list-pages';
import { GLANCE_ROWS, type ListPlan, planList } from './list-plan';
import { counted, SANDBOX } from './wording';

/** A list as a command has it: how to get a page, and how to show a row. */
export interface ListView<T> {
  /** The plural, under which JSON lists the rows. */
  readonly name: string;
  readonly columns: readonly Column<T>[];
  readonly fetch: FetchPage<T>;
  /** How many rows there are in all, where that is cheap to ask. */
  readonly count?: () => Promise<number>;
  /** False for lists that show no money: they need not say SANDBOX. */
  readonly money?: false;
  readonly footer?: Listing<T>['footer'];
  readonly extra?: Listing<T>['extra'];
}

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
