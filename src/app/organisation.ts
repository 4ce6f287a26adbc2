import type { Changed } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { InitRequest, Organisation, WalletStatus } from '../contract/organisation';
import { seesBalance } from '../core/access';
import { add, type Credits, formatCredits, parseCredits, ZERO } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { STARTER_CATALOGUE } from '../core/pricing/catalogue';
import { parseEmail, parseName } from '../core/text';
import type { Instant } from '../core/time';
import type { LedgerInfo, LedgerUnit, LedgerView, OrganisationRecord, Store } from '../ports/store';
import { presentAlerts, presentUndelivered } from './alerts';
import { changeIn } from './command';
import type { Dependencies, Processor } from './dependencies';
import { settledJournal } from './ledger';
import { presentBalance, presentCard, presentOrganisation, presentPurchase, presentTransaction } from './present';
import { presentCurrentRule } from './recharge';
import { addPriceVersion } from './services';
import { openSession, organisationsOf, readLedger, type Session } from './session';

const MOST_ADDRESS_LINES = 6;

/** What a caller may say about an organisation, checked. */
interface Particulars {
  readonly name: string;
  readonly email: string | undefined;
  readonly timeZone: string | undefined;
  readonly accountingContact: string | undefined;
  readonly postalAddress: string | undefined;
  /** Null takes the limit away. */
  readonly dailyLimit: Credits | null | undefined;
  readonly confirmAbove: Credits | null | undefined;
}

/** Creates the organisation with its starter catalogue, or brings an existing one's particulars up to date. */
export async function init(
  deps: Dependencies,
  request: InitRequest,
): Promise<Changed & { org: Organisation; created: boolean; balance: Balance }> {
  const particulars = await checkParticulars(deps, request);
  const store = await deps.store({ create: true });
  const now = deps.system.now();
  const info = await knownLedger(store, () => deps.processor(request.provider ?? 'sandbox'), {
    instance: deps.system.random(),
    createdAt: now,
  });
  requireSameProvider(info, request.provider);
  await deps.admit(info);
  const existing = await store.findOrganisation(particulars.name);
  if (existing === undefined) await createOrganisation(deps, particulars, request.dryRun === true);
  const known = existing !== undefined || request.dryRun !== true;
  if (!known) throw dryRunOfNew(particulars.name);
  const session = await openSession({ ...deps, org: particulars.name }, 'organisation.init');
  if (existing === undefined) return answer(session, true);
  return { ...(await answer(await bringUpToDate(session, particulars, request), false)) };
}

/** What the ledger is; a new one is founded for the processor, which is asked only then. */
async function knownLedger(
  store: Store,
  ask: () => Promise<Processor>,
  birth: Pick<LedgerInfo, 'instance' | 'createdAt'>,
): Promise<LedgerInfo> {
  try {
    return await store.info();
  } catch (error) {
    if (!(error instanceof WalletError) || error.code !== 'not_initialised') throw error;
    return store.found({ ...(await ask()), ...birth });
  }
}

async function checkParticulars(deps: Dependencies, request: InitRequest): Promise<Particulars> {
  return {
    name: parseName(request.org, 'organisation name'),
    email: request.email === undefined ? undefined : parseEmail(request.email),
    timeZone: request.timeZone === undefined ? undefined : (await deps.system.calendar(request.timeZone)).zone,
    accountingContact: request.accountingContact === undefined ? undefined : parseEmail(request.accountingContact),
    postalAddress: request.postalAddress === undefined ? undefined : parseAddress(request.postalAddress),
    dailyLimit: parseLimit(request.dailyLimit),
    confirmAbove: parseLimit(request.confirmAbove),
  };
}

/** A limit as typed; `none` takes it away. */
function parseLimit(text: string | undefined): Credits | null | undefined {
  if (text === undefined || text === 'none') return text === undefined ? undefined : null;
  const limit = parseCredits(text);
  if (limit > 0) return limit;
  throw new WalletError('invalid_amount', `the limit ${text} is not valid`, {
    why: 'a limit is more than nothing',
    hint: 'write an amount, or none',
  });
}

/** An address of a few lines: parted by line feeds or by semicolons, kept with line feeds. */
function parseAddress(text: string): string {
  const lines = text
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0 || lines.length > MOST_ADDRESS_LINES) {
    throw new WalletError('invalid_value', 'the postal address is not valid', {
      why: `an address has one to ${MOST_ADDRESS_LINES} lines`,
      hint: 'part its lines with semicolons: --address "Long Street 1; 10115 Berlin; Germany"',
    });
  }
  return lines.map((line) => parseName(line, 'line of the postal address')).join('\n');
}

async function createOrganisation(deps: Dependencies, particulars: Particulars, dryRun: boolean): Promise<void> {
  if (dryRun) return;
  const store = await deps.store({ create: true });
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
async function bringUpToDate(session: Session, particulars: Particulars, request: InitRequest): Promise<Session> {
  const { org } = session;
  const wanted: OrganisationRecord = {
    ...org,
    email: particulars.email ?? org.email,
    timeZone: particulars.timeZone ?? org.timeZone,
    accountingContact: particulars.accountingContact ?? org.accountingContact,
    postalAddress: particulars.postalAddress ?? org.postalAddress,
    dailyLimit: particulars.dailyLimit === undefined ? org.dailyLimit : particulars.dailyLimit,
    confirmAbove: particulars.confirmAbove === undefined ? org.confirmAbove : particulars.confirmAbove,
  };
  const same =
    wanted.email === org.email &&
    wanted.timeZone === org.timeZone &&
    wanted.accountingContact === org.accountingContact &&
    wanted.postalAddress === org.postalAddress &&
    wanted.dailyLimit === org.dailyLimit &&
    wanted.confirmAbove === org.confirmAbove;
  if (same) return session;
  const facts = { operation: 'organisation.init', action: 'organisation.edit', subject: org.name } as const;
  await changeIn(session, facts, request, async (unit) => {
    if (wanted.timeZone !== org.timeZone && (await unit.wallet()).seq > 0) throw zoneIsFixed(org);
    await unit.records.organisations.update(wanted);
    return {};
  });
  return openSession({ ...session.deps, org: org.name }, 'organisation.init');
}

async function answer(session: Session, created: boolean) {
  const { journal } = await session.store.read(session.org.number, (view) => settledJournal(view, session));
  return { org: presentOrganisation(session), created, balance: presentBalance(session, journal.wallet) };
}

export async function showOrganisation(deps: Dependencies): Promise<{ org: Organisation }> {
  const session = await openSession(deps, 'organisation.name');
  const org = presentOrganisation(session);
  return { org: seesBalance(session.actor) ? org : { ...org, email: null, accountingContact: null } };
}

export async function listOrganisations(deps: Dependencies): Promise<{ orgs: readonly Organisation[] }> {
  const session = await openSession(
    deps.caller === undefined ? { ...deps, org: undefined } : deps,
    'organisation.read',
  );
  const { info } = session;
  return { orgs: (await organisationsOf(session)).map((org) => presentOrganisation({ org, info })) };
}

export async function status(deps: Dependencies): Promise<WalletStatus> {
  return readLedger(deps, 'organisation.read', async (view, session) => {
    const { journal } = await settledJournal(view, session);
    const cards = await view.records.cards.list({ removedAt: null });
    const [last] = await view.page({ order: 'desc', limit: 1 });
    return {
      org: presentOrganisation(session),
      balance: presentBalance(session, journal.wallet),
      cards: cards.map((card) => presentCard(session, card)),
      recharge: await presentCurrentRule(view, session),
      alerts: await presentAlerts(view),
      undelivered: await presentUndelivered(view),
      postpaid: {
        accrued: formatCredits(journal.wallet.postpaid),
        overdue: formatCredits(await overdue(view, session)),
      },
      pendingPurchases: (await view.unresolvedPurchases()).map((purchase) => presentPurchase(session, purchase)),
      apps: (await view.records.apps.list({ archivedAt: null })).length,
      lastTransaction: last === undefined ? null : presentTransaction(session, last),
    };
  });
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

/** What open invoices past their day come to. */
async function overdue(view: LedgerView, session: Session): Promise<Credits> {
  const open = await view.records.invoices.list({ state: 'open' });
  return open.filter(({ dueAt }) => dueAt < session.now()).reduce((sum, { total }) => add(sum, total), ZERO);
}
