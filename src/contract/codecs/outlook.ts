import * as z from 'zod';
import type { RechargeOperations } from '../recharge';
import type { ReportOperations } from '../reports';
import { type Codecs, part } from './codec';
import { count, decimal, decimalOrNull, optionalText, range, text, time, timeOrNull, word } from './fields';

const dry = part({ earliest: timeOrNull, latest: timeOrNull });
const tooLittle = z.literal('too little history');

export const forecast: Codecs<ReportOperations>['forecast'] = {
  request: { period: optionalText },
  answer: {
    burnPerDay: decimalOrNull,
    runsDryAt: timeOrNull,
    runsDry: dry.nullable(),
    suggested: part({ below: decimal, amount: decimal }).nullable(),
    reason: z.enum(['too little history', 'nothing is used']).nullable(),
    available: decimal,
    days: count,
    range,
    rounding: word,
  },
};

export const upcoming: Codecs<ReportOperations>['upcoming'] = {
  request: { within: optionalText },
  answer: {
    upcoming: z.array(
      part({
        at: time,
        kind: z.enum(['grant_expires', 'hold_expires', 'card_expires', 'invoice_due', 'runs_dry']),
        subject: word,
        credits: decimalOrNull,
        detail: word,
      }),
    ),
    next: z.null(),
    within: word,
    until: time,
    runsDry: z.union([dry, tooLittle]).nullable(),
  },
};

export const simulation: Codecs<RechargeOperations>['simulate'] = {
  request: {
    below: text,
    amount: optionalText,
    refillTo: optionalText,
    monthlyCap: optionalText,
    dailyCount: optionalText,
    cooldown: optionalText,
    period: optionalText,
  },
  answer: {
    recharges: z.array(part({ at: time, credits: decimal, balance: decimal })),
    charged: decimal,
    lowestBalance: decimal,
    lowestAt: time,
    daysDry: count,
    capHits: z.array(part({ at: time, guard: word, credits: decimal })),
    opening: decimal,
    closing: decimal,
    range,
    granularity: word,
  },
};
