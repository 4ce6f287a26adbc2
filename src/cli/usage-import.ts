import type { RowReject } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { UsageBatchRequest, UsageBatchResult } from '../contract/usage';
import { add, type Credits, formatCredits, readCredits, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import type { UsageBatch, UsageReading } from '../input/usage-file';
import { createProgress, type Progress } from '../output/progress';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { EXIT_STATUS } from './exit-status';
import { underOwnKey, withProgress } from './import-errors';
import { openRejects, type RejectsFile } from './rejects-file';
import { SIGNAL_STATUS, type Signal } from './signals';
import { openUsage } from './usage-import-file';
import { balanceLine, counted } from './wording';

const REJECTS_SHOWN = 20;
interface Totals {
  batches: number;
  read: number;
  posted: number;
  duplicates: number;
  rejected: number;
  credits: Credits;
  balance: Balance | undefined;
  /** Whether a batch went up: then what it answered stands, also where an app was told no balance. */
  wasPosted: boolean;
  replayed: boolean;
  readonly rejects: RowReject[];
}

/** One import under way. */
interface Import {
  readonly call: Call;
  readonly cli: Cli;
  readonly file: UsageReading;
  readonly rejects: RejectsFile | undefined;
  readonly totals: Totals;
}

/** Posts a file batch by batch, in constant memory; each batch is one write, so whatever ends it, it can be run again. */
export async function importUsage(call: Call, cli: Cli): Promise<number> {
  const { reading, totalBytes } = await openUsage(call, cli);
  try {
    const rejects = await openRejects(call, reading.columns);
    return await importAll({ call, cli, file: reading, rejects, totals: noTotals() }, totalBytes);
  } finally {
    await reading.close();
  }
}

async function importAll(run: Import, totalBytes: number | null): Promise<number> {
  const { cli, rejects } = run;
  const isShown = !cli.isJson && !cli.isQuiet && cli.world.stderr.isTTY === true;
  const stream = isShown ? cli.world.stderr : { write: () => undefined };
  const progress = createProgress({ stream, label: 'importing', total: totalBytes, noun: 'rows' });
  try {
    const signal = await postBatches(run, progress).finally(() => progress.stop());
    await (signal === undefined ? rejects?.end(run.totals.rejected) : rejects?.abort());
    return await report(run, signal);
  } catch (error) {
    await rejects?.abort();
    throw withProgress(error, run.totals);
  }
}

function noTotals(): Totals {
  return {
    batches: 0,
    read: 0,
    posted: 0,
    duplicates: 0,
    rejected: 0,
    credits: ZERO,
    balance: undefined,
    wasPosted: false,
    replayed: true,
    rejects: [],
  };
}

/** Posts until the file or the patience ends; answers the signal that ended it. */
async function postBatches(run: Import, progress: Progress): Promise<Signal | undefined> {
  const { cli, file, totals } = run;
  let ended: Signal | undefined;
  let stopWaiting: ((nothing: undefined) => void) | undefined;
  const restore = cli.signals.takeOver((signal) => {
    ended = signal;
    stopWaiting?.(undefined);
  });
  const batches = file.batches[Symbol.asyncIterator]();
  try {
    for (let number = 1; ended === undefined; number += 1) {
      // A pipe may be silent for ever: a signal ends the waiting, but never a batch that is being posted.
      // One promise for each wait: a race against one that lasts would keep every batch alive to the end.
      const next = await new Promise<IteratorResult<UsageBatch> | undefined>((resolve, reject) => {
        stopWaiting = resolve;
        batches.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) break;
      await postBatch(run, next.value, number);
      progress.update(next.value.bytes, totals.read);
      await new Promise(setImmediate); // all of it may run without a pause, and only a pause lets a signal in
    }
    return ended;
  } finally {
    restore();
    if (ended !== undefined) process.stdin.destroy(); // or it would keep the program alive
  }
}

async function postBatch({ call, cli, rejects, totals }: Import, batch: UsageBatch, number: number): Promise<void> {
  totals.read += batch.rows.length + batch.rejects.length;
  const answer =
    batch.rows.length === 0
      ? undefined
      : await (await cli.wallet()).usage.postBatch(requestOf(call, batch, number)).catch((error) => {
          throw underOwnKey(error, call.change().idempotencyKey);
        });
  if (answer !== undefined) addUp(totals, answer);
  totals.batches += 1;
  const values = new Map(batch.rejects.map((reject) => [reject.line, reject.values]));
  const all = [...batch.rejects, ...(answer?.rejects ?? [])].sort((a, b) => a.line - b.line);
  totals.rejected += all.length;
  for (const { line, code, message } of all) {
    if (totals.rejects.length < REJECTS_SHOWN) totals.rejects.push({ line, code, message });
  }
  if (rejects === undefined || all.length === 0) return;
  const valuesOf = (line: number) => values.get(line) ?? batch.rows.rowOfLine(line) ?? {};
  await rejects.add(all.map((reject) => ({ reject, values: valuesOf(reject.line) })));
}

/** Each batch has a key of its own, so that an import under a key that was cut short goes on where it was. */
function requestOf(call: Call, { rows }: UsageBatch, number: number): UsageBatchRequest {
  const { idempotencyKey, dryRun } = call.change();
  const key = idempotencyKey === undefined ? undefined : `${idempotencyKey}:${number}`;
  return given({
    rows,
    outcomes: false, // the rejects are enough
    createApps: call.flag('create-apps'),
    recharge: call.flag('recharge'),
    source: call.arg(0),
    idempotencyKey: key,
    dryRun,
  });
}

function addUp(totals: Totals, { posted, duplicates, credits, balance, replayed }: UsageBatchResult): void {
  totals.posted += posted;
  totals.duplicates += duplicates;
  totals.credits = add(totals.credits, readCredits(credits));
  totals.balance = balance;
  totals.wasPosted = true;
  totals.replayed &&= replayed === true;
}

async function report({ call, cli, file, totals }: Import, signal: Signal | undefined): Promise<number> {
  const { read, posted, duplicates, rejected, rejects } = totals;
  const balance = totals.wasPosted ? totals.balance : await visibleBalance(cli);
  const credits = formatCredits(totals.credits);
  const marks = given({
    replayed: totals.replayed && posted > 0 ? (true as const) : undefined,
    dryRun: call.flag('dry-run'),
    interrupted: signal === undefined ? undefined : true,
  });
  const result = { read, posted, duplicates, rejected, credits, balance, rejects, ...marks };
  if (file.ignored.length > 0) cli.note(`columns that are not read: ${file.ignored.join(', ')}`);
  if (marks.dryRun === true && totals.batches > 1)
    cli.note(`tried in ${totals.batches} parts, each as if those before it had not been posted`);
  await cli.show(result, () => describe(result));
  if (posted === 0 && rejected > 0 && rejects.every(({ code }) => code === 'unknown_app'))
    cli.note('none of these apps is known; if they are right, --create-apps registers them on the way');
  if (signal !== undefined) {
    cli.note(`stopped after ${counted(read, 'row')}; run it again to go on: rows with an id are never posted twice`);
    return SIGNAL_STATUS[signal];
  }
  return rejected > 0 ? EXIT_STATUS.partly_done : 0;
}

/** Where nothing went up, whoever may see the balance is told it all the same. */
async function visibleBalance(cli: Cli): Promise<Balance | undefined> {
  try {
    return (await (await cli.wallet()).credit.balance()).balance;
  } catch (error) {
    if (error instanceof WalletError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

interface Summary {
  readonly read: number;
  readonly posted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly credits: string;
  readonly balance: Balance | undefined;
  readonly rejects: readonly RowReject[];
}

function describe({ read, posted, duplicates, rejected, credits, balance, rejects }: Summary): string {
  const lines = rejects.map(({ line, code, message }) => `line ${line}: ${message} (${code})\n`);
  const more =
    rejected > rejects.length
      ? `and ${counted(rejected - rejects.length, 'more', 'more')}; --rejects FILE has them all\n`
      : '';
  const counts = `${counted(read, 'row')} read, ${posted} posted, ${duplicates} seen before, ${rejected} rejected; ${credits} credits\n`;
  return `${lines.join('')}${more}${counts}${balanceLine(balance)}`;
}
