import { parseInstant } from './time';

const ZERO = 48;
const NINE = 57;
const COLON = 58;
const POINT = 46;
const T = 84;
const Z = 90;
const SHORTEST_TIME = 20;

/** Reads times of many rows: neighbours are mostly of one day. */
export class PlainClock {
  #day = '';
  #dayStart = Number.NaN;

  /** A time that says its zone; not a number for a date, which means another moment in every zone, and for what is no time. */
  momentOf(text: string): number {
    if (text.length < SHORTEST_TIME) return Number.NaN;
    const plain = this.#inUtc(text);
    return Number.isNaN(plain) ? momentOf(text) : plain;
  }

  /** What is written as `2026-10-31T12:00:00Z`, with milliseconds or without: by its digits. */
  #inUtc(text: string): number {
    const { length } = text;
    if (text.charCodeAt(length - 1) !== Z || text.charCodeAt(10) !== T) return Number.NaN;
    if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return Number.NaN;
    if (length !== SHORTEST_TIME && (length !== SHORTEST_TIME + 4 || text.charCodeAt(19) !== POINT)) return Number.NaN;
    const hour = twoDigits(text, 11);
    const minute = twoDigits(text, 14);
    const second = twoDigits(text, 17);
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    const ms = length === SHORTEST_TIME ? 0 : 10 * twoDigits(text, 20) + digit(text, 22);
    const day = text.slice(0, 10);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayStart = momentOf(`${day}T00:00:00Z`);
    }
    return this.#dayStart + ((hour * 60 + minute) * 60 + second) * 1_000 + ms;
  }
}

function twoDigits(text: string, at: number): number {
  return 10 * digit(text, at) + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < ZERO || code > NINE ? Number.NaN : code - ZERO;
}

function momentOf(text: string): number {
  try {
    return parseInstant(text);
  } catch {
    return Number.NaN;
  }
}
