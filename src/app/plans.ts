import type { Changed, ChangeOptions } from '../contract/calls';
import type { Plan, PlanDocument, PlannedApp, PlannedChange, PlannedService } from '../contract/plans';
import type { RechargeCheck } from '../contract/recharge';
import { type Credits, formatCredits, parseCreditsOrZero } from '../core/credits';
import { formatDuration } from '../core/duration';
import { WalletError } from '../core/errors';
import { priceInForce } from '../core/pricing/rating';
import { parseTerms } from '../core/recharge-terms';
import { parseName, parseSlug } from '../core/text';
import { Abandon, type AppRecord, type LedgerUnit, type PriceRecord, type ServiceRecord } from '../ports/store';
import { addServiceIn, insertApp, limitAppIn, mergeTerms, setServiceIn } from './catalogue';
import { changeIn } from './command';
import type { Dependencies } from './dependencies';
import { toPriceVersion } from './present';
import { setRuleIn } from './recharge';
import { RULE_ID } from './recharge-state';
import { openSession, type Session } from './session';

const FACTS = { operation: 'catalogue.change', action: 'plan.apply', subject: 'plan' } as const;

/** What applying the document would do: the same work, abandoned at its end. */
export async function showPlan(deps: Dependencies, request: { document: PlanDocument }): Promise<{ plan: Plan }> {
  const session = await openSession(deps, FACTS.operation);
  const write = { ...FACTS, actor: session.actor.name, reason: null, at: session.now() };
  return session.store.write<{ plan: Plan }>(session.org.number, write, async (unit) => {
    throw new Abandon({ plan: await carryOut(unit, session, request.document) });
  });
}

/**
 * Applies the document in one write, if it still does what the plan with that digest said; throws `invalid_state`
 * otherwise. A top-up that the plan announced is made right after, by the rule's own check.
 */
export async function applyPlan(
  deps: Dependencies,
  request: ChangeOptions & { document: PlanDocument; digest: string },
): Promise<Changed & { plan: Plan; recharge?: RechargeCheck }> {
  const session = await openSession(deps, FACTS.operation);
  const applied = await changeIn(session, FACTS, request, async (unit) => {
    const plan = await carryOut(unit, session, request.document);
    if (plan.digest !== request.digest) throw moved(plan);
    return { plan };
  });
  const isDone = applied.dryRun !== true && applied.replayed !== true;
  if (!isDone || applied.plan.charges === null) return applied;
  const { check } = await import('./recharge-check');
  return { ...applied, recharge: await check(deps, {}) };
}

async function carryOut(unit: LedgerUnit, session: Session, document: PlanDocument): Promise<Plan> {
  const changes: PlannedChange[] = [];
  for (const service of document.services) changes.push(...(await planService(unit, session, service)));
  for (const app of document.apps) changes.push(...(await planApp(unit, session, app)));
  const rule = document.recharge === undefined ? undefined : await planRule(unit, session, document.recharge);
  if (rule !== undefined) changes.push(rule.change);
  const charges = rule?.charges ?? null;
  const digest = session.deps.system.digest(['plan\n', session.org.name, JSON.stringify({ changes, charges })]);
  return { digest: digest.slice(0, 16), changes, charges, warnings: rule?.warnings ?? [] };
}

type Fields = Readonly<Record<string, string>>;

async function planService(unit: LedgerUnit, session: Session, wanted: PlannedService): Promise<PlannedChange[]> {
  const { service: name } = wanted;
  const known = await unit.records.services.find(parseSlug(name, 'service'));
  if (known === undefined) {
    const { price } = wanted;
    if (price === undefined && wanted.tiers === undefined) throw noPrice(name);
    // Tiers bring their own prices; the first of them stands for the price.
    await addServiceIn(unit, session, { ...wanted, price: price ?? wanted.tiers?.split(/[:,]/)[1] ?? '' });
    return changed('service', name, {}, await serviceFields(unit, session, await find(unit, name)));
  }
  const before = await serviceFields(unit, session, known);
  await renameService(unit, known, wanted);
  const [current] = await pricesOf(unit, session, name);
  const terms = current === undefined ? undefined : mergeTerms(current, wanted);
  if (current !== undefined && (isNewTerms(current, terms) || (current.example && names(wanted))))
    await setServiceIn(unit, session, wanted);
  return changed('service', name, before, await serviceFields(unit, session, await find(unit, name)));
}

/** Whether any of its terms is said: saying an example's price makes it the price. */
function names({ price, tiers, freeQuota, billing }: PlannedService): boolean {
  return [price, tiers, freeQuota, billing].some((term) => term !== undefined);
}

function isNewTerms(current: PriceRecord, terms: ReturnType<typeof mergeTerms> | undefined): boolean {
  const { price, tiers, freeQuota, billing } = current;
  return JSON.stringify(terms) !== JSON.stringify({ price, tiers, freeQuota, billing });
}

async function renameService(unit: LedgerUnit, known: ServiceRecord, wanted: PlannedService): Promise<void> {
  const name = wanted.name === undefined ? known.name : parseName(wanted.name, 'name');
  const unitName = wanted.unit === undefined ? known.unit : parseName(wanted.unit, 'unit');
  if (name === known.name && unitName === known.unit) return;
  await unit.records.services.update({ ...known, name, unit: unitName });
}

async function find(unit: LedgerUnit, name: string): Promise<ServiceRecord> {
  const service = await unit.records.services.find(name);
  if (service === undefined) throw new WalletError('internal', `service ${name} is gone`);
  return service;
}

/** The price in force now, then the others. */
async function pricesOf(unit: LedgerUnit, session: Session, service: string): Promise<readonly PriceRecord[]> {
  const prices = await unit.records.prices.list({ service });
  const current = priceInForce(prices.map(toPriceVersion), session.now());
  const found = prices.find(({ number }) => number === current?.version) ?? prices[0];
  return found === undefined ? [] : [found, ...prices.filter((price) => price !== found)];
}

async function serviceFields(unit: LedgerUnit, session: Session, service: ServiceRecord): Promise<Fields> {
  const [price] = await pricesOf(unit, session, service.id);
  if (price === undefined) return { name: service.name, unit: service.unit };
  return {
    name: service.name,
    unit: service.unit,
    price: `${formatCredits(price.price)}${price.example ? ' (example)' : ''}`,
    'free-quota': `${price.freeQuota}/month`,
    billing: price.billing,
    tiers: price.tiers.map((tier) => `${tier.from}:${formatCredits(tier.price)}`).join(','),
  };
}

async function planApp(unit: LedgerUnit, session: Session, wanted: PlannedApp): Promise<PlannedChange[]> {
  const name = parseSlug(wanted.app, 'app');
  const [known] = await unit.records.apps.list({ app: name });
  const title = wanted.name === undefined ? (known?.name ?? name) : parseName(wanted.name, 'name');
  const app = known ?? (await insertApp(unit, session, name, title));
  if (app.archivedAt !== null || app.name !== title)
    await unit.records.apps.update({ ...app, name: title, archivedAt: null });
  const limit = wanted.limit ?? (app.limitMonthly === null ? undefined : formatCredits(app.limitMonthly));
  const onLimit = wanted.onLimit ?? app.onLimit;
  if (limit === undefined && wanted.onLimit !== undefined) throw noLimit(name);
  const isLimited = limit === undefined || (isSame(limit, app.limitMonthly) && onLimit === app.onLimit);
  if (!isLimited) await limitAppIn(unit, session, { app: name, monthly: limit, onLimit });
  const [after] = await unit.records.apps.list({ app: name });
  return changed('app', name, known === undefined ? {} : appFields(known), after === undefined ? {} : appFields(after));
}

function isSame(typed: string, limit: Credits | null): boolean {
  return limit !== null && parseCreditsOrZero(typed, 'limit') === limit;
}

function appFields(app: AppRecord): Fields {
  return {
    name: app.name,
    ...(app.archivedAt === null ? {} : { archived: 'yes' }),
    ...(app.limitMonthly === null ? {} : { limit: formatCredits(app.limitMonthly), 'on-limit': app.onLimit }),
  };
}

async function planRule(unit: LedgerUnit, session: Session, wanted: NonNullable<PlanDocument['recharge']>) {
  const before = await unit.records.recharge_rules.find(RULE_ID);
  const { enabled = true, ...typed } = wanted;
  const terms = parseTerms(typed, before, session.deps.maxPurchase);
  const fields = ruleFields({ ...terms, enabled });
  const known = before === undefined ? {} : ruleFields(before);
  const [change] = changed('recharge', 'auto top-up', known, fields);
  if (change === undefined) return undefined;
  const { nextCharge, warnings } = await setRuleIn(unit, session, typed, enabled);
  return { change, charges: nextCharge, warnings: warnings.map(({ message }) => message) };
}

function ruleFields(rule: ReturnType<typeof parseTerms> & { enabled: boolean }): Fields {
  return {
    enabled: rule.enabled ? 'yes' : 'no',
    below: formatCredits(rule.below),
    ...(rule.amount === null ? {} : { amount: formatCredits(rule.amount) }),
    ...(rule.refillTo === null ? {} : { 'refill-to': formatCredits(rule.refillTo) }),
    'monthly-cap': rule.monthlyCap === null ? 'none' : formatCredits(rule.monthlyCap),
    'daily-count': String(rule.dailyCount),
    cooldown: formatDuration(rule.cooldownMs),
    'max-failures': String(rule.maxFailures),
  };
}

/** The fields that differ; none, no change. A field that is gone counts as empty. */
function changed(kind: PlannedChange['kind'], name: string, before: Fields, after: Fields): PlannedChange[] {
  const isNew = Object.keys(before).length === 0;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: isNew ? null : (before[field] ?? ''), after: after[field] ?? '' }))
    .filter((each) => (each.before ?? '') !== each.after);
  return fields.length === 0 ? [] : [{ action: isNew ? 'add' : 'change', kind, name, fields }];
}

function moved(plan: Plan): WalletError {
  return new WalletError('invalid_state', 'applying the file would not do what the plan said', {
    why: 'the ledger or the file changed since; nothing was applied',
    hint: 'look at it again: wallet plan FILE',
    details: { digest: plan.digest, charges: plan.charges },
  });
}

function noPrice(service: string): WalletError {
  return new WalletError('invalid_input', `service ${service} is new and has no price`, {
    why: 'a service that does not exist yet needs one',
    hint: 'add price: or tiers: to it',
  });
}

function noLimit(app: string): WalletError {
  return new WalletError('invalid_input', `app ${app} has on-limit and no limit`, {
    why: 'there is nothing to warn about or to block at',
    hint: 'add limit: to it',
  });
}
