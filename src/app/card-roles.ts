import { type CardRecord, type CardRole, primaryNotice } from '../core/payment/card';
import type { LedgerUnit } from '../ports/ledger-unit';

/**
 * Gives a card the role. Where the card had the other role, whoever has this one takes that: made backup, the primary
 * changes places with the backup, so that nothing that was to be charged is charged no longer.
 */
export async function giveRole(unit: LedgerUnit, card: CardRecord, role: 'primary' | 'backup'): Promise<CardRecord> {
  if (card.role === role) return card;
  const holder = await vacate(unit, await unit.records.cards.list({ removedAt: null }), role);
  const given = await unit.records.cards.update({ ...card, role });
  if (holder !== undefined && card.role !== 'none') await unit.records.cards.update({ ...holder, role: card.role });
  return given;
}

/** The card that has the role gives it up, and is answered; two cards never have it, not even for a moment. */
export async function vacate(
  unit: LedgerUnit,
  cards: readonly CardRecord[],
  role: CardRole,
): Promise<CardRecord | undefined> {
  const holder = role === 'none' ? undefined : cards.find((card) => card.role === role);
  return holder && unit.records.cards.update({ ...holder, role: 'none' });
}

/** What the cards on file lack now, for whoever changed them. */
export async function roleNotice(unit: LedgerUnit): Promise<{ notice?: string }> {
  const notice = primaryNotice(await unit.records.cards.list({ removedAt: null }));
  return notice === null ? {} : { notice };
}
