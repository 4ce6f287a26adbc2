import { tick } from './app/cron';
import type { Dependencies } from './app/dependencies';

const EVERY_MS = 60_000;

/**
 * Does what is due, as `wallet cron run` does, once a minute for every organisation. Any number of servers may do so at
 * the same time: each step decides in a write. Answers what ends it, once the tick under way is done.
 */
export function startJobs(deps: Dependencies, log: (line: object) => void): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  const run = async () => {
    try {
      const { steps } = await tick(deps);
      for (const { org, step, error } of steps)
        if (error !== null) log({ time: new Date().toISOString(), level: 'error', job: step, org, code: error.code });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log({ time: new Date().toISOString(), level: 'error', job: 'tick', error: message });
    }
    underWay = undefined;
  };
  const timer = setInterval(() => {
    underWay ??= run();
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
