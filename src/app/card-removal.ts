import type { Changed } from '../contract/calls';
import type { Card, CardRemoveRequest } from '../contract/cards';
import { WalletError } from '../core/errors';
import type { CardRecord } from '../core/payment/card';
import type { LedgerUnit } from '../ports/ledger-unit';
import type { LedgerView } from '../ports/ledger-view';
import { roleNotice } from './card-roles';
import { attemptKey, requireCard, unknownCard } from './cards';
import { type ChangeFacts, changeIn, replayed } from './command';
import type { Dependencies } from './dependencies';
import { presentCard } from './present';
import { RULE_ID } from './recharge-state';
import { openSession, type Session } from './session';

/**
 * Takes a card off file. The record goes first, so that no purchase can pick a card that is being detached. Throws
 * `last_card` for the last one without a replacement, and `invalid_state` while a purchase or auto top-up still needs it.
 * Forced, it switches an auto top-up off that would have no card left. Where the processor could not be reached, the
 * same again detaches what is gone here and still attached there.
 */
export async function removeCard(
  deps: Dependencies,
  request: CardRemoveRequest,
): Promise<Changed & { card: Card; notice?: string }> {
  const session = await openSession(deps, 'card.remove');
  const facts: ChangeFacts = { operation: 'card.remove', action: 'card.remove', subject: request.id };
  const removed = await session.store.read(session.org.number, (view) => findRemoved(view, request.id));
  if (removed !== undefined && request.dryRun !== true) return finishRemoval(session, removed, facts, request);
  let detach: string | undefined;
  const result = await changeIn(session, facts, request, async (unit) => {
    const card = await requireCard(unit, request.id);
    const others = (await unit.records.cards.list({ removedAt: null })).filter((each) => each.id !== card.id);
    await requireIdle(unit, card);
    if (others.length === 0 && request.force !== true) throw lastCard(session, card);
    const isRelied = request.replaceWith === undefined && !others.some(({ role }) => role !== 'none');
    const isOff = isRelied && card.role !== 'none' && (await leaveTopUp(unit, card, request.force === true));
    const heir = request.replaceWith === undefined ? undefined : await requireCard(unit, request.replaceWith);
    if (heir?.id === card.id)
      throw new WalletError('invalid_value', 'a card can not replace itself', {
        why: 'name another card',
        hint: 'wallet card list',
      });
    const gone = await unit.records.cards.update({ ...card, role: 'none', removedAt: session.now() });
    if (heir !== undefined && card.role !== 'none') await unit.records.cards.update({ ...heir, role: card.role });
    detach = card.paymentMethod;
    const notice = isOff ? { notice: 'auto top-up is off: it has no card any more' } : await roleNotice(unit);
    return { card: presentCard(session, gone), ...notice };
  });
  if (detach !== undefined && request.dryRun !== true)
    await (await session.gateway()).detachCard(detach, attemptKey(session));
  return result;
}

async function findRemoved(view: LedgerView, id: string): Promise<CardRecord | undefined> {
  const card = id.startsWith('card_') ? await view.records.cards.find(id) : undefined;
  return card === undefined || card.removedAt === null ? undefined : card;
}

/**
 * A removed card is unknown, unless the processor still had it until now, or the key is that of its removal. What is
 * detached can be no other card's: a payment method that was removed is never put on file again (`addCard`).
 */
async function finishRemoval(
  session: Session,
  card: CardRecord,
  facts: ChangeFacts,
  request: CardRemoveRequest,
): Promise<Changed & { card: Card }> {
  const wasAttached = await (await session.gateway()).detachCard(card.paymentMethod, attemptKey(session));
  const known = await replayed<{ card: Card }>(session, facts, request);
  if (known !== undefined) return known;
  if (!wasAttached) throw unknownCard(card.id);
  return { card: presentCard(session, card) };
}

async function requireIdle(view: LedgerView, card: CardRecord): Promise<void> {
  const unresolved = await view.unresolvedPurchases();
  const busy = unresolved.find((purchase) => purchase.cards.some((each) => each.card === card.id));
  if (busy === undefined) return;
  throw new WalletError('invalid_state', `purchase ${busy.id} still needs card ${card.id}`, {
    why: busy.state === 'needs_person' ? 'it waits for the card holder' : 'its outcome is not known yet',
    hint: busy.state === 'needs_person' ? `wallet purchase cancel ${busy.id}` : 'wallet reconcile',
    details: { purchase: busy.id },
  });
}

/** The last card that auto top-up could charge: by force only, and then the rule is off. Answers whether it is now. */
async function leaveTopUp(unit: LedgerUnit, card: CardRecord, isForced: boolean): Promise<boolean> {
  const rule = await unit.records.recharge_rules.find(RULE_ID);
  if (rule === undefined || !rule.enabled) return false;
  if (!isForced)
    throw new WalletError('invalid_state', `auto top-up has no other card than ${card.id}`, {
      why: 'without one it could not buy what is needed; nothing was changed',
      hint: `wallet card remove ${card.id} --replace-with ANOTHER, or first: wallet recharge off`,
      details: { card: card.id },
    });
  await unit.records.recharge_rules.update({ ...rule, enabled: false });
  return true;
}

function lastCard(session: Session, card: CardRecord): WalletError {
  const contact = session.org.accountingContact ?? 'your accounting contact';
  return new WalletError('last_card', `${card.id} is the last card on file, and stays`, {
    why: 'without a card nothing can be bought, topped up or invoiced',
    hint: `add another card first (wallet card add), or ask ${contact}, who can remove it with --force`,
    details: { card: card.id, accountingContact: session.org.accountingContact },
  });
}
