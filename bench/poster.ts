import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { openService, singleEvent } from './workshop';

/** The word that makes this program one of several posters. */
export const POSTER = 'post-until-told';

const WARM_UP = 200;

/** What one poster did. */
export interface PosterReport {
  /** Milliseconds of each posting that succeeded. */
  readonly latencies: readonly number[];
  readonly failures: number;
  readonly elapsedMs: number;
}

/** Posts to the ledger for so many milliseconds, once its parent says so, and reports to the parent. */
export async function runPoster([ledger, home, name, durationMs]: readonly string[]): Promise<void> {
  const wallet = await openService(ledger ?? '', home ?? '');
  // A program that posts all day is warm.
  for (let i = 0; i < WARM_UP; i += 1) await wallet.usage.record(singleEvent(`${name}-warm-${i}`, i));
  process.send?.('ready');
  await once(process, 'message');
  const latencies: number[] = [];
  let failures = 0;
  const start = performance.now();
  for (let i = 0, now = start; now - start < Number(durationMs); i += 1) {
    const began = now;
    try {
      await wallet.usage.record(singleEvent(`${name}-${i}`, i));
      now = performance.now();
      latencies.push(now - began);
    } catch {
      // Whatever it is, a caller had no answer: it counts, and the table shows it.
      failures += 1;
      now = performance.now();
    }
  }
  const report: PosterReport = { latencies, failures, elapsedMs: performance.now() - start };
  await wallet.close();
  process.send?.(report, () => process.disconnect());
}
