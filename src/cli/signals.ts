export type Signal = 'SIGINT' | 'SIGTERM';

export const SIGNAL_STATUS: Readonly<Record<Signal, number>> = { SIGINT: 130, SIGTERM: 143 };

type Handler = (signal: Signal) => void;

/** What of a command decides what can be said when it is cut short. */
interface Interruptible {
  readonly kind: string;
  readonly spends?: true;
}

/** Who answers Ctrl-C. Unless a command takes over, the program says one line and ends at once. */
export interface Signals {
  /** The command answers from now on; call what it gives back to hand over again. A second signal always ends the program. */
  takeOver(handler: Handler): () => void;
}

/** Ending at once is safe: whatever is not committed never happened, and a charge under way is recorded before it is made. */
export function watchSignals(spec: Interruptible, say: (line: string) => void): Signals {
  let current: Handler | undefined;
  let isSecond = false;
  const end: Handler = (signal) => {
    say(`${signal === 'SIGINT' ? 'interrupted' : 'terminated'}: ${whatNow(spec)}`);
    process.exit(SIGNAL_STATUS[signal]);
  };
  const answer = (signal: Signal) => {
    if (current === undefined || isSecond) end(signal);
    else current(signal);
    isSecond = true;
  };
  process.on('SIGINT', () => answer('SIGINT'));
  process.on('SIGTERM', () => answer('SIGTERM'));
  return {
    takeOver(handler) {
      current = handler;
      return () => {
        current = undefined;
      };
    },
  };
}

function whatNow({ kind, spends }: Interruptible): string {
  if (spends) return 'if a charge was under way it stays pending; settle it with: wallet reconcile';
  return kind === 'change' ? 'see what was done with: wallet status' : 'nothing was changed';
}
