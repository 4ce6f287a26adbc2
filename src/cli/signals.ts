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
  /** A payment has begun: whoever is cut short now is told which. */
  underWay(id: string): void;
}

/** Ending at once is safe: whatever is not committed never happened, and a charge under way is recorded before it is made. */
export function watchSignals(spec: Interruptible, say: (line: string) => void): Signals {
  let current: Handler | undefined;
  let isSecond = false;
  let payment: string | undefined;
  const end: Handler = (signal) => {
    say(`${signal === 'SIGINT' ? 'interrupted' : 'terminated'}: ${whatNow(spec, payment)}`);
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
    underWay(id) {
      payment = id;
    },
  };
}

function whatNow({ kind, spends }: Interruptible, payment: string | undefined): string {
  if (payment !== undefined) return `${payment} is on record and never charged twice; settle it with: wallet reconcile`;
  if (spends) return 'if a charge was under way it stays pending; settle it with: wallet reconcile';
  return kind === 'change' ? 'see what was done with: wallet status' : 'nothing was changed';
}
