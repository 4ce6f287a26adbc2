import { stat } from 'node:fs/promises';
import { withPauses } from '../input/pauses';
import { openUsageFile, type UsageReading, type UsageReadingOptions } from '../input/usage-file';
import { type InputFormat, parseMap } from '../input/usage-rows';
import type { Call } from './call';
import type { Cli } from './cli';
import { openFile } from './input-file';
import { isRemote } from './remote-settings';

/** The more at once, the fewer pages of the indexes are written again and again; others who write wait for all of it. */
const BATCH_ROWS = 50_000;
/**
 * A file of nearly a million rows and more goes up in larger ones, but not to a database that others share. The first is
 * as any other: only those that follow a large one are decided before the ledger is taken.
 */
const LARGE_BATCH_ROWS = 100_000;
const LARGE_FILE_BYTES = 64 * 1024 * 1024;
/** A dry run leaves nothing for the next batch to build on, so it takes far more at once. */
const DRY_RUN_ROWS = 200_000;
/** A server takes no more. */
const REMOTE_ROWS = 20_000;
/** A pipe that has been silent for so long gets what it brought posted. */
const PAUSE_MS = 1_000;
/** From here on a thread is worth its start. */
const LARGE_BYTES = 2 * 1024 * 1024;

/** A large file is read on a thread of its own; standard input and what is quickly read are read on this one. */
export async function openUsage(call: Call, cli: Cli): Promise<{ reading: UsageReading; totalBytes: number | null }> {
  const path = call.arg(0);
  const map = call.text('map');
  const size = path === '-' ? 0 : await sizeOf(path);
  const options = {
    // The parser saw to it that it is one of the two.
    format: call.text('input') as InputFormat | undefined,
    map: map === undefined ? undefined : parseMap(map),
    ...batchSizes(call, cli, size),
  };
  if (size >= LARGE_BYTES) {
    const { readOnThread } = await import('../input/usage-thread');
    return { reading: await readOnThread(path, options), totalBytes: size };
  }
  const { source, totalBytes } = await openFile(cli, path);
  // Under a key every batch has to be the same when it comes again, whenever it comes.
  const isPaced = path === '-' && call.change().idempotencyKey === undefined;
  const paced = isPaced ? withPauses(source, PAUSE_MS) : source;
  return { reading: await openUsageFile(paced, path, options), totalBytes };
}

function batchSizes(
  call: Call,
  { settings }: Cli,
  fileBytes: number,
): Pick<UsageReadingOptions, 'batchRows' | 'firstRows'> {
  if (isRemote(settings)) return { batchRows: REMOTE_ROWS };
  if (call.flag('dry-run') === true) return { batchRows: DRY_RUN_ROWS };
  const isShared = settings.ledger.value?.startsWith('postgres') === true;
  if (isShared || fileBytes < LARGE_FILE_BYTES) return { batchRows: BATCH_ROWS };
  return { batchRows: LARGE_BATCH_ROWS, firstRows: BATCH_ROWS };
}

/** The size of a file; 0 for what is none: opening it says what is wrong. */
async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isFile() === true ? facts.size : 0;
}
