import type { Changed } from '../contract/calls';
import type {
  Service,
  ServiceAddRequest,
  ServiceHistory,
  ServiceSetRequest,
  ServiceTerms,
} from '../contract/catalogue';
import { ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import { parseWhen } from '../core/period';
import { parseBilling, parseFreeQuota, parsePrice, parseTiers } from '../core/pricing/catalogue';
import { priceInForce } from '../core/pricing/rating';
import { parseName, parseSlug } from '../core/text';
import { formatInstant, type Instant } from '../core/time';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import type { PriceRecord, ServiceRecord } from '../ports/record-types';
import { requireService } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { presentPriceVersion, presentService, toPriceVersion } from './present';
import { readLedger, type Session } from './session';

type Terms = Pick<PriceRecord, 'price' | 'tiers' | 'freeQuota' | 'billing'>;

const BEGINNING = 0 as Instant;

export async function addService(
  deps: Dependencies,
  request: ServiceAddRequest,
): Promise<Changed & { service: Service }> {
  const facts = { operation: 'catalogue.change', action: 'service.add', subject: request.service } as const;
  parseSlug(request.service, 'service');
  return change(deps, facts, request, async (unit, session) => ({
    service: await addServiceIn(unit, session, request),
  }));
}

/** Adds a service inside a write. Throws `already_exists`, and `invalid_value` or `invalid_amount` for what can't be. */
export async function addServiceIn(unit: LedgerUnit, session: Session, request: ServiceAddRequest): Promise<Service> {
  const id = parseSlug(request.service, 'service');
  const terms = mergeTerms({ price: ZERO, tiers: [], freeQuota: 0, billing: 'prepaid' }, request);
  const name = request.name === undefined ? id : parseName(request.name, 'name');
  const unitName = request.unit === undefined ? 'unit' : parseName(request.unit, 'unit');
  const services = await unit.records.services.list();
  if (services.some((service) => service.id === id)) throw serviceExists(id);
  const now = session.now();
  const service = { id, number: services.length + 1, name, unit: unitName, createdAt: now, version: 1 };
  await unit.records.services.insert(service);
  const price = await addPriceVersion(unit, [], {
    service: id,
    effectiveFrom: BEGINNING,
    ...terms,
    example: false,
    createdAt: now,
  });
  return presentService(service, [price], now);
}

export async function setService(
  deps: Dependencies,
  request: ServiceSetRequest,
): Promise<Changed & { service: Service }> {
  const facts = { operation: 'catalogue.change', action: 'service.set', subject: request.service } as const;
  requireSomeTerms(request);
  return change(deps, facts, request, async (unit, session) => ({
    service: await setServiceIn(unit, session, request),
  }));
}

/** Gives a service its next price version inside a write. Throws `unknown_service` or `period_closed`. */
export async function setServiceIn(unit: LedgerUnit, session: Session, request: ServiceSetRequest): Promise<Service> {
  const service = await requireService(unit, request.service);
  const prices = await unit.records.prices.list({ service: service.id });
  const now = session.now();
  const effectiveFrom =
    request.from === undefined ? await defaultStart(unit, service, prices, now) : parseWhen(request.from, session.zone);
  if (request.from !== undefined) refuseClosed(effectiveFrom, await unit.closedUntil());
  const before = priceInForce(prices.map(toPriceVersion), effectiveFrom) ?? prices[0];
  if (before === undefined) throw new WalletError('internal', `service ${service.id} has no price`);
  const added = await addPriceVersion(unit, prices, {
    service: service.id,
    effectiveFrom,
    ...mergeTerms(before, request),
    example: false,
    createdAt: now,
  });
  return presentService(service, [...prices, added], now);
}

/**
 * Terms start when they are set. Only where a starter price stands that nobody set and nothing was charged by, the first
 * real price counts from the beginning: an example never was the price of anything.
 */
async function defaultStart(
  unit: LedgerView,
  service: ServiceRecord,
  prices: readonly PriceRecord[],
  now: Instant,
): Promise<Instant> {
  const untouched = prices.every((price) => price.example);
  const used = untouched && (await unit.page({ services: [service.id], order: 'asc', limit: 1 })).length > 0;
  return untouched && !used ? BEGINNING : now;
}

/** Stores terms as the service's next version. */
export async function addPriceVersion(
  unit: LedgerUnit,
  before: readonly PriceRecord[],
  price: Omit<PriceRecord, 'id' | 'number' | 'version'>,
): Promise<PriceRecord> {
  const number = before.length + 1;
  const record = { ...price, id: `${price.service}/${String(number).padStart(6, '0')}`, number, version: 1 };
  await unit.records.prices.insert(record);
  return record;
}

/**
 * The terms that were there with those that were named put over them. A price takes tiers away; tiers bring their own.
 * Throws `invalid_amount` or `invalid_value`.
 */
export function mergeTerms(before: Terms, request: ServiceTerms): Terms {
  const tiers = request.tiers === undefined ? undefined : parseTiers(request.tiers);
  const price = request.price === undefined ? undefined : parsePrice(request.price);
  return {
    price: tiers?.[0]?.price ?? price ?? before.price,
    tiers: tiers ?? (price === undefined ? before.tiers : []),
    freeQuota: request.freeQuota === undefined ? before.freeQuota : parseFreeQuota(request.freeQuota),
    billing: request.billing === undefined ? before.billing : parseBilling(request.billing),
  };
}

export async function listServices(deps: Dependencies): Promise<{ services: readonly Service[]; next: null }> {
  return readLedger(deps, 'catalogue.read', async (view, session) => {
    const prices = await view.records.prices.list();
    const services = await view.records.services.list();
    const present = (service: ServiceRecord) =>
      presentService(
        service,
        prices.filter((price) => price.service === service.id),
        session.now(),
      );
    return { services: services.map(present), next: null };
  });
}

export async function showService(
  deps: Dependencies,
  request: { service: string },
): Promise<{ service: ServiceHistory }> {
  return readLedger(deps, 'catalogue.read', async (view, session) => {
    const service = await requireService(view, request.service);
    const prices = await view.records.prices.list({ service: service.id });
    const versions = [...prices].reverse().map(presentPriceVersion);
    return { service: { ...presentService(service, prices, session.now()), versions } };
  });
}

function requireSomeTerms(request: ServiceSetRequest): void {
  const named = [request.price, request.tiers, request.freeQuota, request.billing].some((term) => term !== undefined);
  if (named) return;
  throw new WalletError('invalid_usage', 'nothing was named to set', {
    why: 'a new price version needs a price, tiers, a free quota or a billing',
    hint: `wallet service set ${request.service} --price 0.0079`,
  });
}

function serviceExists(id: string): WalletError {
  return new WalletError('already_exists', `service ${id} already exists`, {
    why: 'the starter catalogue, or somebody before you, made it',
    hint: `wallet service set ${id} --price PRICE`,
    details: { service: id },
  });
}

/** A price that reaches back into a closed month would have priced what is sealed. */
function refuseClosed(from: Instant, closedUntil: Instant): void {
  if (from >= closedUntil) return;
  throw new WalletError('period_closed', `a price can not take effect at ${formatInstant(from)}`, {
    why: `the books are closed until ${formatInstant(closedUntil)}`,
    hint: `add --from ${formatInstant(closedUntil)}, or a later time`,
  });
}
