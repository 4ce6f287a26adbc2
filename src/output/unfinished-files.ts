import { unlinkSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const unfinished = new Set<string>();

/** From now on the file is removed when the program is interrupted or ends before it is finished. */
export function rememberUnfinished(path: string): void {
  if (unfinished.size === 0) listen();
  unfinished.add(path);
}

/** The file is finished, or gone. */
export function forgetUnfinished(path: string): void {
  unfinished.delete(path);
  if (unfinished.size === 0) stopListening();
}

/** False once an interruption has removed the file. */
export function isUnfinished(path: string): boolean {
  return unfinished.has(path);
}

function listen(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('exit', removeAll);
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off('exit', removeAll);
}

/** Listening switches off the signal's own effect: where nobody else handles it, it is sent again. */
function onSignal(signal: NodeJS.Signals): void {
  removeAll();
  stopListening();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function removeAll(): void {
  for (const path of unfinished) {
    try {
      unlinkSync(path);
    } catch {
      // Already gone; there is nobody left to tell.
    }
  }
  unfinished.clear();
}
