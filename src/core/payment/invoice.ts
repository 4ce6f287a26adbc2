import { add, type Credits, fromMicro, ZERO } from '../credits';
import type { Instant } from '../time';

/** What one postpaid service came to. */
export interface InvoiceLine {
  readonly service: string;
  readonly quantity: number;
  readonly freeQuantity: number;
  readonly amount: Credits;
}

/** A postpaid invoice. Once issued its lines never change; what comes later goes on the next one. */
export interface InvoiceRecord {
  readonly id: string;
  /** Counts the organisation's invoices from 1, without gaps. */
  readonly number: number;
  /** The month it was made for: `2026-10`. */
  readonly period: string;
  readonly state: 'open' | 'paid';
  readonly lines: readonly InvoiceLine[];
  /** What rounding to the cent added to the sum of the lines: at most half a cent either way, booked by itself. */
  readonly rounding: Credits;
  readonly total: Credits;
  /** The purchase that charges it, once there is one. */
  readonly purchase: string | null;
  readonly issuedAt: Instant;
  readonly dueAt: Instant;
  readonly paidAt: Instant | null;
  readonly version: number;
}

/** Days to pay: a card is charged at once, so this matters only where it failed. */
export const NET_DAYS = 14;
const MICRO_PER_CENT = 10_000;

/** What services used in all, less what earlier invoices billed: so nothing is billed twice, and late usage once. */
export function unbilled(used: readonly InvoiceLine[], billed: readonly InvoiceLine[]): readonly InvoiceLine[] {
  const lines = new Map(used.map((line) => [line.service, line]));
  for (const line of billed) {
    const now = lines.get(line.service) ?? { service: line.service, quantity: 0, freeQuantity: 0, amount: ZERO };
    lines.set(line.service, {
      service: line.service,
      quantity: now.quantity - line.quantity,
      freeQuantity: now.freeQuantity - line.freeQuantity,
      amount: (now.amount - line.amount) as Credits,
    });
  }
  const open = [...lines.values()].filter(({ amount, quantity }) => amount !== 0 || quantity !== 0);
  return open.sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** The sum of the lines, rounded once, half up to the cent, and what that added. */
export function totalOf(lines: readonly InvoiceLine[]): { total: Credits; rounding: Credits } {
  const exact = lines.reduce((sum, { amount }) => add(sum, amount), ZERO);
  const total = fromMicro(Math.floor((exact + MICRO_PER_CENT / 2) / MICRO_PER_CENT) * MICRO_PER_CENT);
  return { total, rounding: (total - exact) as Credits };
}
