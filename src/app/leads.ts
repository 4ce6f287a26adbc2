import type { Changed, ChangeOptions, RowReject } from '../contract/calls';
import type { Lead, LeadBatchRequest, LeadBatchResult, LeadEvent } from '../contract/leads';
import type { LeadReport, LeadReportRow } from '../contract/reports';
import type { TransactionFilter } from '../contract/transactions';
import { type Credits, formatCredits, quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { parseWhen } from '../core/period';
import {
  costOfOne,
  LeadFold,
  type LeadGroup,
  type LeadRecord,
  type LeadRow,
  parseLeadGroups,
} from '../core/report/cost-per-lead';
import { nearest, parseKey, parseName, parseText } from '../core/text';
import { formatInstant } from '../core/time';
import type { EntryQuery } from '../ports/entry-query';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { requireApp, requireService } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { movementsOf } from './movements';
import { readLedger, type Session } from './session';
import { resolveFilter } from './transaction-filter';

type Recorded = Changed & { lead: Lead; duplicate?: true };

/** Records what came of a campaign. The same id and content again is a duplicate, and nothing is recorded. */
export async function recordLeads(deps: Dependencies, request: ChangeOptions & LeadEvent): Promise<Recorded> {
  const facts = {
    operation: 'leads.change',
    action: 'leads.record',
    subject: `${request.campaign} ${request.service}`,
  } as const;
  return change(deps, facts, request, async (unit, session) => {
    const { record, isNew } = await enter(unit, session, request, await unit.campaigns());
    return { lead: presentLead(record), ...(isNew ? {} : { duplicate: true as const }) };
  });
}

/** Records what can be recorded of a file's rows, as one write; the rest is listed. */
export async function importLeads(deps: Dependencies, request: LeadBatchRequest): Promise<LeadBatchResult> {
  const subject = request.source === undefined ? 'a batch' : parseText(request.source, 'source');
  const facts = { operation: 'leads.change', action: 'leads.import', subject } as const;
  return change(deps, facts, request, async (unit, session) => {
    const campaigns = await unit.campaigns();
    const rejects: RowReject[] = [];
    let posted = 0;
    for (const row of request.rows) {
      try {
        if ((await enter(unit, session, row, campaigns)).isNew) posted += 1;
      } catch (error) {
        if (!(error instanceof WalletError)) throw error;
        rejects.push({ line: row.line, code: error.code, message: error.message });
      }
    }
    const read = request.rows.length;
    return { read, posted, duplicates: read - posted - rejects.length, rejects };
  });
}

async function enter(
  unit: LedgerUnit,
  session: Session,
  event: LeadEvent,
  campaigns: readonly string[],
): Promise<{ record: LeadRecord; isNew: boolean }> {
  const now = session.now();
  const facts = {
    app: (await requireApp(unit, event.app)).app,
    service: (await requireService(unit, event.service)).id,
    campaign: requireCampaign(parseName(event.campaign, 'campaign'), campaigns),
    delivered: parseCount(event.delivered, 'number delivered'),
    leads: parseCount(event.leads, 'number of leads'),
  };
  const id = event.id === undefined ? makeId('lead', now, session.deps.system.random()) : parseKey(event.id, 'id');
  const known = await unit.records.leads.find(id);
  const occurredAt = event.time === undefined ? (known?.occurredAt ?? now) : parseWhen(event.time, session.zone);
  const record = { id, ...facts, occurredAt, createdAt: known?.createdAt ?? now, version: 1 };
  if (known !== undefined) return { record: requireSame(known, record), isNew: false };
  await unit.records.leads.insert(record);
  return { record, isNew: true };
}

/** Cost, deliveries and leads by groups, and what each of them cost. */
export async function reportCostPerLead(
  deps: Dependencies,
  request: TransactionFilter & { by: readonly string[] },
): Promise<LeadReport> {
  const groups = parseLeadGroups(request.by);
  refuseTextFilters(request);
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const { query, range } = resolveFilter(session, { ...request, types: ['usage', 'reversal'] });
    const fold = new LeadFold(groups);
    for await (const days of movementsOf(view, session, query, ['day', 'service', 'app', 'campaign'])) {
      for (const total of days) fold.takeCost(total, total);
    }
    for (const lead of await leadsIn(view, query)) {
      fold.takeLeads({ ...lead, day: session.calendar.dateOf(lead.occurredAt) }, lead);
    }
    const { rows, total } = fold.result();
    const rounding = 'cost divided by count, rounded half up to six decimals; null where the count is zero';
    return {
      by: groups,
      range,
      rows: rows.map((row) => presentRow(row, groups)),
      total: presentRow(total, []),
      rounding,
    };
  });
}

async function leadsIn(view: LedgerView, { services, apps, campaigns, from, to }: EntryQuery) {
  const isIn = (values: readonly string[] | undefined, value: string) => values === undefined || values.includes(value);
  return (await view.records.leads.list()).filter(
    (lead) =>
      isIn(services, lead.service) &&
      isIn(apps, lead.app) &&
      isIn(campaigns, lead.campaign) &&
      (from === undefined || lead.occurredAt >= from) &&
      (to === undefined || lead.occurredAt < to),
  );
}

/** Deliveries know no user, memo or amount: a filter by those would share costs out wrongly. */
function refuseTextFilters(filter: TransactionFilter): void {
  const asked = (['types', 'users', 'search', 'min', 'max'] as const).filter((name) => filter[name] !== undefined);
  if (asked.length === 0) return;
  throw new WalletError('invalid_usage', `cost per lead can not be filtered by ${asked.join(', ')}`, {
    why: 'deliveries and leads are recorded by app, service, campaign and time alone',
    hint: 'filter by --service, --app, --campaign and --period',
  });
}

function presentRow(row: LeadRow, groups: readonly LeadGroup[]): LeadReportRow {
  const each = (count: number) => {
    const cost = costOfOne(row.cost, count);
    return cost === null ? null : sixPlaces(cost);
  };
  return {
    ...Object.fromEntries(groups.map((group, at) => [group, row.groups[at] ?? null])),
    cost: formatCredits(row.cost),
    delivered: row.delivered,
    leads: row.leads,
    costPerDelivery: each(row.delivered),
    costPerLead: each(row.leads),
  };
}

function sixPlaces(amount: Credits): string {
  const text = formatCredits(amount);
  return text.padEnd(text.indexOf('.') + 7, '0');
}

function presentLead({ version: _version, occurredAt, createdAt, ...lead }: LeadRecord): Lead {
  return { ...lead, time: formatInstant(occurredAt), createdAt: formatInstant(createdAt) };
}

function parseCount(text: string, what: string): number {
  if (/^(0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw new WalletError('invalid_quantity', `the ${what} ${quote(text)} is not valid`, {
    why: 'it must be a whole number, 0 or more',
    hint: 'write digits only, such as --leads 12',
  });
}

function requireCampaign(campaign: string, known: readonly string[]): string {
  if (known.includes(campaign)) return campaign;
  const near = nearest(campaign, known);
  throw new WalletError('unknown_campaign', `there is no campaign ${quote(campaign)}`, {
    why: 'no usage names it, so its leads would have no cost',
    hint: near === undefined ? 'record its usage first, with --campaign' : `did you mean ${quote(near)}?`,
    details: { campaign },
  });
}

function requireSame(known: LeadRecord, record: LeadRecord): LeadRecord {
  const fields = (['app', 'service', 'campaign', 'delivered', 'leads', 'occurredAt'] as const).filter(
    (field) => known[field] !== record[field],
  );
  if (fields.length === 0) return known;
  throw new WalletError(
    'idempotency_conflict',
    `leads ${quote(known.id)} were recorded before with another ${fields.join(' and ')}`,
    {
      why: 'an id is unique for ever',
      hint: 'give new leads a new id',
      details: { id: known.id, fields },
    },
  );
}
