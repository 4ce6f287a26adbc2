import * as z from 'zod';
import type { BillingAccount, BillingOperations } from '../billing';
import { type Codecs, named } from './codec';
import { change, changed, count, optionalText, text, word, wordOrNull } from './fields';

const billingAccount = named<BillingAccount>('BillingAccount', {
  email: word,
  netDays: count,
  purchaseOrder: wordOrNull,
  status: z.enum(['on', 'off']),
});

export const billing: Codecs<BillingOperations> = {
  set: {
    request: { email: text, netDays: text, purchaseOrder: optionalText, ...change },
    answer: { billingAccount, ...changed },
  },
  show: { request: {}, answer: { billingAccount: billingAccount.nullable() } },
  off: { request: change, answer: { billingAccount, ...changed } },
  portal: { request: {}, answer: { url: word } },
};
