import { add, subtract } from '../credits';
import { assert } from '../errors';
import { type Entry, effectOnPosted, effectOnPostpaid } from './entry';
import type { MonthTotal } from './totals';

/** By month, then name. */
type ByMonth = Map<number, Map<string, MonthTotal>>;

/** The month totals that a write has read, by kind, month and name, kept in step with every entry it makes. */
export class KeptMonths {
  /** Each made when there is a total of its kind: most writes of usage read none. */
  #service: ByMonth | undefined;
  #app: ByMonth | undefined;

  /** Takes copies: what was read stays as it is. */
  constructor(read: readonly MonthTotal[]) {
    for (const total of read) {
      const ofKind = this.#of(total.kind) ?? this.#make(total.kind);
      ofKind.set(total.month, (ofKind.get(total.month) ?? new Map()).set(total.name, { ...total }));
    }
  }

  /** A total as it stands, to be read or added to. It must have been read for this write. */
  require(kind: MonthTotal['kind'], name: string, month: number): MonthTotal {
    const total = this.#of(kind)?.get(month)?.get(name);
    assert(total !== undefined, 'a month total was read before it is asked for');
    return total;
  }

  /** Adds an entry of usage, or of its reversal, to those of the totals of its month that were read. */
  count(entry: Entry, month: number): void {
    this.#add(entry, this.#service?.get(month)?.get(entry.service ?? ''));
    this.#add(entry, this.#app?.get(month)?.get(entry.app ?? ''));
  }

  #add(entry: Entry, total: MonthTotal | undefined): void {
    if (total === undefined) return;
    const sign = entry.type === 'usage' ? 1 : -1;
    total.quantity += sign * (entry.quantity ?? 0);
    total.freeQuantity += sign * (entry.freeQuantity ?? 0);
    total.spent = add(total.spent, subtract(effectOnPostpaid(entry), effectOnPosted(entry)));
  }

  #of(kind: MonthTotal['kind']): ByMonth | undefined {
    return kind === 'service' ? this.#service : this.#app;
  }

  #make(kind: MonthTotal['kind']): ByMonth {
    const made: ByMonth = new Map();
    if (kind === 'service') this.#service = made;
    else this.#app = made;
    return made;
  }
}
