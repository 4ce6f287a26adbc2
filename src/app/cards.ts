import type { Changed, ChangeOptions } from '../contract/calls';
import type { BillingDetails, Card, CardAddRequest, CardEditRequest } from '../contract/cards';
import { WalletError } from '../core/errors';
import { makeId } from '../core/ids';
import { parseCountry, parsePostalCode } from '../core/payment/address';
import { type CardAddress, type CardRecord, type CardRole, parseExpiry } from '../core/payment/card';
import { parseEmail, parseText, refuseSecrets } from '../core/text';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import type { CardDetails, StoredCard } from '../ports/payment-gateway';
import { giveRole, roleNotice, vacate } from './card-roles';
import { type ChangeFacts, changeIn, replayed } from './command';
import { requireCustomer } from './customer';
import type { Dependencies } from './dependencies';
import { presentCard } from './present';
import { openSession, readLedger, type Session } from './session';

type Details = Omit<CardDetails, 'expMonth' | 'expYear'>;

const NO_ADDRESS: CardAddress = { line1: null, city: null, state: null, postalCode: null, country: null };

/** Stores a card at the processor, then here. The first card becomes primary; the second stays `none` unless named. */
export async function addCard(
  deps: Dependencies,
  request: CardAddRequest,
): Promise<Changed & { card: Card; notice?: string }> {
  const session = await openSession(deps, 'card.change');
  refuseSecrets(request.paymentMethod, 'payment method');
  const details = mergeDetails({ name: null, email: null, address: NO_ADDRESS }, request);
  const facts: ChangeFacts = { operation: 'card.change', action: 'card.add', subject: 'a new card' };
  const known = await replayed<{ card: Card }>(session, facts, request);
  if (known !== undefined) return known;
  if (request.dryRun === true) throw dryRunNeedsProcessor();
  await requireNew(session, request.paymentMethod);
  const customer = await requireCustomer(session);
  const gateway = await session.gateway();
  const stored = await gateway.attachCard(customer, request.paymentMethod, details, attemptKey(session));
  return changeIn(session, facts, request, async (unit) => insertCard(unit, session, stored, details, request.role));
}

/**
 * One payment method is one card for ever, removed or not: a removal that is done again later can then take no other
 * card off at the processor. Asked before the processor is, which would take the new billing details.
 */
async function requireNew(session: Session, paymentMethod: string): Promise<void> {
  const [card] = await session.store.read(session.org.number, (view) => view.records.cards.list({ paymentMethod }));
  if (card === undefined) return;
  if (card.removedAt === null)
    throw new WalletError('already_exists', `this payment method is on file as ${card.id}`, {
      why: 'nothing was changed',
      hint: `wallet card edit ${card.id}, or wallet card primary ${card.id}`,
      details: { card: card.id },
    });
  throw new WalletError('invalid_state', `this payment method was removed as ${card.id}`, {
    why: 'what was removed is taken off at the processor for good; nothing was changed',
    hint: `wallet card remove ${card.id} finishes a removal that was cut off; wallet card add stores the card anew`,
    details: { card: card.id },
  });
}

/** Puts a stored card on file, in the role it was asked for, the first one as primary. */
export async function insertCard(
  unit: LedgerUnit,
  session: Session,
  stored: StoredCard,
  details: Details,
  role: 'primary' | 'backup' | undefined,
) {
  const cards = await unit.records.cards.list({ removedAt: null });
  const now = session.now();
  const same = cards.find((card) => card.fingerprint === stored.fingerprint);
  const wanted: CardRole = role ?? (cards.some((card) => card.role === 'primary') ? 'none' : 'primary');
  await vacate(unit, cards, wanted);
  const card: CardRecord = {
    id: makeId('card', now, session.deps.system.random()),
    ...stored,
    ...details,
    role: wanted,
    verifiedAt: now,
    removedAt: null,
    createdAt: now,
    version: 1,
  };
  await unit.records.cards.insert(card);
  unit.describe({ subject: `${card.id} ${card.brand} ${card.last4}` });
  const notice = same === undefined ? await roleNotice(unit) : { notice: `this is the same card as ${same.id}` };
  return { card: presentCard(session, card), ...notice };
}

export async function listCards(deps: Dependencies): Promise<{ cards: readonly Card[]; next: null }> {
  return readLedger(deps, 'card.read', async (view, session) => {
    const cards = await view.records.cards.list({ removedAt: null });
    return { cards: cards.map((card) => presentCard(session, card)), next: null };
  });
}

export async function showCard(deps: Dependencies, request: { id: string }): Promise<{ card: Card }> {
  return readLedger(deps, 'card.read', async (view, session) => ({
    card: presentCard(session, await requireCard(view, request.id)),
  }));
}

/** Changes billing details and expiry, at the processor first: what it refuses is not written here. */
export async function editCard(deps: Dependencies, request: CardEditRequest): Promise<Changed & { card: Card }> {
  const session = await openSession(deps, 'card.change');
  const facts: ChangeFacts = { operation: 'card.change', action: 'card.edit', subject: request.id };
  const known = await replayed<{ card: Card }>(session, facts, request);
  if (known !== undefined) return known;
  const card = await session.store.read(session.org.number, (view) => requireCard(view, request.id));
  const details = mergeDetails(card, request);
  const expiry =
    request.expiry === undefined ? {} : parseExpiry(request.expiry, session.calendar.dateOf(session.now()));
  requireSomething(request);
  if (request.dryRun !== true) {
    await (await session.gateway()).updateCard(card.paymentMethod, { ...details, ...expiry }, attemptKey(session));
  }
  return changeIn(session, facts, request, async (unit) => {
    const current = await requireCard(unit, request.id);
    return { card: presentCard(session, await unit.records.cards.update({ ...current, ...details, ...expiry })) };
  });
}

/** Makes a card primary or backup; says so where no card is primary then. */
export async function assignCard(
  deps: Dependencies,
  request: ChangeOptions & { id: string; role: 'primary' | 'backup' },
): Promise<Changed & { card: Card; notice?: string }> {
  const session = await openSession(deps, 'card.change');
  const facts: ChangeFacts = { operation: 'card.change', action: `card.${request.role}`, subject: request.id };
  return changeIn(session, facts, request, async (unit) => {
    const card = await giveRole(unit, await requireCard(unit, request.id), request.role);
    return { card: presentCard(session, card), ...(await roleNotice(unit)) };
  });
}

/** Throws `unknown_card`. A removed card is unknown: it can no longer be used for anything. */
export async function requireCard(view: LedgerView, id: string): Promise<CardRecord> {
  const card = id.startsWith('card_') ? await view.records.cards.find(id) : undefined;
  if (card !== undefined && card.removedAt === null) return card;
  refuseSecrets(id, 'card id');
  throw unknownCard(id);
}

export function unknownCard(id: string): WalletError {
  return new WalletError('unknown_card', `there is no card ${JSON.stringify(id.slice(0, 60))}`, {
    why: 'nothing was changed',
    hint: 'wallet card list',
    details: { card: id.slice(0, 60) },
  });
}

/** Card calls take no money and are not repeated, so each has a key of its own. */
export function attemptKey(session: Session): string {
  return `${session.info.instance}:card:${session.deps.system.random()}${session.deps.system.random()}`;
}

function mergeDetails(before: Details, request: BillingDetails): Details {
  const address = request.address ?? {};
  const country = typeof address.country === 'string' ? parseCountry(address.country) : before.address.country;
  const text = (value: string | null | undefined, kept: string | null, what: string) =>
    value === undefined || value === null ? kept : parseText(value, what, 200);
  return {
    name: text(request.name, before.name, 'name'),
    email: request.email === undefined ? before.email : parseEmail(request.email),
    address: {
      line1: text(address.line1, before.address.line1, 'address'),
      city: text(address.city, before.address.city, 'city'),
      state: text(address.state, before.address.state, 'state'),
      postalCode:
        typeof address.postalCode === 'string'
          ? parsePostalCode(address.postalCode, country)
          : before.address.postalCode,
      country,
    },
  };
}

function requireSomething(request: CardEditRequest): void {
  const named = [request.expiry, request.name, request.email, ...Object.values(request.address ?? {})];
  if (named.some((value) => value !== undefined)) return;
  throw new WalletError('invalid_usage', 'nothing was named to change', {
    why: 'a card has billing details and an expiry that can be edited; its number can not',
    hint: `wallet card edit ${request.id} --exp MM/YYYY`,
  });
}

function dryRunNeedsProcessor(): WalletError {
  return new WalletError('invalid_usage', 'adding a card can not be tried without doing it', {
    why: 'only the processor can say whether it takes the card',
    hint: 'leave out --dry-run; a card can be removed again',
  });
}
