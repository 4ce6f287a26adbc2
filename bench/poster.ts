import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { openService, singleEvent } from './workshop';

/** The word that makes this program one of several posters. */
export const POSTER = 'post-until-told';

/** Before so many postings Node has not compiled all that a posting takes, and each costs up to three times as much. */
export const WARM_UP = 2_500;

/** What one poster did. */
export interface PosterReport {
  /** Milliseconds of each posting that succeeded. */
  readonly latencies: readonly number[];
  readonly failures: number;
  readonly elapsedMs: number;
}

/** Posts to the ledger for so many milliseconds whenever its parent says so, and reports, until the parent lets go. */
export async function runPoster([ledger, home, name, durationMs]: readonly string[]): Promise<void> {
  const wallet = await openService(ledger ?? '', home ?? '');
  let next = 0;
  const post = async () => {
    next += 1;
    await wallet.usage.record(singleEvent(`${name}-${next}`, next));
  };
  // A program that posts all day is warm.
  while (next < WARM_UP) await post();
  process.on('message', async () => process.send?.(await postFor(Number(durationMs), post)));
  process.send?.('ready');
  await once(process, 'disconnect');
  await wallet.close();
}

async function postFor(durationMs: number, post: () => Promise<void>): Promise<PosterReport> {
  const latencies: number[] = [];
  let failures = 0;
  const start = performance.now();
  for (let now = start; now - start < durationMs; ) {
    const began = now;
    try {
      await post();
      now = performance.now();
      latencies.push(now - began);
    } catch {
      // Whatever it is, a caller had no answer: it counts, and the table shows it.
      failures += 1;
      now = performance.now();
    }
  }
  return { latencies, failures, elapsedMs: performance.now() - start };
}
