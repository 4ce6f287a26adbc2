import * as z from 'zod';
import type { RechargeCheck, RechargeEvaluation, RechargeOperations, RechargeRule } from '../recharge';
import { type Codecs, named, part } from './codec';
import { balance } from './credit';
import {
  change,
  changed,
  count,
  decimal,
  decimalOrNull,
  optionalText,
  page,
  pageRequest,
  time,
  timeOrNull,
  truth,
  word,
  wordOrNull,
} from './fields';
import { simulation } from './outlook';
import { purchase } from './purchases';

export const rechargeRule = named<RechargeRule>('RechargeRule', {
  enabled: truth,
  below: decimal,
  amount: decimalOrNull,
  refillTo: decimalOrNull,
  monthlyCap: decimalOrNull,
  dailyCount: count,
  cooldown: word,
  maxFailures: count,
  spentThisMonth: decimal,
  failures: count,
  backingOffUntil: timeOrNull,
  paused: part({ at: time, reason: z.enum(['failures', 'no_usable_card']) }).nullable(),
  blockedCards: z.array(part({ card: word, code: word })),
  lastAttempt: part({ at: time, outcome: word }).nullable(),
});

const outcome = z.enum([
  'not_needed',
  'recharged',
  'pending',
  'failed',
  'capped',
  'cooling_down',
  'paused',
  'disabled',
]);
const check = { outcome, guard: word, reason: word, purchase: purchase.exactOptional(), balance };
export const rechargeCheck = named<RechargeCheck>('RechargeCheck', check);
export const rechargeDue = part({ due: truth, outcome: outcome.exactOptional(), purchase: purchase.exactOptional() });

const warning = part({
  code: z.enum(['no_card', 'no_primary_card', 'no_backup_card', 'cap_below_top_up', 'below_a_days_use', 'paused']),
  message: word,
});
const set = { recharge: rechargeRule, nextCharge: decimalOrNull, warnings: z.array(warning), ...changed };

const evaluation = named<RechargeEvaluation>('RechargeEvaluation', {
  id: word,
  time,
  firstTime: time,
  times: count,
  outcome: word,
  guard: word,
  reason: word,
  inputs: z.record(word, z.unknown()),
  purchase: wordOrNull,
});

export const ruleTyped = {
  below: optionalText,
  amount: optionalText,
  refillTo: optionalText,
  monthlyCap: optionalText,
  dailyCount: optionalText,
  cooldown: optionalText,
  maxFailures: optionalText,
};

export const recharge: Codecs<RechargeOperations> = {
  set: { request: { ...ruleTyped, ...change }, answer: set },
  show: { request: {}, answer: { recharge: rechargeRule.nullable() } },
  on: { request: change, answer: set },
  off: { request: change, answer: { recharge: rechargeRule.nullable(), ...changed } },
  check: { request: change, answer: { ...check, ...changed } },
  history: { request: pageRequest, answer: { purchases: z.array(purchase), ...page } },
  trace: { request: pageRequest, answer: { evaluations: z.array(evaluation), ...page } },
  simulate: simulation,
};
