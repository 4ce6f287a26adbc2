import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const EXECUTABLE = path.resolve('bin/wallet.js');
/** Nothing of the machine's own settings reaches the program under test. */
const CLEAN = { PATH: process.env.PATH ?? '', TZ: 'UTC', LANG: 'C.UTF-8', NODE_EXTRA_CA_CERTS: '' };

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON document it must be. */
  json(): unknown;
  /** stderr as the one JSON document of an error. */
  error(): { readonly code: string; readonly message: string; readonly hint: string; readonly details: object };
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** A home folder of its own, with the built program to run in it. */
export interface Sandbox {
  readonly home: string;
  /** The program with its arguments, as words or as one line: `wallet('buy 100 --yes')`. */
  wallet(line: string | readonly string[], options?: RunOptions): Promise<Outcome>;
  /** As `wallet`, and throws unless it ended with 0. */
  ok(line: string | readonly string[], options?: RunOptions): Promise<Outcome>;
  env(): Record<string, string>;
  remove(): void;
}

export function createSandbox(env: Readonly<Record<string, string>> = {}): Sandbox {
  const home = mkdtempSync(path.join(tmpdir(), 'wallet-home-'));
  mkdirSync(path.join(home, 'tmp'));
  const own = () => ({ ...CLEAN, HOME: home, TMPDIR: path.join(home, 'tmp'), WALLET_ACTOR: 'ada', ...env });
  const wallet: Sandbox['wallet'] = (line, options = {}) => {
    const words = typeof line === 'string' ? splitWords(line) : line;
    return runProcess(words, { ...options, cwd: options.cwd ?? home, env: { ...own(), ...options.env } });
  };
  return {
    home,
    wallet,
    async ok(line, options) {
      const outcome = await wallet(line, options);
      if (outcome.status === 0) return outcome;
      throw new Error(`wallet ${String(line)} ended with ${outcome.status}: ${outcome.stderr}`);
    },
    env: own,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Words as a shell parts them, with double quotes and nothing else. */
export function splitWords(line: string): string[] {
  return (line.match(/(?:[^\s"]+|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

function runProcess(words: readonly string[], { env, input, cwd }: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [EXECUTABLE, ...words], { env, cwd, stdio: 'pipe' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // a program that reads nothing may be gone already
    child.stdin.end(input ?? '');
    child.on('error', reject);
    child.on('close', (status) => {
      const stdout = Buffer.concat(out).toString('utf8');
      const stderr = Buffer.concat(err).toString('utf8');
      resolve({
        status,
        stdout,
        stderr,
        json: () => JSON.parse(stdout),
        error: () => (JSON.parse(stderr) as { error: ReturnType<Outcome['error']> }).error,
      });
    });
  });
}
