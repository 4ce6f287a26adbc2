import * as z from 'zod';
import type { Organisation, OrganisationOperations } from '../organisation';
import { alert, undelivered } from './alerts';
import { card } from './cards';
import { type Codecs, named, part } from './codec';
import { balance } from './credit';
import {
  change,
  changed,
  count,
  decimal,
  decimalOrNull,
  optionalText,
  text,
  time,
  timeOrNull,
  truth,
  word,
  wordOrNull,
} from './fields';
import { purchase } from './purchases';
import { rechargeRule } from './recharge';
import { transaction } from './transactions';

const record = named<Organisation>('Organisation', {
  name: word,
  email: wordOrNull,
  timeZone: word,
  accountingContact: wordOrNull,
  postalAddress: wordOrNull,
  dailyLimit: decimalOrNull,
  confirmAbove: decimal,
  frozenAt: timeOrNull,
  provider: z.enum(['sandbox', 'stripe']),
  mode: z.enum(['sandbox', 'test', 'live']),
  restoredAt: timeOrNull,
  reconciledAt: timeOrNull,
  createdAt: time,
});

export const organisation: Codecs<OrganisationOperations> = {
  init: {
    request: {
      org: text,
      provider: z.enum(['sandbox', 'stripe']).exactOptional(),
      email: optionalText,
      timeZone: optionalText,
      accountingContact: optionalText,
      postalAddress: optionalText,
      dailyLimit: optionalText,
      confirmAbove: optionalText,
      ...change,
    },
    answer: { org: record, created: truth, balance, ...changed },
  },
  status: {
    request: {},
    answer: {
      org: record,
      balance,
      cards: z.array(card),
      recharge: rechargeRule.nullable(),
      alerts: z.array(alert),
      undelivered,
      postpaid: part({ accrued: decimal, overdue: decimal }),
      pendingPurchases: z.array(purchase),
      missingPermissions: z.array(word).nullable(),
      apps: count,
      lastTransaction: transaction.nullable(),
    },
  },
  show: { request: {}, answer: { org: record } },
  list: { request: {}, answer: { orgs: z.array(record) } },
};
