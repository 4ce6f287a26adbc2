import type { Changed } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { InitRequest, Organisation } from '../contract/organisation';
import { parseCredits } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { STARTER_CATALOGUE } from '../core/pricing/catalogue';
import type { Instant } from '../core/time';
import type { LedgerInfo } from '../ports/ledger-info';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { OrganisationRecord } from '../ports/record-types';
import type { Store } from '../ports/store';
import { changeIn, replayed } from './command';
import type { Dependencies } from './dependencies';
import { settledJournal } from './ledger';
import { checkParticulars, type Particulars, withParticulars } from './particulars';
import { presentOrganisation } from './present';
import { presentBalance } from './present-balance';
import { addPriceVersion } from './services';
import { openSession, type Session } from './session';

interface Initialised {
  readonly org: Organisation;
  readonly created: boolean;
  readonly balance: Balance;
}

/** Creates the organisation with its starter catalogue, or brings an existing one's particulars up to date. */
export async function init(deps: Dependencies, request: InitRequest): Promise<Changed & Initialised> {
  const particulars = await checkParticulars(deps, request);
  const birth = { instance: deps.system.random(), createdAt: deps.system.now() };
  let described: Promise<LedgerInfo> | undefined;
  const describe = () => {
    // The processor is asked once.
    described ??= deps.processor(request.provider ?? 'sandbox').then((processor) => ({ ...processor, ...birth }));
    return described;
  };
  if (!(await isThere(deps))) {
    // All that can be refused is refused before there is a file.
    await deps.admit(await describe());
    if (request.dryRun === true) throw dryRunOfNew(particulars.name);
  }
  const store = await deps.store({ create: true });
  const info = await knownLedger(store, describe);
  requireSameProvider(info, request.provider);
  await deps.admit(info);
  const isNew = (await store.findOrganisation(particulars.name)) === undefined;
  if (isNew && request.dryRun === true) throw dryRunOfNew(particulars.name);
  if (isNew) await createOrganisation(deps, particulars);
  const session = await openSession({ ...deps, org: particulars.name }, 'organisation.init');
  return isNew ? keep(session, request, await answer(session, true)) : update(session, particulars, request);
}

async function update(session: Session, particulars: Particulars, request: InitRequest) {
  const facts = { operation: 'organisation.init', action: 'organisation.init', subject: session.org.name } as const;
  const known = await replayed<Initialised>(session, facts, request);
  if (known !== undefined) return known;
  const current = await bringUpToDate(session, particulars, request.dryRun === true);
  return keep(current, request, await answer(current, false));
}

/** The key is kept once there is an organisation to keep it: a creation that was cut short before is found done. */
async function keep(session: Session, request: InitRequest, result: Initialised): Promise<Changed & Initialised> {
  if (request.dryRun === true) return { ...result, dryRun: true };
  if (request.idempotencyKey === undefined) return result;
  const facts = { operation: 'organisation.init', action: 'organisation.init', subject: session.org.name } as const;
  return changeIn(session, facts, request, async () => result);
}

/** What the ledger is; a new one is founded for the processor, which is asked only then. */
async function knownLedger(store: Store, describe: () => Promise<LedgerInfo>): Promise<LedgerInfo> {
  try {
    return await store.info();
  } catch (error) {
    if (!isMissing(error)) throw error;
    return store.found(await describe());
  }
}

async function isThere(deps: Dependencies): Promise<boolean> {
  try {
    await deps.store();
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof WalletError && error.code === 'not_initialised';
}

/** So many tags are drawn before it is given up: one in a hundred is taken once there are 170,000 organisations. */
const DRAWN_TAGS = 10;

/** Its tag marks its transactions' ids, and is drawn by chance: where another organisation has it, another is drawn. */
async function createOrganisation(deps: Dependencies, particulars: Particulars): Promise<void> {
  const store = await deps.store({ create: true });
  for (let drawn = 1; ; drawn += 1) {
    try {
      return await createTagged(deps, store, particulars);
    } catch (error) {
      const isTaken = error instanceof WalletError && error.code === 'already_exists';
      if (!isTaken || drawn === DRAWN_TAGS || (await store.findOrganisation(particulars.name)) !== undefined)
        throw error;
    }
  }
}

async function createTagged(deps: Dependencies, store: Store, particulars: Particulars): Promise<void> {
  const now = deps.system.now();
  const record = {
    id: makeId('org', now, deps.system.random()),
    tag: deps.system.random().slice(0, 6),
    name: particulars.name,
    email: particulars.email ?? null,
    timeZone: particulars.timeZone ?? 'UTC',
    accountingContact: particulars.accountingContact ?? null,
    postalAddress: particulars.postalAddress ?? null,
    customer: null,
    keyMark: null,
    dailyLimit: particulars.dailyLimit ?? null,
    confirmAbove: particulars.confirmAbove ?? null,
    frozenAt: null,
    restoredAt: null,
    reconciledAt: null,
    createdAt: now,
    version: 1,
  };
  const facts = { actor: deps.actor, action: 'organisation.init', subject: record.name, reason: null, at: now };
  await store.createOrganisation(record, facts, (unit) => fillCatalogue(unit, now));
}

async function fillCatalogue(unit: LedgerUnit, now: Instant): Promise<void> {
  for (const [index, starter] of STARTER_CATALOGUE.entries()) {
    const { service, name, unit: unitName } = starter;
    await unit.records.services.insert({
      id: service,
      number: index + 1,
      name,
      unit: unitName,
      createdAt: now,
      version: 1,
    });
    await addPriceVersion(unit, [], {
      service,
      effectiveFrom: 0 as Instant,
      price: parseCredits(starter.price),
      tiers: [],
      freeQuota: starter.freeQuota,
      billing: starter.billing,
      example: true,
      createdAt: now,
    });
  }
}

/** Changes what was named and differs. The time zone is fixed once there are transactions: their days depend on it. */
async function bringUpToDate(session: Session, particulars: Particulars, dryRun: boolean): Promise<Session> {
  const { org } = session;
  const wanted = withParticulars(org, particulars);
  if (JSON.stringify(wanted) === JSON.stringify(org)) return session;
  const facts = { operation: 'organisation.init', action: 'organisation.edit', subject: org.name } as const;
  await changeIn(session, facts, { dryRun }, async (unit) => {
    if (wanted.timeZone !== org.timeZone && (await unit.wallet()).seq > 0) throw zoneIsFixed(org);
    await unit.records.organisations.update(wanted);
    return {};
  });
  return dryRun ? { ...session, org: wanted } : openSession({ ...session.deps, org: org.name }, 'organisation.init');
}

async function answer(session: Session, created: boolean) {
  const { journal } = await session.store.read(session.org.number, (view) => settledJournal(view, session));
  return { org: presentOrganisation(session), created, balance: presentBalance(session, journal.wallet) };
}

function requireSameProvider(info: LedgerInfo, provider: InitRequest['provider']): void {
  if (provider === undefined || provider === info.provider) return;
  throw new WalletError('live_guard', `this ledger was made for ${info.provider}, not for ${provider}`, {
    why: 'a ledger keeps to one processor for life, so that real and pretended money never mix',
    hint: 'use another ledger: --ledger PATH',
  });
}

function zoneIsFixed(org: OrganisationRecord): WalletError {
  return new WalletError('invalid_state', `the time zone of ${org.name} stays ${org.timeZone}`, {
    why: 'days and months of its transactions were counted in it',
    hint: 'show reports in another zone with --tz ZONE',
  });
}

function dryRunOfNew(name: string): WalletError {
  return new WalletError('not_initialised', `${name} does not exist yet, so there is nothing to show`, {
    why: 'a dry run makes nothing',
    hint: `wallet init --org ${JSON.stringify(name)}`,
  });
}
