import type { Changed, ChangeOptions, PageRequest } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { Hold, HoldCaptureRequest, HoldCreateRequest } from '../contract/holds';
import type { Transaction } from '../contract/transactions';
import { requireOwnApp, seesBalance } from '../core/access';
import { captureHold, type Hold as HoldState, openHold, releaseHold, unitsPaidBy } from '../core/credit/hold';
import { type Credits, parseCredits, quote, ZERO } from '../core/credits';
import { parseDuration } from '../core/duration';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import type { Journal } from '../core/ledger/journal';
import { priceInForce } from '../core/pricing/rating';
import { parseName, parseQuantity, refuseSecrets } from '../core/text';
import { addMs, type Instant } from '../core/time';
import { archived, decideUsage, type UsageParties } from '../core/usage';
import type { LedgerView } from '../ports/ledger-view';
import { forApps } from './app-answers';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { readJob } from './job';
import { atLogTime, openJournal } from './ledger';
import { afterId, pageLimit } from './paging';
import { presentHold, presentTransaction } from './present';
import { presentBalance } from './present-balance';
import { readLedger, type Session } from './session';

const DEFAULT_EXPIRY = '24h';

/** Reserves credits for a job: for a quantity at today's price, or for an amount. */
export async function createHold(
  deps: Dependencies,
  request: HoldCreateRequest,
): Promise<Changed & { hold: Hold; balance: Balance }> {
  const asked = parseAsked(request);
  const campaign = request.campaign === undefined ? null : parseName(request.campaign, 'campaign');
  const durationMs = parseDuration(request.expires ?? DEFAULT_EXPIRY);
  const facts = {
    operation: 'hold.change',
    action: 'hold.create',
    subject: `${request.app} ${request.service}`,
  } as const;
  return change(deps, facts, request, async (unit, caller) => {
    const session = await atLogTime(unit, caller);
    requireOwnApp(session.actor, request.app);
    const { parties, months } = await readJob(unit, session, request);
    const { journal, finish } = await openJournal(unit, session, { months });
    const { app, service } = parties;
    const hold = openHold(journal, app, {
      id: makeId('hold', journal.at, session.deps.system.random()),
      state: 'open',
      app: app.app,
      service: service.service,
      quantity: asked.quantity,
      credits: creditsToHold(journal, parties, asked),
      captured: ZERO,
      campaign,
      expiresAt: addMs(journal.at, durationMs),
      createdAt: journal.at,
      version: 1,
    });
    await unit.records.holds.insert(hold);
    await finish();
    return { hold: presentHold(hold), balance: presentBalance(session, journal.wallet) };
  });
}

/**
 * Charges what the job used and gives back the rest. Unless said, all it was made for; of a hold for an amount, as many
 * units as the amount pays for.
 */
export async function capture(
  deps: Dependencies,
  request: HoldCaptureRequest,
): Promise<Changed & { hold: Hold; transaction: Transaction | null; balance: Balance }> {
  const facts = { operation: 'hold.change', action: 'hold.capture', subject: request.id } as const;
  const asked = request.quantity === undefined ? undefined : parseQuantity(request.quantity);
  return change(deps, facts, request, async (unit, caller) => {
    const session = await atLogTime(unit, caller);
    const hold = await requireHold(unit, session, request.id);
    const { parties, months } = await readJob(unit, session, hold);
    const { journal, finish } = await openJournal(unit, session, {
      months,
      grants: hold.draws.map((draw) => draw.grant),
    });
    const quantity = asked ?? hold.quantity ?? unitsPaidBy(journal, parties.service, hold.credits);
    if (quantity === null) throw quantityNeeded(hold.id);
    const captured = captureHold(journal, hold, { ...parties, quantity, overflow: request.overflow === true });
    await unit.records.holds.update(captured.hold);
    await finish();
    return {
      hold: presentHold(captured.hold),
      transaction: presentTransaction(session, captured.entry),
      balance: presentBalance(session, journal.wallet),
    };
  });
}

export async function release(
  deps: Dependencies,
  request: ChangeOptions & { id: string },
): Promise<Changed & { hold: Hold; balance: Balance }> {
  const facts = { operation: 'hold.change', action: 'hold.release', subject: request.id } as const;
  return change(deps, facts, request, async (unit, caller) => {
    const session = await atLogTime(unit, caller);
    const hold = await requireHold(unit, session, request.id);
    const { journal, finish } = await openJournal(unit, session, { grants: hold.draws.map((draw) => draw.grant) });
    const released = releaseHold(journal, hold, 'released');
    await unit.records.holds.update(released);
    await finish();
    return { hold: presentHold(released), balance: presentBalance(session, journal.wallet) };
  });
}

/** A hold as it stands, and the usage it was captured for. */
export async function showHold(
  deps: Dependencies,
  request: { id: string },
): Promise<{ hold: Hold; transaction: Transaction | null }> {
  return readLedger(deps, 'hold.read', async (view, session) => {
    const hold = await requireHold(view, session, request.id);
    const usage = (await view.entriesAbout(hold.id)).find((entry) => entry.type === 'usage');
    const transaction = usage === undefined ? null : presentTransaction(session, usage);
    const answer = Promise.resolve({ hold: presentHold(hold), transaction });
    return seesBalance(session.actor) ? answer : forApps(answer);
  });
}

export async function listHolds(
  deps: Dependencies,
  request: PageRequest & { all?: boolean },
): Promise<{ holds: readonly Hold[]; next: string | null }> {
  const limit = pageLimit(request.limit);
  return readLedger(deps, 'hold.read', async (view, session) => {
    const after = afterId('hold', request.cursor);
    const { app } = session.actor;
    const where = { ...(request.all === true ? {} : { state: 'open' as const }), ...(app === null ? {} : { app }) };
    const found = await view.records.holds.list(where, { newestFirst: true, limit: limit + 1, ...after });
    const page = found.slice(0, limit);
    const shown = page
      .map((hold) => asOf(hold, session.now()))
      .filter((hold) => request.all === true || hold.state === 'open');
    return { holds: shown.map(presentHold), next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  });
}

/** A hold that has reached its end is over, whether or not a write has booked that yet. */
function asOf(hold: HoldState, now: Instant): HoldState {
  return hold.state === 'open' && hold.expiresAt <= now ? { ...hold, state: 'expired' } : hold;
}

async function requireHold(view: LedgerView, session: Session, id: string): Promise<HoldState> {
  const hold = await view.records.holds.find(id);
  const { app } = session.actor;
  if (hold !== undefined && (app === null || app === hold.app)) return asOf(hold, session.now());
  refuseSecrets(id, 'hold id');
  throw new WalletError('unknown_hold', `there is no hold ${quote(id)}`, {
    why: 'nothing was changed',
    hint: 'wallet hold list --all',
    details: { hold: id.slice(0, 60) },
  });
}

function parseAsked(request: HoldCreateRequest) {
  if ((request.quantity === undefined) === (request.credits === undefined)) {
    throw new WalletError('invalid_usage', 'a hold is made for a quantity or for an amount', {
      why: 'name exactly one of the two',
      hint: 'write --quantity N or --credits AMOUNT',
    });
  }
  return {
    quantity: request.quantity === undefined ? null : parseQuantity(request.quantity),
    credits: request.credits === undefined ? null : parseCredits(request.credits),
  };
}

/** What a job of so many units takes from the wallet: nothing where it is free, or goes onto the invoice. */
function creditsToHold(
  journal: Journal,
  parties: UsageParties,
  asked: { quantity: number | null; credits: Credits | null },
): Credits {
  if (asked.quantity !== null) {
    const { cost, postpaid } = decideUsage(journal, parties, { quantity: asked.quantity, occurredAt: journal.at });
    return postpaid ? ZERO : cost;
  }
  const { app, service } = parties;
  if (app.archived) throw archived(app.app);
  if (priceInForce(service.versions, journal.at)?.billing === 'postpaid') throw postpaidAmount(service.service);
  return asked.credits ?? ZERO;
}

function quantityNeeded(id: string): WalletError {
  return new WalletError(
    'invalid_usage',
    `hold ${id} was made for an amount that is no number of units, so the capture must say how many were used`,
    {
      why: 'usage is counted in units: one costs more than the amount, or nothing',
      hint: `wallet hold capture ${id} --quantity N`,
    },
  );
}

function postpaidAmount(service: string): WalletError {
  return new WalletError('invalid_state', `${service} is postpaid, so no credits can be held for it`, {
    why: 'it is invoiced, not paid from credits',
    hint: 'reserve a number of units: --quantity N',
  });
}
