import { parentPort, workerData } from 'node:worker_threads';
import { toSent } from '../core/sent-error';
import type { UsageColumnData } from '../core/usage-columns';
import { openInput } from './open-input';
import { openUsageFile } from './usage-file';
import type { ReadingJob, ReadingNews } from './usage-thread';

// The other end of `usage-thread`: reads and packs a file of usage on a thread of its own, as far as it was asked to.

const port = parentPort;
let asked = 0;
let wake: (() => void) | undefined;

function tell(news: ReadingNews, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(news, transfer);
}

async function read({ path, options }: ReadingJob): Promise<void> {
  const { source } = await openInput(path);
  const reading = await openUsageFile(source, path, options);
  tell({ kind: 'open', columns: reading.columns });
  for await (const { rows, rejects, bytes } of reading.batches) {
    while (asked === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    asked -= 1;
    tell({ kind: 'batch', data: rows.data, rejects, bytes }, buffersOf(rows.data));
  }
  tell({ kind: 'end', ignored: reading.ignored });
}

function buffersOf(data: UsageColumnData): ArrayBuffer[] {
  return Object.values(data).flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));
}

port?.on('message', () => {
  asked += 1;
  wake?.();
});
read(workerData as ReadingJob)
  .catch((error: unknown) => tell({ kind: 'failed', error: toSent(error) }))
  .finally(() => port?.close());
