import { quote } from '../credits';
import type { PlainDate } from '../date';
import { addDays, dateFromParts, daysInMonth, partsOf } from '../date';
import { WalletError } from '../errors';
import type { Instant } from '../time';

export type CardRole = 'primary' | 'backup' | 'none';

export interface CardAddress {
  readonly line1: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

/** A card on file: what may be kept of it. Its number never enters the program. */
export interface CardRecord {
  readonly id: string;
  /** The processor's id of it (`pm_…`). */
  readonly paymentMethod: string;
  /** The processor's mark of the number: the same for two records of one card. */
  readonly fingerprint: string;
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly address: CardAddress;
  readonly role: CardRole;
  /** When the processor said that it can be charged off-session. */
  readonly verifiedAt: Instant | null;
  /** Removed cards stay on record: purchases point to them. */
  readonly removedAt: number | null;
  readonly createdAt: number;
  readonly version: number;
}

const EXPIRY_NOTICE_DAYS = 30;

/** Whether the card's month is over. A card is good through the last day of the month printed on it. */
export function isExpired(card: Pick<CardRecord, 'expMonth' | 'expYear'>, today: PlainDate): boolean {
  const { year, month } = partsOf(today);
  return card.expYear * 12 + card.expMonth < year * 12 + month;
}

/** Whether the card is still good and will not be in 30 days. */
export function isExpiring(card: Pick<CardRecord, 'expMonth' | 'expYear'>, today: PlainDate): boolean {
  if (isExpired(card, today)) return false;
  const last = dateFromParts(card.expYear, card.expMonth, daysInMonth(card.expYear, card.expMonth));
  return last < addDays(today, EXPIRY_NOTICE_DAYS);
}

export function cardStatus(card: CardRecord, today: PlainDate): 'verified' | 'expired' | 'requires_action' {
  if (isExpired(card, today)) return 'expired';
  return card.verifiedAt === null ? 'requires_action' : 'verified';
}

/** Whether a charge may be tried on it. */
export function isUsable(card: CardRecord, today: PlainDate): boolean {
  return card.removedAt === null && cardStatus(card, today) === 'verified';
}

/** The cards a purchase tries, in order: the primary, then the backup. */
export function chargeOrder(cards: readonly CardRecord[], today: PlainDate): readonly CardRecord[] {
  const usable = cards.filter((card) => isUsable(card, today));
  return (['primary', 'backup'] as const).flatMap((role) => usable.filter((card) => card.role === role));
}

/** What to say where there are cards and none is primary; null where nothing is amiss. */
export function primaryNotice(cards: readonly Pick<CardRecord, 'role'>[]): string | null {
  if (cards.length === 0 || cards.some(({ role }) => role === 'primary')) return null;
  return cards.some(({ role }) => role === 'backup')
    ? 'no card is primary: only the backup is charged (wallet card primary ID)'
    : 'no card is primary, so none is charged (wallet card primary ID)';
}

/** Reads an expiry as typed, `MM/YYYY`, not over yet and at most 20 years ahead. Throws `invalid_value`. */
export function parseExpiry(text: string, today: PlainDate): { expMonth: number; expYear: number } {
  const match = /^(0[1-9]|1[0-2])\/([0-9]{4})$/.exec(text);
  const expiry = { expMonth: Number(match?.[1]), expYear: Number(match?.[2]) };
  const thisYear = partsOf(today).year;
  const bad =
    match === null
      ? 'it must be a month and a four-digit year'
      : isExpired(expiry, today)
        ? 'that month is over'
        : expiry.expYear > thisYear + 20
          ? 'that is more than 20 years ahead'
          : null;
  if (bad === null) return expiry;
  throw new WalletError('invalid_value', `the expiry ${quote(text)} is not valid`, {
    why: bad,
    hint: 'write --exp MM/YYYY, such as --exp 09/2029',
  });
}
