import { GrantPool } from '../credit/burn-down';
import type { Grant } from '../credit/grant';
import { formatCredits, ZERO } from '../credits';
import { monthIndexOf } from '../date';
import { type PriceVersion, priceInForce, rate } from '../pricing/rating';
import { ownTime } from '../report/closing';
import type { Calendar } from '../time';
import { ACCOUNTS } from './chart';
import { type Draw, type Entry, effectOnHeld } from './entry';

/**
 * Prices and draws every usage again, from the price versions and grants as the chain knew them at that write. What
 * comes out must be what was posted: to the micro-credit and to the grant.
 */
export class Replay {
  readonly findings: string[] = [];
  readonly #calendar: Calendar;
  readonly #nameOf: (entry: Entry) => string;
  readonly #prices = new Map<string, PriceVersion[]>();
  readonly #grantTerms = new Map<number, Grant>();
  readonly #used = new Map<string, { quantity: number; freeQuantity: number }>();
  readonly #pool = new GrantPool([]);

  constructor(calendar: Calendar, nameOf: (entry: Entry) => string) {
    this.#calendar = calendar;
    this.#nameOf = nameOf;
  }

  /** Takes what a write changed, before its entries. */
  takeChanges(changes: readonly { record: string; value: unknown }[]): void {
    for (const { record, value } of changes) {
      // What the chain holds of prices and grants is what the store wrote of them: these very records.
      if (record === 'prices') this.#takePrice(value as PriceVersion & { number: number });
      if (record === 'grants') this.#grantTerms.set((value as Grant).seq, value as Grant);
    }
  }

  take(entry: Entry): void {
    if (entry.type === 'usage') this.#checkPrice(entry);
    if (entry.type === 'usage' || entry.type === 'reversal') this.#count(entry);
    const captured = entry.reference?.startsWith('hold_') === true;
    const drawn = entry.type === 'usage' && !captured && entry.credit === ACCOUNTS.credits;
    if (drawn) this.#checkDraws(entry);
    else this.#apply(entry);
  }

  #takePrice(price: PriceVersion & { number: number }): void {
    const versions = this.#prices.get(price.service) ?? [];
    versions.push({ ...price, version: price.number });
    this.#prices.set(price.service, versions);
  }

  #checkPrice(entry: Entry): void {
    const terms = priceInForce(this.#prices.get(entry.service ?? '') ?? [], ownTime(entry));
    if (terms === undefined) {
      this.#report(entry, `${entry.service} had no price`);
      return;
    }
    const rated = rate(terms, entry.quantity ?? 0, this.#monthOf(entry));
    if (rated.cost !== entry.amount)
      this.#report(entry, `it cost ${formatCredits(entry.amount)} and comes to ${formatCredits(rated.cost)}`);
    else if (rated.freeQuantity !== entry.freeQuantity)
      this.#report(entry, `${rated.freeQuantity} of its units should be free`);
    else if (rated.unitPrice !== entry.unitPrice) this.#report(entry, 'its unit price is not the one in force');
  }

  #monthOf(entry: Entry): { quantity: number; freeQuantity: number } {
    const key = `${entry.service}/${monthIndexOf(this.#calendar.dateOf(entry.occurredAt))}`;
    const used = this.#used.get(key) ?? { quantity: 0, freeQuantity: 0 };
    this.#used.set(key, used);
    return used;
  }

  #count(entry: Entry): void {
    const used = this.#monthOf(entry);
    const sign = entry.type === 'usage' ? 1 : -1;
    used.quantity += sign * (entry.quantity ?? 0);
    used.freeQuantity += sign * (entry.freeQuantity ?? 0);
  }

  #checkDraws(entry: Entry): void {
    const again = this.#pool.draw(entry.amount);
    const same = again.length === entry.draws.length && again.every((draw, i) => sameDraw(draw, entry.draws[i]));
    if (!same) this.#report(entry, 'it did not draw on the grants in burn-down order');
  }

  #apply(entry: Entry): void {
    const known = entry.draws.filter((draw) => this.#pool.find(draw.grant) !== undefined);
    if (effectOnHeld(entry) !== 0) {
      this.#pool.applyHeld(known);
      return;
    }
    const opening = entry.draws.find((draw) => draw.grant === entry.seq)?.amount ?? ZERO;
    const terms = this.#grantTerms.get(entry.seq);
    if (terms !== undefined) this.#pool.open({ ...terms, remaining: opening, held: ZERO });
    this.#pool.apply(known);
  }

  #report(entry: Entry, what: string): void {
    if (this.findings.length < 20) this.findings.push(`${this.#nameOf(entry)}: ${what}`);
  }
}

function sameDraw(a: Draw, b: Draw | undefined): boolean {
  return b !== undefined && a.grant === b.grant && a.amount === b.amount;
}
