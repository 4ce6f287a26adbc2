import * as z from 'zod';
import type { Alert, AlertOperations, Delivery, Notice, Undelivered } from '../alerts';
import { type Codecs, named, part } from './codec';
import {
  change,
  changed,
  count,
  decimalOrNull,
  optionalText,
  page,
  pageRequest,
  text,
  texts,
  time,
  timeOrNull,
  truth,
  word,
  wordOrNull,
} from './fields';

export const alert = named<Alert>('Alert', {
  id: word,
  kind: word,
  status: z.enum(['ok', 'crossed', 'removed']),
  threshold: decimalOrNull,
  per: z.enum(['day', 'week', 'month']).nullable(),
  app: wordOrNull,
  service: wordOrNull,
  to: z.array(word),
  changedAt: timeOrNull,
  createdAt: time,
});

const deliveryShape = {
  id: word,
  destination: word,
  status: z.enum(['waiting', 'sending', 'delivered', 'dead']),
  attempts: count,
  error: wordOrNull,
  nextAttemptAt: timeOrNull,
  deliveredAt: timeOrNull,
};
const delivery = named<Delivery>('Delivery', deliveryShape);

const notice = named<Notice>('Notice', {
  id: word,
  alert: wordOrNull,
  kind: word,
  recovered: truth,
  time,
  value: decimalOrNull,
  threshold: decimalOrNull,
  title: word,
  lines: z.array(word),
  deliveries: z.array(delivery),
});

export const undelivered = part<Undelivered>({
  waiting: count,
  dead: z.array(part({ ...deliveryShape, notice: word, title: word })),
});

export const alerts: Codecs<AlertOperations> = {
  addLowBalance: { request: { below: text, to: texts, ...change }, answer: { alert, ...changed } },
  addSpend: {
    request: { over: text, per: text, app: optionalText, service: optionalText, to: texts, ...change },
    answer: { alert, ...changed },
  },
  route: { request: { kind: text, to: texts, ...change }, answer: { alert, ...changed } },
  list: { request: {}, answer: { alerts: z.array(alert), ...page } },
  remove: { request: { id: text, ...change }, answer: { alert, ...changed } },
  test: { request: { id: text, ...change }, answer: { alert, deliveries: z.array(delivery), ...changed } },
  retry: { request: { id: optionalText, ...change }, answer: { deliveries: z.array(delivery), ...changed } },
  history: { request: pageRequest, answer: { notices: z.array(notice), ...page } },
  check: {
    request: change,
    answer: {
      fired: z.array(notice),
      recovered: z.array(notice),
      delivered: count,
      failed: count,
      dead: count,
      failures: z.array(part({ destination: word, error: word })),
      ...changed,
    },
  },
};
