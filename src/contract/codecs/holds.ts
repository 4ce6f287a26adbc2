import * as z from 'zod';
import type { Hold, HoldOperations } from '../holds';
import { type Codecs, named } from './codec';
import { balance } from './credit';
import {
  change,
  changed,
  countOrNull,
  decimal,
  flag,
  optionalText,
  page,
  pageRequest,
  text,
  time,
  word,
  wordOrNull,
} from './fields';
import { transaction } from './transactions';

const hold = named<Hold>('Hold', {
  id: word,
  status: z.enum(['open', 'captured', 'released', 'expired']),
  app: word,
  service: word,
  quantity: countOrNull,
  credits: decimal,
  captured: decimal,
  campaign: wordOrNull,
  expiresAt: time,
  createdAt: time,
});
const answer = { hold, balance: balance.exactOptional(), ...changed };

export const holds: Codecs<HoldOperations> = {
  create: {
    request: {
      app: text,
      service: text,
      quantity: optionalText,
      credits: optionalText,
      expires: optionalText,
      campaign: optionalText,
      command: optionalText,
      ...change,
    },
    answer,
  },
  capture: {
    request: { id: text, quantity: optionalText, overflow: flag, ...change },
    answer: { ...answer, transaction: transaction.nullable() },
  },
  release: { request: { id: text, ...change }, answer },
  show: { request: { id: text }, answer: { hold, transaction: transaction.nullable() } },
  list: { request: { ...pageRequest, all: flag }, answer: { holds: z.array(hold), ...page } },
};
