import * as z from 'zod';
import type { ClosedPeriod, PeriodOperations } from '../periods';
import { type Codecs, named } from './codec';
import { change, changed, decimal, page, text, time, word } from './fields';

const period = named<ClosedPeriod>('ClosedPeriod', {
  period: word,
  from: time,
  to: time,
  timeZone: word,
  opening: decimal,
  closing: decimal,
  digest: word,
  closedAt: time,
});

export const periods: Codecs<PeriodOperations> = {
  close: { request: { period: text, ...change }, answer: { period, ...changed } },
  list: { request: {}, answer: { periods: z.array(period), ...page } },
};
