import { spawn } from 'node:child_process';
import { WalletError } from '../core/errors';
import { withLine } from './schedule';

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Puts the line under the mark into this user's crontab, or takes it out; everything else stays. False where nothing had to change. */
export async function changeCrontab(mark: string, line: string | undefined): Promise<boolean> {
  const before = await readCrontab();
  const after = withLine(before, mark, line);
  if (after === before) return false;
  const written = await runTool('crontab', ['-'], after);
  if (written.status !== 0) throw failed('crontab', written);
  return true;
}

/** A user without a crontab has an empty one. */
async function readCrontab(): Promise<string> {
  const read = await runTool('crontab', ['-l']);
  if (read.status === 0) return read.out;
  if (/no crontab for/i.test(read.err)) return '';
  throw failed('crontab', read);
}

/** Runs a program of the system to its end. Throws `output_failed` where there is none. */
export function runTool(program: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(input);
    child.on('error', (cause) => reject(missing(program, cause)));
    child.on('close', (status) =>
      resolve({ status, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }),
    );
  });
}

function missing(program: string, cause: Error): WalletError {
  return new WalletError('output_failed', `${program} can not be run here`, {
    why: cause.message,
    hint: 'leave --install out, and put what is printed where your scheduler looks for it',
    cause,
  });
}

/** What a program of the system said when it would not. */
export function failed(program: string, { status, err }: Ended): WalletError {
  return new WalletError('output_failed', `${program} ended with ${status}`, {
    why: err.trim().split('\n').slice(-1)[0] ?? '',
    hint: 'leave --install out, and put what is printed where your scheduler looks for it',
  });
}
