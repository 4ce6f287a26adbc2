import type { Card } from '../contract/cards';
import type { Balance } from '../contract/credit';
import type { Organisation } from '../contract/organisation';

const DAY_MS = 86_400_000;

/** `1,234`, for counts in sentences. Data never has separators. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 row`, `2 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `visa ending 4242`. */
export function cardName(card: Pick<Card, 'brand' | 'last4'>): string {
  return `${card.brand} ending ${card.last4}`;
}

/** What is said beside money that is none. */
export const SANDBOX = 'SANDBOX';

/** `  SANDBOX` behind an amount, or nothing. */
export function sandboxMark(balance: Pick<Balance, 'sandbox'>): string {
  return balance.sandbox ? `  ${SANDBOX}` : '';
}

/** The sentence that closes every change of the balance; none for an app, which may not see it. */
export function balanceLine(balance: Balance | undefined): string {
  if (balance === undefined) return '';
  const held = Number(balance.held) === 0 ? '' : `, ${balance.held} held`;
  return `balance: ${balance.available} ${balance.currency} available${held}${sandboxMark(balance)}\n`;
}

/** Days since the processor was asked, from a week on: long enough for a refund or a dispute to have gone unseen. */
export function daysUnreconciled(
  org: Pick<Organisation, 'reconciledAt' | 'createdAt'>,
  asOf: string,
): number | undefined {
  const days = Math.floor((Date.parse(asOf) - Date.parse(org.reconciledAt ?? org.createdAt)) / DAY_MS);
  return days < 7 ? undefined : days;
}
