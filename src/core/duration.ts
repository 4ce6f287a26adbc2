import { invalidTime } from './date';
import { DAY_MS } from './time';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
};
const DURATION = /^([1-9][0-9]{0,9})([smhdw])$/;
/** Ten years and a little: longer is a slip of the finger. */
const LONGEST_DAYS = 3660;
const DURATION_HINT = 'write a whole number and a unit: 30s, 10m, 24h, 30d or 2w';

/**
 * Reads a length of time, in milliseconds: a whole number above zero of seconds, minutes, hours, days of 24 hours or
 * weeks (`30s`, `10m`, `24h`, `30d`, `2w`), 3660 days at most. `what` names the input in the error. Throws `invalid_time`.
 */
export function parseDuration(text: string, what = 'duration'): number {
  const match = DURATION.exec(text);
  const unitMs = UNIT_MS[match?.[2] ?? ''];
  if (match === null || unitMs === undefined) {
    throw invalidTime(text, what, 'it must be a whole number above zero and a unit', DURATION_HINT);
  }
  const ms = Number(match[1]) * unitMs;
  if (ms > LONGEST_DAYS * DAY_MS)
    throw invalidTime(text, what, `it is longer than ${LONGEST_DAYS} days`, DURATION_HINT);
  return ms;
}

/** Writes a length of time as `parseDuration` reads it, in the largest unit that is exact: `10m`, `24h`. */
export function formatDuration(ms: number): string {
  const units = Object.entries(UNIT_MS).filter(([unit]) => unit !== 'w');
  const [unit, size] = units.filter(([, length]) => ms % length === 0).at(-1) ?? ['s', 1000];
  return `${Math.floor(ms / size)}${unit}`;
}
