import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import type { Hold } from '../contract/holds';
import type { Transaction } from '../contract/transactions';
import type { WalletService } from '../contract/wallet-service';
import { parseDuration } from '../core/duration';
import { WalletError } from '../core/errors';
import { type Call, given } from './call';
import type { Cli } from './cli';
import { reserve } from './run-reservation';
import { balanceLine } from './wording';

const TIMED_OUT = 124;
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
/** A program that ignores the polite signal gets the other one after this. */
const KILL_AFTER_MS = 5_000;
const DEFAULT_TIMEOUT = '24h';
/** The hold outlives the program by this, so that it is still there to be captured. */
const HOLD_MARGIN_MS = 3_600_000;

interface Ending {
  readonly status: number;
  readonly succeeded: boolean;
  /** What went wrong in words, for the note. */
  readonly failure: string | undefined;
}

/** Hold, run, then capture what was used or release: nothing runs unpaid, and nothing is paid that did not run. */
export async function runOnHold(call: Call, cli: Cli): Promise<number> {
  const [program, ...args] = call.rest;
  if (program === undefined) throw noProgram();
  const timeoutMs = parseDuration(call.text('timeout') ?? DEFAULT_TIMEOUT, 'time-out');
  const wallet = await cli.wallet();
  const created = await reserve(wallet.holds, holdRequest(call, timeoutMs));
  if (created.dryRun)
    return cli.show(created, () => `would hold ${created.hold.credits} credits\n${balanceLine(created.balance)}`);
  if (created.replayed)
    return cli.show({ ...created, status: 0 }, () => `captured ${created.hold.captured} (${created.hold.id})\n`);

  const folder = mkdtempSync(path.join(tmpdir(), 'wallet-run-'));
  const usedFile = path.join(folder, 'used');
  try {
    const ending = await runProgram([program, ...args], { cli, timeoutMs, usedFile, hold: created.hold });
    const settled = await settle(call, cli, wallet, created.hold, ending, usedFile);
    if (cli.isJson) await cli.show({ ...settled, status: ending.status }, () => '');
    else {
      const balance = settled.balance === undefined ? '' : `; ${balanceLine(settled.balance).trim()}`;
      cli.note(`${ending.failure ?? 'done'}: ${takenText(settled)}${balance}`);
    }
    return ending.status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function takenText({ hold, transaction }: { hold: Hold; transaction: Transaction | null }): string {
  const invoiced = transaction?.invoiced ?? '0.00';
  return `${hold.captured} of ${hold.credits} captured${invoiced === '0.00' ? '' : `, ${invoiced} invoiced`}`;
}

function noProgram(): WalletError {
  return new WalletError('invalid_usage', 'no program was named', {
    why: 'it stands behind two dashes',
    hint: 'wallet run --app A --service S --quantity N -- COMMAND…',
  });
}

function holdRequest(call: Call, timeoutMs: number) {
  return given({
    app: call.text('app') ?? '',
    service: call.text('service') ?? '',
    quantity: call.text('quantity') ?? '',
    campaign: call.text('campaign'),
    expires: `${Math.ceil((timeoutMs + HOLD_MARGIN_MS) / 60_000)}m`,
    ...(call.text('idempotency-key') !== undefined ? { command: digestOf([call.rest, call.has('overflow')]) } : {}),
    ...call.change(),
  });
}

/** What is run may hold secrets, so that only its digest is told. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

interface RunOptions {
  readonly cli: Cli;
  readonly timeoutMs: number;
  readonly usedFile: string;
  readonly hold: Hold;
}

async function runProgram([program = '', ...args]: readonly string[], options: RunOptions): Promise<Ending> {
  const { cli, timeoutMs, usedFile, hold } = options;
  const env = { ...cli.world.env, WALLET_USED_FILE: usedFile, WALLET_HOLD: hold.id };
  // Under --json stdout is for one document, so the program's own output moves to stderr.
  const own = process.umask(cli.world.umask); // its files are its own business
  const child = spawn(program, args, { stdio: ['inherit', cli.isJson ? process.stderr : 'inherit', 'inherit'], env });
  process.umask(own);
  const restore = cli.signals.takeOver((signal) => forward(child, signal, cli));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop(child);
  }, timeoutMs);
  try {
    const ending = await endOf(child, program);
    return isLate ? { status: TIMED_OUT, succeeded: false, failure: 'the time ran out' } : ending;
  } finally {
    clearTimeout(timer);
    restore();
  }
}

/** A terminal sends Ctrl-C to every program on it; only where there is none has it to be passed on. */
function forward(child: ChildProcess, signal: NodeJS.Signals, cli: Cli): void {
  if (signal !== 'SIGINT' || cli.world.stdin.isTTY !== true) child.kill(signal);
}

function stop(child: ChildProcess): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
}

function endOf(child: ChildProcess, program: string): Promise<Ending> {
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      const failure = `${program} ${isMissing ? 'was not found' : `could not be run (${error.code})`}`;
      resolve({ status: isMissing ? NOT_FOUND : NOT_EXECUTABLE, succeeded: false, failure });
    });
    child.on('close', (code, signal) => {
      if (signal !== null)
        resolve({ status: 128 + constants.signals[signal], succeeded: false, failure: `stopped by ${signal}` });
      else
        resolve({ status: code ?? 1, succeeded: code === 0, failure: code === 0 ? undefined : `ended with ${code}` });
    });
  });
}

async function settle(call: Call, cli: Cli, wallet: WalletService, hold: Hold, ending: Ending, usedFile: string) {
  const used = ending.succeeded ? readUsed(usedFile) : 0;
  if (used === 0) return { transaction: null, ...(await wallet.holds.release({ id: hold.id })) };
  if (Number.isNaN(used)) {
    cli.warn('the program reported no whole number of units: everything held was captured');
    return wallet.holds.capture({ id: hold.id });
  }
  const isMore = used !== undefined && hold.quantity !== null && used > hold.quantity;
  if (isMore && !call.has('overflow')) {
    cli.warn(
      `the program reported ${used} units but ${hold.quantity} were held: those were captured; --overflow takes the rest`,
    );
    return wallet.holds.capture({ id: hold.id });
  }
  const quantity = used === undefined ? undefined : String(used);
  return wallet.holds.capture(given({ id: hold.id, quantity, overflow: call.flag('overflow') }));
}

/** What the program wrote: a count, undefined for nothing, NaN for anything else. */
function readUsed(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
  if (text === '') return undefined;
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
