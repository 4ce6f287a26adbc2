import * as z from 'zod';
import type { App, CatalogueOperations, PriceTier, PriceVersion, Service, ServiceHistory } from '../catalogue';
import { type Codecs, named, part } from './codec';
import { change, changed, count, decimal, optionalText, page, text, time, truth, word } from './fields';

const tier = named<PriceTier>('PriceTier', { from: count, price: decimal });
const prepaidOrPostpaid = z.enum(['prepaid', 'postpaid']);

const version = named<PriceVersion>('PriceVersion', {
  version: count,
  effectiveFrom: time,
  price: decimal,
  tiers: z.array(tier),
  freeQuota: count,
  billing: prepaidOrPostpaid,
  createdAt: time,
});

const serviceShape = {
  service: word,
  name: word,
  unit: word,
  price: decimal,
  tiers: z.array(tier),
  freeQuota: count,
  billing: prepaidOrPostpaid,
  effectiveFrom: time,
  example: truth,
};
const service = named<Service>('Service', serviceShape);
const history = named<ServiceHistory>('ServiceHistory', { ...serviceShape, versions: z.array(version) });

const app = named<App>('App', {
  app: word,
  id: word,
  name: word,
  status: z.enum(['active', 'archived']),
  limit: part({ monthly: decimal, onLimit: z.enum(['warn', 'block']) }).nullable(),
  spentThisMonth: decimal,
  createdAt: time,
});

export const terms = { freeQuota: optionalText, billing: optionalText, tiers: optionalText };

export const catalogue: Codecs<CatalogueOperations> = {
  addService: {
    request: { service: text, price: text, unit: optionalText, name: optionalText, ...terms, ...change },
    answer: { service, ...changed },
  },
  setService: {
    request: { service: text, price: optionalText, from: optionalText, ...terms, ...change },
    answer: { service, ...changed },
  },
  listServices: { request: {}, answer: { services: z.array(service), ...page } },
  showService: { request: { service: text }, answer: { service: history } },
  addApp: { request: { app: text, name: optionalText, ...change }, answer: { app, ...changed } },
  listApps: { request: {}, answer: { apps: z.array(app), ...page } },
  showApp: { request: { app: text }, answer: { app } },
  limitApp: {
    request: { app: text, monthly: text, onLimit: optionalText, ...change },
    answer: { app, ...changed },
  },
  archiveApp: { request: { app: text, ...change }, answer: { app, ...changed } },
};
