import { closeSync, openSync, writeSync } from 'node:fs';

export const APPS = ['crm', 'shop', 'web', 'mobile', 'billing', 'support', 'growth', 'ops'] as const;
export const SERVICES = ['sms', 'email', 'postcard', 'smart-match'] as const;

const CAMPAIGNS = ['', 'spring', 'summer', 'autumn', 'winter'] as const;
const FIRST_EVENT = Date.UTC(2025, 0, 1);
const YEAR_MS = 365 * 86_400_000;
const CHUNK_ROWS = 10_000;

/** Writes a CSV file of usage events of one year in the order of time: the same bytes for the same number of rows. */
export function writeEvents(file: string, rows: number): void {
  const random = createRandom(rows);
  const descriptor = openSync(file, 'w');
  try {
    writeSync(descriptor, 'id,time,app,service,quantity,user,campaign\n');
    for (let first = 0; first < rows; first += CHUNK_ROWS) {
      let chunk = '';
      for (let i = first; i < Math.min(rows, first + CHUNK_ROWS); i += 1) chunk += eventLine(i, rows, random);
      writeSync(descriptor, chunk);
    }
  } finally {
    closeSync(descriptor);
  }
}

function eventLine(index: number, rows: number, random: () => number): string {
  const time = new Date(FIRST_EVENT + Math.floor((index / rows) * YEAR_MS)).toISOString();
  const pick = (from: readonly string[]) => from[random() % from.length] ?? '';
  const quantity = 1 + (random() % 20);
  return `${randomUuid(random)},${time},${pick(APPS)},${pick(SERVICES)},${quantity},,${pick(CAMPAIGNS)}\n`;
}

/** Ids as most programs make them: spread evenly, which costs an index the most. */
function randomUuid(random: () => number): string {
  const hex = Array.from({ length: 4 }, () => random().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Whole numbers of 32 bits, always the same ones for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
