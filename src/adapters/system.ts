import { quote } from '../core/credits';
import { WalletError } from '../core/errors';
import type { Instant } from '../core/time';
import { utcCalendar } from '../core/time';
import { FAIL_POINTS, type System } from '../ports/system';
import { sha256 } from './sha256';

/** Characters of the seal of a write of one or two entries, and room to spare. */
const SHORT = 2_048;
/** A program that digests more often than this is no short one. */
const FEW = 4;
let digests = 0;
const ASCII = /^[\0-\x7f]*$/;

/** The machine's own clock, randomness and digests. A fixed clock, where one was set, stands still. */
export function createSystem(fixedNow: Instant | undefined, failpoint?: string): System {
  if (failpoint) requireFailPoint(failpoint);
  return {
    // The machine's clock is within the years that an instant can be.
    now: () => fixedNow ?? (Date.now() as Instant),
    reached: (point) => {
      if (point === failpoint) die();
    },
    random: () => crypto().randomBytes(7).toString('hex'),
    digest,
    calendar: async (zone) => (zone === 'UTC' ? utcCalendar : (await import('./calendar')).openCalendar(zone)),
  };
}

/** A name that nothing passes would end nothing, and a test of it prove nothing. */
function requireFailPoint(name: string): void {
  if (FAIL_POINTS.some((point) => point === name)) return;
  throw new WalletError('invalid_config', `there is no failpoint ${quote(name)}`, {
    why: `WALLET_FAILPOINT is one of ${FAIL_POINTS.join(', ')}`,
    hint: 'unset WALLET_FAILPOINT',
  });
}

/** Ends the process as a power cut would: nothing is flushed, closed or rolled back by us. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing more may happen meanwhile.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}

/** SHA-256 of the parts one after another, in hexadecimal. Node's own is slow to load, and the quicker one from then on. */
export function digest(parts: readonly (string | Uint8Array)[]): string {
  digests += 1;
  let length = 0;
  for (const part of parts) length += part.length;
  if (length <= SHORT && digests <= FEW) return sha256(joined(parts, length));
  const [text] = parts;
  if (parts.length === 1 && typeof text === 'string') return crypto().hash('sha256', text, 'hex');
  if (length <= SHORT) return crypto().hash('sha256', shortMessage(parts), 'hex');
  const hash = crypto().createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Most text is ASCII, and takes no function that Node would first compile. */
function joined(parts: readonly (string | Uint8Array)[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part !== 'string') bytes.set(part, at);
    else if (ASCII.test(part)) for (let i = 0; i < part.length; i += 1) bytes[at + i] = part.charCodeAt(i);
    else return shortMessage(parts);
    at += part.length;
  }
  return bytes;
}

let message: Buffer | undefined;

/** Short parts as one message, good until the next. */
function shortMessage(parts: readonly (string | Uint8Array)[]): Uint8Array {
  // A character takes three bytes at most: those that take four are two characters.
  message ??= Buffer.alloc(3 * SHORT);
  let end = 0;
  for (const part of parts) {
    if (typeof part === 'string') end += message.write(part, end);
    else {
      message.set(part, end);
      end += part.length;
    }
  }
  return message.subarray(0, end);
}

let loaded: typeof import('node:crypto') | undefined;

/** Loading it takes longer than a balance, which needs neither digests nor chance; even to ask for it again takes a while. */
function crypto(): typeof import('node:crypto') {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}
