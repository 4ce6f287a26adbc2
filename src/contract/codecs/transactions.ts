import * as z from 'zod';
import {
  type LedgerHead,
  TRANSACTION_TYPES,
  type Transaction,
  type TransactionOperations,
  type TransactionTotals,
} from '../transactions';
import { type Codecs, named } from './codec';
import {
  count,
  countOrNull,
  decimal,
  decimalOrNull,
  optionalText,
  optionalTexts,
  order,
  page,
  pageRequest,
  range,
  text,
  time,
  word,
  wordOrNull,
} from './fields';

export const transaction = named<Transaction>('Transaction', {
  id: word,
  time,
  recordedAt: time,
  type: z.enum(TRANSACTION_TYPES),
  service: wordOrNull,
  app: wordOrNull,
  user: wordOrNull,
  campaign: wordOrNull,
  quantity: countOrNull,
  freeQuantity: countOrNull,
  unitPrice: decimalOrNull,
  amount: decimal,
  invoiced: decimal,
  balance: decimalOrNull,
  memo: wordOrNull,
  reference: wordOrNull,
  externalId: wordOrNull,
  actor: word,
});

const totals = named<TransactionTotals>('TransactionTotals', {
  rows: count,
  quantity: count,
  freeQuantity: count,
  amount: decimal,
  invoiced: decimal,
});

const ledger = named<LedgerHead>('LedgerHead', { instance: word, writes: count, entries: count, head: word });

export const filter = {
  types: optionalTexts,
  services: optionalTexts,
  apps: optionalTexts,
  users: optionalTexts,
  campaigns: optionalTexts,
  search: optionalText,
  period: optionalText,
  from: optionalText,
  to: optionalText,
  min: optionalText,
  max: optionalText,
  upTo: z.int().min(0).exactOptional(),
};
const query = { ...filter, ...pageRequest, order };

export const transactions: Codecs<TransactionOperations> = {
  list: { request: query, answer: { transactions: z.array(transaction), range, ...page } },
  csv: { request: query, answer: { text: word, rows: count, ...page } },
  totals: { request: filter, answer: { totals, range, ledger } },
  explain: { request: { id: text }, answer: { transaction, explanation: z.array(word) } },
};
