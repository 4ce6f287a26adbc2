import * as z from 'zod';
import { CRON_STEPS, type CronOperations } from '../cron';
import { type Codecs, part } from './codec';
import { change, changed, optionalText, word, wordOrNull } from './fields';

const step = part({
  org: word,
  step: z.enum(CRON_STEPS),
  outcome: word,
  detail: wordOrNull,
  error: part({ code: word, message: word, hint: wordOrNull }).nullable(),
});

export const cron: Codecs<CronOperations> = {
  run: { request: { org: optionalText, ...change }, answer: { steps: z.array(step), ...changed } },
};
