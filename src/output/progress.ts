import { escapeControl } from './escape';

/** The stream a bar or spinner is drawn on; `process.stderr` is one. */
interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly stream: ProgressStream;
  /** What it does, before the bar: `importing`. */
  readonly label: string;
  /** How much there is, in any unit; null where nobody knows, and then there is no bar and no time left. */
  readonly total: number | null;
  /** What is counted: `rows`. */
  readonly noun: string;
  /** Milliseconds from any start; `performance.now` unless told. */
  readonly now?: (() => number) | undefined;
}

export interface Progress {
  /** `done` of `total`, and how many things that was. Cheap to call: it draws ten times a second at most. */
  update(done: number, count: number): void;
  /** Clears the line. Safe to call again. */
  stop(): void;
}

export interface Spinner {
  stop(): void;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\x1b[2K';
const NOTHING: Progress = { update() {}, stop() {} };

/** A line on a terminal that shows how far the work is, how fast, and how long it will take. Elsewhere it is nothing. */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, now = () => performance.now() } = options;
  if (!canRedraw(stream)) return NOTHING;
  const startedMs = now();
  let drawnMs = startedMs;
  let drawn = false;
  return {
    update(done, count) {
      const atMs = now();
      if (atMs - drawnMs < REDRAW_MS) return;
      drawnMs = atMs;
      drawn = true;
      const line = progressLine(options, { done, count, elapsedMs: atMs - startedMs });
      stream.write(CLEAR_LINE + line.slice(0, (stream.columns ?? 80) - 1));
    },
    stop() {
      if (drawn) stream.write(CLEAR_LINE);
      drawn = false;
    },
  };
}

/**
 * Turns while something takes its time; `stop` clears it. Elsewhere than on a terminal it is nothing. Without colour it
 * is the text alone, since the spinner's library knows NO_COLOR but not `--no-color`.
 */
export async function startSpinner(text: string, stream: NodeJS.WriteStream, colour: boolean): Promise<Spinner> {
  if (!canRedraw(stream)) return { stop() {} };
  const shown = escapeControl(text);
  if (!colour) {
    stream.write(shown);
    return { stop: () => void stream.write(CLEAR_LINE) };
  }
  const { default: createSpinner } = await import('yocto-spinner');
  // Its own signal handler ends the process at once: never in the middle of a payment.
  const spinner = createSpinner({ text: shown, stream, handleSignals: false }).start();
  const stop = () => {
    process.off('exit', stop);
    spinner.stop();
  };
  // The cursor is hidden meanwhile, and must come back however the program ends.
  process.on('exit', stop);
  return { stop };
}

/** Whether a line on the stream can be drawn over. In CI a terminal's log would keep every frame. */
function canRedraw(stream: ProgressStream): boolean {
  const { TERM, CI } = process.env;
  return stream.isTTY === true && TERM !== 'dumb' && (CI === undefined || CI === '');
}

interface Moment {
  readonly done: number;
  readonly count: number;
  readonly elapsedMs: number;
}

function progressLine({ label, total, noun }: ProgressOptions, { done, count, elapsedMs }: Moment): string {
  const perSecond = Math.round((count * 1000) / Math.max(1, elapsedMs));
  const counted = `${grouped(count)} ${noun}  ${grouped(perSecond)}/s`;
  if (total === null || total <= 0) return `${label}  ${counted}`;
  const share = Math.min(1, done / total);
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const left = share > 0 ? `  ${clock((elapsedMs * (1 - share)) / share)} left` : '';
  return `${label}  ${bar} ${String(Math.floor(share * 100)).padStart(3)}%  ${counted}${left}`;
}

/** Thousands by hand: `Intl` would cost 13 ms at its first use. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = String(Math.floor(seconds / 60) % 60);
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${minutes.padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
