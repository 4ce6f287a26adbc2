import type { Changed, ChangeOptions, PageRequest } from '../contract/calls';
import type { Balance, Grant } from '../contract/credit';
import type { Transaction } from '../contract/transactions';
import { freePart } from '../core/credit/grant';
import { formatCredits, negate, parseCredits, quote } from '../core/credits';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { ACCOUNTS } from '../core/ledger/chart';
import { parseTo, parseWhen } from '../core/period';
import { parseText, refuseSecrets } from '../core/text';
import type { Calendar, Instant } from '../core/time';
import { insufficient } from '../core/usage';
import type { LedgerView } from '../ports/ledger-view';
import { change } from './command';
import type { Dependencies } from './dependencies';
import { openJournal, settledJournal } from './ledger';
import { invalidCursor, pageLimit } from './paging';
import { presentGrant, presentTransaction } from './present';
import { presentBalance } from './present-balance';
import { readLedger } from './session';

/** A correction: added credits open a grant, removed ones are drawn in burn-down order. */
export async function adjust(
  deps: Dependencies,
  request: ChangeOptions & { direction: 'add' | 'remove'; credits: string; reason: string },
): Promise<Changed & { transaction: Transaction; balance: Balance }> {
  const amount = parseCredits(request.credits);
  const reason = parseText(request.reason, 'reason');
  const facts = {
    operation: 'credit.adjust',
    action: `credit.${request.direction}`,
    subject: `${formatCredits(amount)} credits`,
    reason,
  } as const;
  return change(deps, facts, request, async (unit, session) => {
    const { journal, finish } = await openJournal(unit, session);
    const draft = { type: 'adjustment', occurredAt: journal.at, amount, memo: reason } as const;
    if (request.direction === 'remove' && amount > journal.spendable) throw insufficient(journal, amount);
    const id = makeId('grant', journal.at, session.deps.system.random());
    const entry =
      request.direction === 'add'
        ? journal.bringIn({ ...draft, credit: ACCOUNTS.adjustments }, { id, kind: 'promotional', source: reason })
        : journal.enter({
            ...draft,
            debit: ACCOUNTS.adjustments,
            credit: ACCOUNTS.credits,
            draws: journal.grants.draw(amount),
          });
    await finish();
    return { transaction: presentTransaction(session, entry), balance: presentBalance(session, journal.wallet) };
  });
}

/** Gives promotional credits. */
export async function addGrant(
  deps: Dependencies,
  request: ChangeOptions & { credits: string; reason: string; expires?: string; priority?: string },
): Promise<Changed & { grant: Grant; balance: Balance }> {
  const amount = parseCredits(request.credits);
  const reason = parseText(request.reason, 'reason');
  const priority = parsePriority(request.priority);
  const facts = {
    operation: 'credit.grant',
    action: 'grant.add',
    subject: `${formatCredits(amount)} credits`,
    reason,
  } as const;
  return change(deps, facts, request, async (unit, session) => {
    const expiresAt = request.expires === undefined ? null : parseExpiry(request.expires, session.zone, session.now());
    const { journal, finish } = await openJournal(unit, session);
    const id = makeId('grant', journal.at, session.deps.system.random());
    const draft = {
      type: 'grant',
      occurredAt: journal.at,
      amount,
      credit: ACCOUNTS.promotions,
      memo: reason,
      reference: id,
    } as const;
    journal.bringIn(draft, {
      id,
      kind: 'promotional',
      source: reason,
      expiresAt,
      ...(priority === undefined ? {} : { priority }),
    });
    await finish();
    const grant = journal.grants.opened.find((each) => each.id === id);
    if (grant === undefined) throw new Error('the grant was not opened');
    return { grant: presentGrant(grant), balance: presentBalance(session, journal.wallet) };
  });
}

export async function listGrants(
  deps: Dependencies,
  request: PageRequest & { all?: boolean },
): Promise<{ grants: readonly Grant[]; next: string | null }> {
  const limit = pageLimit(request.limit);
  const after = parsePlace(request.cursor);
  return readLedger(deps, 'credit.read', async (view, session) => {
    const found = await view.listGrants({ all: request.all === true, limit: limit + 1, after });
    const { journal } = await settledJournal(view, session);
    // What has lapsed and is not booked yet shows as it will be.
    const page = found.slice(0, limit).map((grant) => journal.grants.find(grant.seq) ?? grant);
    const shown = request.all === true ? page : page.filter((grant) => grant.remaining > 0);
    return { grants: shown.map(presentGrant), next: found.length > limit ? String(page.at(-1)?.seq) : null };
  });
}

/** Ends what is left of a grant. What open holds have reserved of it stays with them. */
export async function voidGrant(
  deps: Dependencies,
  request: ChangeOptions & { id: string },
): Promise<Changed & { grant: Grant; balance: Balance }> {
  const facts = { operation: 'credit.grant', action: 'grant.void', subject: request.id } as const;
  return change(deps, facts, request, async (unit, session) => {
    const found = await requireGrant(unit, request.id);
    const { journal, finish } = await openJournal(unit, session, { grants: [found.seq] });
    const grant = journal.grants.find(found.seq) ?? found;
    const free = freePart(grant);
    if (free <= 0) throw nothingLeft(grant.id);
    const draws = [{ grant: grant.seq, amount: negate(free) }];
    journal.grants.apply(draws);
    const memo = `void of ${grant.id}`;
    journal.enter({
      type: 'adjustment',
      occurredAt: journal.at,
      debit: ACCOUNTS.adjustments,
      credit: ACCOUNTS.credits,
      amount: free,
      draws,
      memo,
      reference: grant.id,
    });
    await finish();
    const ended = journal.grants.find(grant.seq) ?? grant;
    return { grant: presentGrant(ended), balance: presentBalance(session, journal.wallet) };
  });
}

async function requireGrant(view: LedgerView, id: string) {
  const [grant] = await view.grants({ ids: [id] });
  if (grant !== undefined) return grant;
  refuseSecrets(id, 'grant id');
  throw new WalletError('unknown_grant', `there is no grant ${quote(id)}`, {
    why: 'nothing was changed',
    hint: 'wallet grant list --all',
    details: { grant: id.slice(0, 60) },
  });
}

function nothingLeft(id: string): WalletError {
  return new WalletError('invalid_state', `nothing is left of grant ${id} to void`, {
    why: 'it was used, has lapsed, or is held',
    hint: 'wallet grant list --all',
    details: { grant: id },
  });
}

/** The end of a named day, or an instant; always ahead of now. */
function parseExpiry(text: string, calendar: Calendar, now: Instant): Instant {
  const at = text.includes('T') || text.includes('t') ? parseWhen(text, calendar, 'expiry') : parseTo(text, calendar);
  if (at > now) return at;
  throw new WalletError('invalid_time', `the expiry ${quote(text)} is over`, {
    why: 'a grant expires in the future, or never',
    hint: 'write a later date, or leave --expires out',
  });
}

function parsePriority(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^(0|[1-9][0-9]{0,5})$/.test(text)) return Number(text);
  throw new WalletError('invalid_value', `the priority ${quote(text)} is not valid`, {
    why: 'it is a whole number from 0 to 999999; lower is used first',
    hint: 'the default is 100',
  });
}

function parsePlace(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^[1-9][0-9]{0,14}$/.test(cursor)) throw invalidCursor();
  return Number(cursor);
}
