import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fromSent } from '../core/sent-error';
import { type UsageColumnData, UsageColumns } from '../core/usage-columns';
import type { FileColumn } from './columns';
import type { InputReject } from './rows';
import type { UsageBatch, UsageReading, UsageReadingOptions } from './usage-file';
import type { UsageField } from './usage-rows';

/** What the thread is told to read. */
export interface ReadingJob {
  readonly path: string;
  readonly options: UsageReadingOptions;
}

/** What the thread tells. It reads one batch ahead of what was asked for. */
export type ReadingNews =
  | { readonly kind: 'open'; readonly columns: readonly FileColumn<UsageField>[] }
  | {
      readonly kind: 'batch';
      readonly data: UsageColumnData;
      readonly rejects: readonly InputReject<UsageField>[];
      readonly bytes: number;
    }
  | { readonly kind: 'end'; readonly ignored: readonly string[] }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Nearly all that the thread makes is garbage at once: more room for it would be used, and help little. */
const LIMITS = { maxYoungGenerationSizeMb: 12 };

/** Batches that are read ahead. */
const AHEAD = 1;

/** Opens a file of usage events to be read on a thread of its own, while this one posts. Throws as `openUsageFile`. */
export async function readOnThread(path: string, options: UsageReadingOptions): Promise<UsageReading> {
  const workerData: ReadingJob = { path, options };
  const news = new Newsline(new Worker(join(__dirname, 'usage-reader.js'), { workerData, resourceLimits: LIMITS }));
  const first = await news.next();
  if (first.kind !== 'open') throw new Error('the reader tells first what it has opened');
  let ignored: readonly string[] = [];
  async function* batches(): AsyncGenerator<UsageBatch> {
    for (let ahead = 0; ahead < AHEAD; ahead += 1) news.askForMore();
    for (;;) {
      const told = await news.next();
      if (told.kind === 'end') ignored = told.ignored;
      if (told.kind !== 'batch') return;
      yield { rows: new UsageColumns(told.data), rejects: told.rejects, bytes: told.bytes };
      news.askForMore();
    }
  }
  return {
    columns: first.columns,
    get ignored() {
      return ignored;
    },
    batches: batches(),
    close: () => news.close(),
  };
}

/** The messages of a worker, one after another. */
class Newsline {
  readonly #worker: Worker;
  readonly #told: ReadingNews[] = [];
  #wake: (() => void) | undefined;
  #failure: unknown;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (news: ReadingNews) => this.#take(news));
    worker.on('error', (error) => this.#take({ kind: 'failed', error }));
  }

  askForMore(): void {
    this.#worker.postMessage('more');
  }

  /** Throws what the reading failed with. */
  async next(): Promise<Exclude<ReadingNews, { kind: 'failed' }>> {
    for (;;) {
      const told = this.#told.shift();
      if (told?.kind === 'failed') throw this.#failure;
      if (told !== undefined) return told;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(news: ReadingNews): void {
    if (news.kind === 'failed') this.#failure = fromSent(news.error);
    this.#told.push(news);
    this.#wake?.();
  }
}
