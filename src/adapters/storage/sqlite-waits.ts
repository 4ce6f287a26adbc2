import { WalletError } from '../../core/errors';
import { isBusy, translated } from './sqlite-errors';

/** How long a write waits for other writers before it gives up. */
const WAIT_MS = 10_000;

/** Each try in vain wakes a process on a core that the one at work could have: with eight waiting, half as many do more in all. */
const LONGEST_PAUSE_MS = 8;

/** Does what may meet another process that opens, recovers or closes the file at this moment, for as long as a write would. */
export async function whenFree<T>(file: string, work: () => T | Promise<T>, onBusy?: () => void): Promise<T> {
  let deadline = Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw translated(file, error);
      if (Date.now() > deadline) throw busy(error);
    }
    // From the first time on: what was tried before may have taken long by itself.
    deadline = Math.min(deadline, Date.now() + WAIT_MS);
    onBusy?.();
    await pause();
  }
}

/** A short random wait is fair to other processes; the engine's own busy handler starves one of them. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * (LONGEST_PAUSE_MS - 1)));
}

/** As long as it takes until everybody who waits has tried again. */
export function longestPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_PAUSE_MS + 1));
}

/** Does what answers at once, its failures told in the product's words. */
export function translate<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isBusy(error) ? busy(error) : translated(file, error);
  }
}

function busy(cause: unknown): WalletError {
  return new WalletError('ledger_busy', 'the ledger is busy', {
    why: `other programs kept it locked for ${WAIT_MS / 1000} seconds; nothing was changed`,
    hint: 'run the command again',
    cause,
  });
}
