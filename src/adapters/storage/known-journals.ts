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
  /** A list that is looked through: there are few, and every posting leaves a new one. */
  readonly #months: readonly MonthTotal[];
  /** When the first of the open holds reaches its end. */
  readonly nextHold: Instant | null;

  /** The open grants, the oldest first, and month totals, each once. */
  constructor(grants: readonly Grant[], months: readonly MonthTotal[], nextHold: Instant | null) {
    this.grants = grants;
    this.#months = months;
    this.nextHold = nextHold;
  }

  get isLarge(): boolean {
    return this.grants.length > MOST_GRANTS || this.#months.length > MOST_MONTHS;
  }

  month(key: MonthKey): MonthTotal | undefined {
    return of(this.#months, key);
  }

  /** The same with more month totals that were read. */
  with(months: readonly MonthTotal[]): KnownJournal {
    return new KnownJournal(this.grants, [...this.#months, ...months], this.nextHold);
  }

  /** As it stands once the posting is written. What was not read is not known, whatever is added to it. */
  after({ opened, changed, months }: Posting): KnownJournal {
    const totals = this.#months.map((total) => {
      const more = of(months, total);
      return more === undefined ? total : sum(total, more);
    });
    return new KnownJournal(this.#grantsAfter(opened, changed), totals, this.nextHold);
  }

  #grantsAfter(opened: readonly Grant[], changed: readonly Grant[]): readonly Grant[] {
    if (opened.length === 0 && changed.length === 0) return this.grants;
    const written = [...opened, ...changed];
    const others = this.grants.filter((grant) => !written.some(({ seq }) => seq === grant.seq));
    return [...others, ...written].filter(({ remaining }) => remaining > 0).sort((a, b) => a.seq - b.seq);
  }
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

function of(totals: readonly MonthTotal[], { kind, month, name }: MonthKey): MonthTotal | undefined {
  return totals.find((total) => total.name === name && total.month === month && total.kind === kind);
}

function sum(total: MonthTotal, more: MonthTotal): MonthTotal {
  const { kind, name, month } = total;
  return {
    kind,
    name,
    month,
    quantity: total.quantity + more.quantity,
    freeQuantity: total.freeQuantity + more.freeQuantity,
    spent: add(total.spent, more.spent),
  };
}
