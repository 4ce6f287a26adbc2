import type { Grant } from '../../core/credit/grant';
import { add } from '../../core/credits';
import type { Posting } from '../../core/ledger/posting';
import type { MonthTotal } from '../../core/ledger/totals';
import type { Instant } from '../../core/time';
import type { WalletRow } from './ledger-rows';

type MonthKey = Pick<MonthTotal, 'kind' | 'name' | 'month'>;

const MOST_ORGANISATIONS = 10_000;
/** A wallet with more of either is read each time: it is not worth its memory. */
const MOST_GRANTS = 50;
const MOST_MONTHS = 500;

/** What a journal starts from beside the wallet's row, as it stood when that was read or written. It is never changed. */
export class KnownJournal {
  readonly grants: readonly Grant[];
  readonly #months: ReadonlyMap<string, MonthTotal>;
  /** When the first of the open holds reaches its end. */
  readonly nextHold: Instant | null;

  /** The open grants, the oldest first, and month totals by their key. */
  constructor(grants: readonly Grant[], months: ReadonlyMap<string, MonthTotal>, nextHold: Instant | null) {
    this.grants = grants;
    this.#months = months;
    this.nextHold = nextHold;
  }

  get isLarge(): boolean {
    return this.grants.length > MOST_GRANTS || this.#months.size > MOST_MONTHS;
  }

  month(key: MonthKey): MonthTotal | undefined {
    return this.#months.get(keyOf(key));
  }

  /** The same with more month totals that were read. */
  with(months: readonly MonthTotal[]): KnownJournal {
    return new KnownJournal(this.grants, new Map([...this.#months, ...byKey(months)]), this.nextHold);
  }

  /** As it stands once the posting is written. */
  after({ opened, changed, months }: Posting): KnownJournal {
    const written = [...opened, ...changed];
    const seqs = new Set(written.map(({ seq }) => seq));
    const others = this.grants.filter(({ seq }) => !seqs.has(seq));
    const open = [...others, ...written].filter(({ remaining }) => remaining > 0).sort((a, b) => a.seq - b.seq);
    // What was not read is not known, whatever is added to it.
    const added = months.filter((month) => this.#months.has(keyOf(month)));
    return new KnownJournal(open, added.length === 0 ? this.#months : this.#withSums(added), this.nextHold);
  }

  #withSums(added: readonly MonthTotal[]): ReadonlyMap<string, MonthTotal> {
    const totals = new Map(this.#months);
    for (const more of added) {
      const total = totals.get(keyOf(more));
      if (total !== undefined) totals.set(keyOf(more), sum(total, more));
    }
    return totals;
  }
}

/** Month totals by the key they are known under. */
export function byKey(months: readonly MonthTotal[]): ReadonlyMap<string, MonthTotal> {
  return new Map(months.map((month) => [keyOf(month), month]));
}

/**
 * What this process knows of each organisation's journal, under the end of its chain. Every write that changes grants,
 * totals or holds seals a link, here or in another process, and so leaves another end: where it is the same, this stands.
 */
export class JournalMemory {
  readonly #known = new Map<number, { readonly wallet: WalletRow; readonly journal: KnownJournal }>();

  under(org: number, head: string): KnownJournal | undefined {
    const known = this.#known.get(org);
    return known?.wallet.head === head ? known.journal : undefined;
  }

  /** The row of the wallet as this process left it last, where the journal is known under it. */
  wallet(org: number): WalletRow | undefined {
    return this.#known.get(org)?.wallet;
  }

  /** Keeps what stands under the end of the chain that the wallet's row has; undefined where that is not known. */
  keep(org: number, wallet: WalletRow, journal: KnownJournal | undefined): void {
    if (this.#known.size >= MOST_ORGANISATIONS) this.#known.clear();
    if (journal === undefined || journal.isLarge) this.#known.delete(org);
    else this.#known.set(org, { wallet, journal });
  }

  forget(org: number): void {
    this.#known.delete(org);
  }
}

function sum(total: MonthTotal, more: MonthTotal): MonthTotal {
  return {
    ...total,
    quantity: total.quantity + more.quantity,
    freeQuantity: total.freeQuantity + more.freeQuantity,
    spent: add(total.spent, more.spent),
  };
}

function keyOf({ kind, month, name }: MonthKey): string {
  return `${kind} ${month} ${name}`;
}
