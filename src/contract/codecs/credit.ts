import * as z from 'zod';
import type { Balance, CreditOperations, Grant } from '../credit';
import { type Codecs, named } from './codec';
import {
  change,
  changed,
  count,
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
} from './fields';
import { transaction } from './transactions';

export const balance = named<Balance>('Balance', {
  org: word,
  currency: z.literal('USD'),
  posted: decimal,
  held: decimal,
  available: decimal,
  overdraftLimit: decimal,
  asOf: time,
  sandbox: truth,
});

const grant = named<Grant>('Grant', {
  id: word,
  kind: z.enum(['purchased', 'promotional']),
  credits: decimal,
  remaining: decimal,
  priority: count,
  expiresAt: timeOrNull,
  source: word,
  createdAt: time,
});

export const credit: Codecs<CreditOperations> = {
  balance: { request: {}, answer: { balance } },
  adjust: {
    request: { direction: z.enum(['add', 'remove']), credits: text, reason: text, ...change },
    answer: { transaction, balance, ...changed },
  },
  addGrant: {
    request: { credits: text, reason: text, expires: optionalText, priority: optionalText, ...change },
    answer: { grant, balance, ...changed },
  },
  listGrants: { request: { ...pageRequest, all: flag }, answer: { grants: z.array(grant), ...page } },
  voidGrant: { request: { id: text, ...change }, answer: { grant, balance, ...changed } },
};
