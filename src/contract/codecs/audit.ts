import * as z from 'zod';
import type { AuditEntry, AuditOperations } from '../audit';
import { type Codecs, named, part } from './codec';
import { count, flag, optionalText, order, page, pageRequest, time, truth, word, wordOrNull } from './fields';

const entry = named<AuditEntry>('AuditEntry', {
  number: count,
  time,
  actor: word,
  action: word,
  subject: word,
  reason: wordOrNull,
  changes: z.array(part({ record: word, id: word, value: z.unknown() })),
  transactions: count,
  hash: word,
});

export const audit: Codecs<AuditOperations> = {
  list: {
    request: { ...pageRequest, actor: optionalText, action: optionalText, order },
    answer: { audit: z.array(entry), ...page },
  },
  verify: {
    request: { full: flag, provider: flag },
    answer: { ok: truth, transactions: count, checks: z.array(part({ name: word, ok: truth, detail: word })) },
  },
};
