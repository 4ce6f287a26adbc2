import { type Credits, formatCredits } from '../../src/core/credits';

/** Where the organisation is. */
export const ZONE = 'Europe/Berlin';

/** Credits as they are written. */
export function decimal(micro: number): string {
  return formatCredits(micro as Credits);
}

/** A moment as it is written. */
export function time(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

const months = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit' });

/** The month on the wall in Berlin, by another road than the product's calendar. */
export function monthOf(ms: number): string {
  const parts = months.formatToParts(ms);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}`;
}
