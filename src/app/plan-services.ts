import type { PlannedChange, PlannedService } from '../contract/plans';
import { formatCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { priceInForce } from '../core/pricing/rating';
import { parseName, parseSlug } from '../core/text';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { PriceRecord, ServiceRecord } from '../ports/record-types';
import { changed, type Fields } from './plan-fields';
import { toPriceVersion } from './present';
import { addServiceIn, mergeTerms, setServiceIn } from './services';
import type { Session } from './session';

/** Makes a service what the document says, inside a write, and answers what that changed. */
export async function planService(
  unit: LedgerUnit,
  session: Session,
  wanted: PlannedService,
): Promise<PlannedChange[]> {
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

function noPrice(service: string): WalletError {
  return new WalletError('invalid_input', `service ${service} is new and has no price`, {
    why: 'a service that does not exist yet needs one',
    hint: 'add price: or tiers: to it',
  });
}
