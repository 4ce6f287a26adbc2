import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ServeRequest, Settings } from './cli/world';
import { fromSent } from './core/sent-error';
import type { RunningServer } from './http/server';

/** What the thread is told to serve. */
export interface ServingJob {
  readonly settings: Settings;
  readonly request: ServeRequest;
  readonly version: string;
}

/** What the thread tells. */
export type ServingNews =
  | { readonly kind: 'open'; readonly url: string }
  /** A part of the log that could not be written at once. */
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * A request leaves much behind, and whoever looks for what is still in use copies all that waits for its answer. With
 * four times the usual room it happens a fourth as often. A program's first thread can not be given that by the program.
 */
const LIMITS = { maxYoungGenerationSizeMb: 192 };

/**
 * The server on a thread of its own; this one waits for signals. It is asked to end by `stop`; should it fail otherwise,
 * the program ends with it. Throws as `openServer`.
 */
export async function openServerThread(job: ServingJob, say: (text: string) => void): Promise<RunningServer> {
  const thread = new Worker(join(__dirname, 'threaded-server.js'), { workerData: job, resourceLimits: LIMITS });
  let fail = (error: unknown): void => {
    throw error;
  };
  const endWithIt = fail;
  const url = await new Promise<string>((resolve, reject) => {
    fail = reject;
    thread.on('error', (error) => fail(error));
    thread.on('message', (news: ServingNews) => {
      if (news.kind === 'open') resolve(news.url);
      else if (news.kind === 'log') say(news.text);
      else fail(fromSent(news.error));
    });
  });
  fail = endWithIt;
  const stop = () =>
    new Promise<void>((resolve, reject) => {
      fail = reject;
      thread.once('exit', () => resolve());
      thread.postMessage('stop');
    });
  return { url, stop };
}
