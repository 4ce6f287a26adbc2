import type { Changed, ChangeOptions, PageRequest } from '../contract/calls';
import type { Balance } from '../contract/credit';
import type { Hold, HoldCaptureRequest, HoldCreateRequest } from '../contract/holds';
import type { Transaction } from '../contract/transactions';
import { requireOwnApp } from '../core/access';
import { captureHold, type Hold as HoldState, openHold, releaseHold, unitsPaidBy } from '../core/credit/hold';
import { parseCredits, quote, ZERO } from '../core/credits';
import { parseDuration } from '../core/duration';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { parseName, parseQuantity, refuseSecrets } from '../core/text';
import { addMs, type Instant } from '../core/time';
import { quoteUsage } from '../core/usage';
import type { LedgerView } from '../ports/store';
import { requireApp, requireService } from './catalogue';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { atLogTime, openJournal } from './ledger';
import { afterId, pageLimit } from './paging';
import { presentBalance, presentHold, presentTransaction } from './present';
import { readLedger, type Session } from './session';
import { monthsOf, pricedService, spendingApp } from './usage';

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
    const record = await requireApp(unit, request.app);
    if (record.archivedAt !== null) throw archived(record.app);
    const app = await spendingApp(unit, record, session.now());
    const service = await pricedService(unit, await requireService(unit, request.service));
    const now = session.now();
    const months = monthsOf(session, [{ app: app.app, service: service.service, occurredAt: now }]);
    const { journal, finish } = await openJournal(unit, session, { months });
    const quoted = asked.quantity === null ? undefined : quoteUsage(journal, service, asked.quantity, journal.at);
    if (quoted?.terms.billing === 'postpaid') throw postpaid(service.service);
    const credits = asked.credits ?? quoted?.cost ?? ZERO;
    if (credits <= 0) throw nothingToHold();
    const hold = openHold(journal, app, {
      id: makeId('hold', journal.at, session.deps.system.random()),
      state: 'open',
      app: app.app,
      service: service.service,
      quantity: asked.quantity,
      credits,
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
    const app = await spendingApp(unit, await requireApp(unit, hold.app), session.now());
    const service = await pricedService(unit, await requireService(unit, hold.service));
    const months = monthsOf(session, [{ app: hold.app, service: hold.service, occurredAt: session.now() }]);
    const { journal, finish } = await openJournal(unit, session, {
      months,
      grants: hold.draws.map((draw) => draw.grant),
    });
    const quantity = asked ?? hold.quantity ?? unitsPaidBy(journal, service, hold.credits);
    if (quantity === null) throw quantityNeeded(hold.id);
    const captured = captureHold(journal, hold, { app, service, quantity, overflow: request.overflow === true });
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

function archived(app: string): WalletError {
  return new WalletError('invalid_state', `app ${app} is archived`, {
    why: 'an archived app can no longer spend',
    hint: `wallet app add ${app}`,
  });
}

function postpaid(service: string): WalletError {
  return new WalletError('invalid_state', `${service} is postpaid, so no credits can be held for it`, {
    why: 'it is invoiced, not paid from credits',
    hint: 'wallet usage record',
  });
}

function nothingToHold(): WalletError {
  return new WalletError('invalid_state', 'the job costs nothing, so there is nothing to hold', {
    why: 'the free quota covers it',
    hint: 'wallet usage record',
  });
}
