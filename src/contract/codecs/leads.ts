import * as z from 'zod';
import type { Lead, LeadOperations } from '../leads';
import { type Codecs, named } from './codec';
import { batchOf, change, changed, count, duplicate, optionalText, rowReject, text, time, word } from './fields';

const lead = named<Lead>('Lead', {
  id: word,
  app: word,
  service: word,
  campaign: word,
  delivered: count,
  leads: count,
  time,
  createdAt: time,
});

const typed = {
  app: text,
  service: text,
  campaign: text,
  delivered: text,
  leads: text,
  id: optionalText,
  time: optionalText,
};

export const leads: Codecs<LeadOperations> = {
  record: { request: { ...typed, ...change }, answer: { lead, duplicate, ...changed } },
  import: {
    request: { rows: batchOf({ line: z.int().min(0), ...typed }), source: optionalText, ...change },
    answer: { read: count, posted: count, duplicates: count, rejects: z.array(rowReject), ...changed },
  },
};
