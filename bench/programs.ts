import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

const EXECUTABLE = path.resolve('bin/wallet.js');

/**
 * Writes the process's own peak of memory where it is told to, when it ends. `VmHWM` starts anew with each program;
 * what `resourceUsage` says includes the process that started this one.
 */
const PEAK_RECORDER = `process.on('exit', () => {
  const fs = require('node:fs');
  let peak = process.resourceUsage().maxRSS;
  try {
    peak = Number(/VmHWM:\\s+(\\d+) kB/.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]);
  } catch {}
  fs.writeFileSync(process.env.BENCH_PEAK_FILE, String(peak * 1024));
});
`;

export interface RunOptions {
  /** Receives what the program writes. */
  readonly stdoutFile?: string;
  /** What the program reads. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts whole programs in an environment with nothing of the machine's own in it, and times them. */
export class Programs {
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #recorder: string;
  readonly #peakFile: string;

  /** `folder` becomes the programs' home. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      TMPDIR: folder,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      WALLET_ACTOR: 'bench',
    };
    this.#recorder = path.join(folder, 'peak-recorder.cjs');
    this.#peakFile = path.join(folder, 'peak');
    writeFileSync(this.#recorder, PEAK_RECORDER);
  }

  /** Milliseconds of a wallet command on the ledger, from start to end of the process. */
  wallet(ledger: string, words: readonly string[], options?: RunOptions): number {
    const env = environmentOf(ledger);
    return this.run(process.execPath, [EXECUTABLE, ...words, ...ledgerFlag(ledger)], { env, ...options });
  }

  /** The same, with the bytes of memory it had at its peak. */
  walletWithPeak(ledger: string, words: readonly string[]): { ms: number; peak: number } {
    const recorded = ['--require', this.#recorder, EXECUTABLE, ...words, ...ledgerFlag(ledger)];
    const ms = this.run(process.execPath, recorded);
    return { ms, peak: Number(readFileSync(this.#peakFile, 'utf8')) };
  }

  /** Milliseconds of the smallest Node program there is. */
  node(): number {
    return this.run(process.execPath, ['-e', '0']);
  }

  /** Milliseconds of any program. Throws where it ends with another status than 0. */
  run(program: string, words: readonly string[], options: RunOptions = {}): number {
    const out = options.stdoutFile === undefined ? 'pipe' : openSync(options.stdoutFile, 'w');
    try {
      const start = performance.now();
      const { status, stderr, error } = spawnSync(program, words, {
        cwd: this.#folder,
        env: { ...this.#env, ...options.env, BENCH_PEAK_FILE: this.#peakFile },
        input: options.input ?? '',
        stdio: ['pipe', out, 'pipe'],
        maxBuffer: 2 ** 30,
      });
      const ms = performance.now() - start;
      if (status === 0) return ms;
      throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${error?.message ?? String(stderr)}`);
    } finally {
      if (typeof out === 'number') closeSync(out);
    }
  }

  /** Whether the program is installed. */
  has(program: string): boolean {
    return spawnSync(program, ['--version'], { env: this.#env, stdio: 'ignore' }).status === 0;
  }
}

function ledgerFlag(ledger: string): readonly string[] {
  return ledger === '' || isServer(ledger) ? [] : ['--ledger', ledger];
}

/** A URL with a password in it is no argument. */
function environmentOf(ledger: string): Record<string, string> {
  return isServer(ledger) ? { WALLET_LEDGER: ledger } : {};
}

function isServer(ledger: string): boolean {
  return ledger.startsWith('postgres:');
}
