import { add, type Credits, ZERO } from '../credits';
import type { EntryType } from '../ledger/chart';
import type { DayTotal } from '../ledger/totals';
import { UsageFold, type UsageRow } from './usage';

/** The kinds of movement a statement has, in its order. All are signed: what they did to the credits in the wallet. */
export const MOVEMENTS = [
  'purchased',
  'granted',
  'used',
  'reversed',
  'refunded',
  'expired',
  'adjusted',
  'chargedBack',
] as const;

export type Movement = (typeof MOVEMENTS)[number];

/** Under which movement a type of transaction is summed. Holds move credits inside the wallet, and are none. */
const MOVEMENT_OF: Readonly<Record<EntryType, Movement | null>> = {
  purchase: 'purchased',
  recharge: 'purchased',
  grant: 'granted',
  usage: 'used',
  reversal: 'reversed',
  refund: 'refunded',
  expiry: 'expired',
  adjustment: 'adjusted',
  chargeback: 'chargedBack',
  hold: null,
  release: null,
  payment: null,
  rounding: null,
};

/** Opening + the sum of the movements = closing, to the micro, because closing is made in no other way. */
export interface Statement {
  readonly opening: Credits;
  readonly movements: Readonly<Record<Movement, Credits>>;
  readonly closing: Credits;
  /** What postpaid usage added to invoices: no credits. */
  readonly invoiced: Credits;
  readonly byService: readonly UsageRow[];
  readonly byApp: readonly UsageRow[];
}

/** Adds up daily totals to a statement: those before the period to its opening, those in it to its movements. */
export class StatementFold {
  readonly #services = new UsageFold(['service']);
  readonly #apps = new UsageFold(['app']);
  readonly #movements: Record<Movement, Credits>;
  #opening: Credits = ZERO;
  #invoiced: Credits = ZERO;

  constructor() {
    this.#movements = Object.fromEntries(MOVEMENTS.map((name) => [name, ZERO])) as Record<Movement, Credits>;
  }

  takeBefore(total: Pick<DayTotal, 'amount'>): void {
    this.#opening = add(this.#opening, total.amount);
  }

  take(total: DayTotal): void {
    const movement = MOVEMENT_OF[total.type];
    if (movement === null) return;
    this.#movements[movement] = add(this.#movements[movement], total.amount);
    this.#invoiced = add(this.#invoiced, total.invoiced);
    if (movement !== 'used' && movement !== 'reversed') return;
    this.#services.take(total);
    this.#apps.take(total);
  }

  result(): Statement {
    const movements = { ...this.#movements };
    return {
      opening: this.#opening,
      movements,
      closing: MOVEMENTS.reduce((sum, name) => add(sum, movements[name]), this.#opening),
      invoiced: this.#invoiced,
      byService: this.#services.result().rows,
      byApp: this.#apps.result().rows,
    };
  }
}
