import * as z from 'zod';
import type { Purchase, PurchaseOperations, Receipt, Refund } from '../purchases';
import { address } from './cards';
import { type Codecs, named, part } from './codec';
import { balance } from './credit';
import {
  change,
  changed,
  decimal,
  flag,
  optionalText,
  page,
  pageRequest,
  text,
  time,
  timeOrNull,
  truth,
  word,
  wordOrNull,
} from './fields';

const status = z.enum([
  'pending',
  'requires_action',
  'succeeded',
  'failed',
  'refunded',
  'partially_refunded',
  'disputed',
]);
const provider = z.enum(['stripe', 'sandbox']);
const refundKind = z.enum(['refund', 'elsewhere', 'dispute']);

export const purchase = named<Purchase>('Purchase', {
  id: word,
  status,
  trigger: z.enum(['manual', 'recharge', 'invoice']),
  credits: decimal,
  refunded: decimal,
  paymentMethod: word,
  provider,
  providerReference: wordOrNull,
  failure: part({ code: word, message: word, replacedBy: word.exactOptional() }).nullable(),
  transaction: wordOrNull,
  hosted: wordOrNull,
  memo: wordOrNull,
  createdAt: time,
  settledAt: timeOrNull,
});

const refund = named<Refund>('Refund', {
  id: word,
  purchase: word,
  kind: refundKind,
  status: z.enum(['requested', 'sending', 'pending', 'succeeded', 'failed', 'reversed', 'needs_review']),
  credits: decimal,
  providerReference: wordOrNull,
  failure: wordOrNull,
  createdAt: time,
  settledAt: timeOrNull,
});

const receipt = named<Receipt>('Receipt', {
  number: word,
  purchase: word,
  org: word,
  status,
  orderedAt: time,
  paidAt: time,
  currency: z.literal('USD'),
  paidWith: word,
  payer: part({ name: word, email: wordOrNull, address: address.nullable() }),
  lines: z.array(part({ description: word, amount: decimal })),
  total: decimal,
  returns: z.array(part({ id: word, kind: refundKind, amount: decimal, at: time })),
  refunded: decimal,
  kept: decimal,
  transaction: wordOrNull,
  provider,
  providerReference: wordOrNull,
  memo: wordOrNull,
  sandbox: truth,
});

const settled = { purchase, balance, ...changed };

export const purchases: Codecs<PurchaseOperations> = {
  buy: {
    request: {
      credits: text,
      card: optionalText,
      billingAccount: flag,
      memo: optionalText,
      again: flag,
      confirmAmount: optionalText,
      ...change,
    },
    answer: { ...settled, settled: z.array(purchase).exactOptional() },
  },
  list: { request: pageRequest, answer: { purchases: z.array(purchase), ...page } },
  show: { request: { id: text }, answer: { purchase } },
  receipt: { request: { id: text }, answer: { receipt } },
  sendReceipt: { request: { id: text, to: text }, answer: { receipt, sentTo: word } },
  cancel: { request: { id: text, ...change }, answer: settled },
  resolve: { request: { id: text, ...change }, answer: settled },
  refund: { request: { id: text, amount: optionalText, ...change }, answer: settled },
  reconcile: {
    request: change,
    answer: {
      settled: z.array(purchase),
      pending: z.array(purchase),
      refunds: z.array(refund),
      mismatches: z.array(part({ purchase: word, detail: word })),
      ...changed,
    },
  },
};
