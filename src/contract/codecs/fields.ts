import * as z from 'zod';
import type { Range } from '../values';
import { named } from './codec';

const LONGEST_LIST = 1_000;
const LONGEST_BATCH = 20_000;

// What is sent: bounded, and nothing but what is named.
export const text = z.string().max(10_000);
export const optionalText = text.exactOptional();
export const flag = z.boolean().exactOptional();
export const texts = z.array(text).max(LONGEST_LIST);
export const optionalTexts = texts.exactOptional();
export const change = { dryRun: flag };
export const pageRequest = { limit: z.int().min(1).max(10_000).exactOptional(), cursor: optionalText };
export const order = z.enum(['asc', 'desc']).exactOptional();

export function listOf<S extends z.core.$ZodShape>(shape: S) {
  return z.array(z.strictObject(shape)).max(LONGEST_LIST);
}

export function batchOf<S extends z.core.$ZodShape>(shape: S) {
  return z.array(z.strictObject(shape)).max(LONGEST_BATCH);
}

// What is answered.
export const word = z.string();
export const wordOrNull = word.nullable();
export const count = z.int();
export const countOrNull = count.nullable();
export const truth = z.boolean();
const mark = z.literal(true).exactOptional();
export const changed = { replayed: mark, dryRun: mark };
export const duplicate = mark;
export const page = { next: wordOrNull };
export const decimal = z
  .string()
  .regex(/^-?[0-9]+\.[0-9]{2,6}$/)
  .meta({ id: 'Decimal' });
export const decimalOrNull = decimal.nullable();
export const time = z
  .string()
  .regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$/)
  .meta({ id: 'Timestamp', format: 'date-time' });
export const timeOrNull = time.nullable();
export const range = named<Range>('Range', { from: timeOrNull, to: timeOrNull, timeZone: word });
export const rowReject = z.object({ line: count, code: word, message: word }).meta({ id: 'RowReject' });
