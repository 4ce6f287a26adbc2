import * as z from 'zod';
import type { Plan, PlanOperations } from '../plans';
import { terms } from './catalogue';
import { type Codecs, named, part } from './codec';
import { change, changed, decimalOrNull, flag, listOf, optionalText, text, word, wordOrNull } from './fields';
import { rechargeCheck, ruleTyped } from './recharge';

const document = z.strictObject({
  services: listOf({ service: text, name: optionalText, unit: optionalText, price: optionalText, ...terms }),
  apps: listOf({ app: text, name: optionalText, limit: optionalText, onLimit: optionalText }),
  alerts: listOf({
    kind: text,
    below: optionalText,
    over: optionalText,
    per: optionalText,
    app: optionalText,
    service: optionalText,
    to: z.array(text),
  }),
  recharge: z.strictObject({ ...ruleTyped, enabled: flag }).exactOptional(),
});

const plan = named<Plan>('Plan', {
  digest: word,
  changes: z.array(
    part({
      action: z.enum(['add', 'change']),
      kind: z.enum(['service', 'app', 'alert', 'recharge']),
      name: word,
      fields: z.array(part({ field: word, before: wordOrNull, after: word })),
    }),
  ),
  charges: decimalOrNull,
  warnings: z.array(word),
});

export const plans: Codecs<PlanOperations> = {
  show: { request: { document }, answer: { plan } },
  apply: {
    request: { document, digest: text, ...change },
    answer: { plan, recharge: rechargeCheck.exactOptional(), ...changed },
  },
};
