import * as z from 'zod';
import type { RowOutcome, UsageOperations } from '../usage';
import { type Codecs, named, part } from './codec';
import { balance } from './credit';
import {
  batchOf,
  change,
  changed,
  count,
  decimal,
  decimalOrNull,
  duplicate,
  flag,
  optionalText,
  rowReject,
  text,
  truth,
  word,
} from './fields';
import { rechargeDue } from './recharge';
import { transaction } from './transactions';

const event = {
  app: text,
  service: text,
  quantity: text,
  id: optionalText,
  user: optionalText,
  campaign: optionalText,
  time: optionalText,
  memo: optionalText,
};

const rowOutcome = named<RowOutcome>('RowOutcome', {
  line: count,
  outcome: z.enum(['posted', 'duplicate', 'rejected']),
  transaction: word.exactOptional(),
  code: word.exactOptional(),
  message: word.exactOptional(),
});

export const usage: Codecs<UsageOperations> = {
  record: {
    request: { ...event, recharge: flag, ...change },
    answer: { transaction, balance: balance.exactOptional(), recharge: rechargeDue, duplicate, ...changed },
  },
  postBatch: {
    request: {
      rows: batchOf({ line: z.int().min(0).exactOptional(), ...event }),
      createApps: flag,
      outcomes: flag,
      recharge: flag,
      source: optionalText,
      ...change,
    },
    answer: {
      read: count,
      posted: count,
      duplicates: count,
      rejects: z.array(rowReject),
      outcomes: z.array(rowOutcome).exactOptional(),
      credits: decimal,
      balance: balance.exactOptional(),
      ...changed,
    },
  },
  reverse: {
    request: { transaction: text, quantity: optionalText, reason: optionalText, ...change },
    answer: { transaction, balance, ...changed },
  },
  afford: {
    request: { app: text, service: text, quantity: text },
    answer: {
      affordable: truth,
      cost: decimal,
      limit: part({ name: word, missing: decimalOrNull, detail: word }).nullable(),
    },
  },
};
