import * as z from 'zod';
import type { Invoice, InvoiceOperations } from '../invoices';
import { type Codecs, named, part } from './codec';
import {
  change,
  changed,
  count,
  decimal,
  optionalText,
  page,
  text,
  time,
  timeOrNull,
  truth,
  word,
  wordOrNull,
} from './fields';

const invoice = named<Invoice>('Invoice', {
  id: word,
  number: word,
  org: word,
  period: word,
  status: z.enum(['draft', 'open', 'paid', 'void']),
  lines: z.array(part({ service: word, quantity: count, freeQuantity: count, amount: decimal })),
  rounding: decimal,
  total: decimal,
  purchase: wordOrNull,
  issuedAt: time,
  dueAt: time,
  paidAt: timeOrNull,
  overdue: truth,
});

export const invoices: Codecs<InvoiceOperations> = {
  run: {
    request: { period: optionalText, ...change },
    answer: { invoice: invoice.nullable(), invoices: z.array(invoice), ...changed },
  },
  pay: { request: { id: text, ...change }, answer: { invoice, ...changed } },
  list: { request: {}, answer: { invoices: z.array(invoice), ...page } },
  show: { request: { id: text }, answer: { invoice } },
};
