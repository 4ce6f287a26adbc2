import * as z from 'zod';
import { LEAD_GROUPS } from '../../core/report/cost-per-lead';
import { USAGE_GROUPS } from '../../core/report/usage';
import type {
  LeadReportRow,
  ReportOperations,
  StatementFigures,
  StatementReport,
  UsageFigures,
  UsageReportRow,
} from '../reports';
import { type Codecs, named, part } from './codec';
import { count, decimal, decimalOrNull, optionalText, page, range, text, texts, word, wordOrNull } from './fields';
import { forecast, upcoming } from './outlook';
import { filter } from './transactions';

const name = wordOrNull.exactOptional();
const figures = {
  transactions: count,
  quantity: count,
  freeQuantity: count,
  reversedQuantity: count,
  amount: decimal,
  invoiced: decimal,
  cost: decimal,
};
const usageRow = named<UsageReportRow>('UsageReportRow', {
  ...figures,
  share: wordOrNull,
  service: name,
  app: name,
  user: name,
  campaign: name,
  day: name,
  week: name,
  month: name,
});

const statement = {
  opening: decimal,
  purchased: decimal,
  granted: decimal,
  used: decimal,
  reversed: decimal,
  refunded: decimal,
  expired: decimal,
  adjusted: decimal,
  chargedBack: decimal,
  closing: decimal,
  invoiced: decimal,
  byService: z.array(part({ ...figures, service: wordOrNull })),
  byApp: z.array(part({ ...figures, app: wordOrNull })),
};
const ofOrganisation = { ...statement, org: word, range };

const leadRow = named<LeadReportRow>('LeadReportRow', {
  cost: decimal,
  delivered: count,
  leads: count,
  costPerDelivery: decimalOrNull,
  costPerLead: decimalOrNull,
  service: name,
  campaign: name,
  app: name,
  month: name,
});

export const reports: Codecs<ReportOperations> = {
  usage: {
    request: { ...filter, by: texts },
    answer: {
      by: z.array(z.enum(USAGE_GROUPS)),
      range,
      rows: z.array(usageRow),
      subtotals: z.array(usageRow),
      total: named<UsageFigures>('UsageFigures', figures),
    },
  },
  statement: { request: { period: text }, answer: ofOrganisation },
  allStatements: {
    request: { period: text },
    answer: {
      organisations: z.array(named<StatementReport>('StatementReport', ofOrganisation)),
      total: named<StatementFigures>('StatementFigures', statement),
    },
  },
  forecast,
  upcoming,
  journal: {
    request: { format: text, period: optionalText, cursor: optionalText },
    answer: { text: word, entries: count, range, ...page },
  },
  costPerLead: {
    request: { ...filter, by: texts },
    answer: {
      by: z.array(z.enum(LEAD_GROUPS)),
      range,
      rows: z.array(leadRow),
      total: leadRow,
      rounding: word,
    },
  },
};
