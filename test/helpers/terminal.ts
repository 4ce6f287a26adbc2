import path from 'node:path';
import { spawn } from '@lydell/node-pty';

const EXECUTABLE = path.resolve('bin/wallet.js');
const PATIENCE_MS = 15_000;
/** What the program wrote can still be on its way when its end is told: the terminal hands it over in pieces. */
const QUIET_MS = 250;

export interface TerminalOutcome {
  readonly status: number;
  /** Everything the terminal was sent, colours and all. */
  readonly screen: string;
  /** The same without escape sequences. */
  readonly text: string;
}

/** What to do when the screen shows a text: keys to press. */
export interface Reaction {
  readonly when: string;
  readonly press: string;
}

export const KEYS = { enter: '\r', down: '\u001b[B', ctrlC: '\u0003', ctrlD: '\u0004' } as const;

/** Runs the built program on a real terminal, and presses keys as the screen asks for them. */
export function runOnTerminal(
  words: readonly string[],
  options: {
    readonly env: Record<string, string>;
    readonly reactions?: readonly Reaction[];
    readonly columns?: number;
  },
): Promise<TerminalOutcome> {
  const terminal = spawn(process.execPath, [EXECUTABLE, ...words], {
    cols: options.columns ?? 120,
    rows: 40,
    cwd: options.env.HOME ?? '/',
    env: { TERM: 'xterm-256color', ...options.env },
  });
  const waiting = [...(options.reactions ?? [])];
  let screen = '';
  let seen = 0;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      terminal.kill('SIGKILL');
      reject(new Error(`the terminal waits for ${JSON.stringify(waiting[0]?.when)} and shows: ${screen}`));
    }, PATIENCE_MS);
    let ended: { exitCode: number; quiet: NodeJS.Timeout } | undefined;
    const endWhenQuiet = (exitCode: number) => {
      clearTimeout(ended?.quiet);
      const end = () => resolve({ status: exitCode, screen, text: plain(screen) });
      ended = { exitCode, quiet: setTimeout(end, QUIET_MS) };
    };
    terminal.onData((data) => {
      screen += data;
      if (ended !== undefined) endWhenQuiet(ended.exitCode);
      const next = waiting[0];
      if (next === undefined || !plain(screen.slice(seen)).includes(next.when)) return;
      waiting.shift();
      seen = screen.length;
      terminal.write(next.press);
    });
    terminal.onExit(({ exitCode }) => {
      clearTimeout(timer);
      endWhenQuiet(exitCode);
    });
  });
}

function plain(screen: string): string {
  return screen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
}
