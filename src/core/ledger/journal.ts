import { GrantPool } from '../credit/burn-down';
import { DEFAULT_PRIORITY, freePart, hasExpired } from '../credit/grant';
import { add, type Credits, least, negate, subtract, ZERO } from '../credits';
import { monthIndexOf } from '../date';
import { assert } from '../errors';
import type { Calendar, Instant } from '../time';
import { ACCOUNTS, type Account, mayFace } from './chart';
import type { EntryDraft, GrantDraft, PlainUsage } from './draft';
import { type Draw, type Entry, OVERDRAFT } from './entry';
import { KeptMonths } from './kept-months';
import type { LedgerState, Posting } from './posting';
import { type DayTotal, type MonthTotal, TotalsCounter, type UsageKind } from './totals';
import { applyDraft, type KeptWallet, type WalletState } from './wallet-state';

interface PassedBudget {
  readonly app: string;
  readonly month: number;
  readonly limit: Credits;
  readonly spent: Credits;
}

/** Where usage of one kind and day is added up. */
export interface UsageTallies {
  readonly day: DayTotal;
  readonly months: readonly MonthTotal[];
}

/**
 * The one place where entries are made. It starts from what was read, keeps balances, grants and totals in step with
 * every entry, and ends in a `Posting` that the store writes as it is. Whether something may happen is decided before
 * it is entered here; what arrives here must succeed.
 */
export class Journal {
  readonly grants: GrantPool;
  readonly at: Instant;
  readonly calendar: Calendar;
  /** By app; made for the first. */
  #passedBudgets: Map<string, PassedBudget> | undefined;
  readonly #actor: string;
  /** Nothing happens before it: the periods up to it are closed. */
  readonly #closedUntil: Instant;
  #entries: Entry[] = [];
  #taken = 0;
  readonly #months: KeptMonths;
  readonly #totals: TotalsCounter;
  readonly #wallet: KeptWallet;

  constructor(state: LedgerState, facts: { at: Instant; actor: string; calendar: Calendar; closedUntil?: Instant }) {
    this.#wallet = { ...state.wallet };
    this.grants = new GrantPool(state.grants);
    this.#months = new KeptMonths(state.months);
    this.at = Math.max(facts.at, state.wallet.recordedAt) as Instant;
    this.calendar = facts.calendar;
    this.#closedUntil = facts.closedUntil ?? (0 as Instant);
    this.#totals = new TotalsCounter(facts.calendar);
    this.#actor = facts.actor;
  }

  get wallet(): WalletState {
    return { ...this.#wallet };
  }

  /** Limits that only warn, and that this write has passed: with the month and what that came to. */
  get passedBudgets(): readonly PassedBudget[] {
    return [...(this.#passedBudgets?.values() ?? [])];
  }

  passBudget(passed: PassedBudget): void {
    this.#passedBudgets = (this.#passedBudgets ?? new Map()).set(passed.app, passed);
  }

  /** What may be spent or held: posted - held + the overdraft limit. */
  get spendable(): Credits {
    return add(subtract(this.#wallet.posted, this.#wallet.held), this.#wallet.overdraftLimit);
  }

  /** The entries that were made and not taken yet. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** How many entries were made. */
  get made(): number {
    return this.#taken + this.#entries.length;
  }

  /** Hands over the entries made so far, to be written ahead of the posting, which then has those that follow. */
  takeEntries(): readonly Entry[] {
    const taken = this.#entries;
    this.#taken += taken.length;
    this.#entries = [];
    return taken;
  }

  /** A month total as it stands, entries of this write included. It must have been read for this write. */
  month(kind: MonthTotal['kind'], name: string, month: number): Readonly<MonthTotal> {
    return this.#months.require(kind, name, month);
  }

  /** Makes an entry. The draws must already have been taken from `grants`. */
  enter(draft: EntryDraft): Entry {
    const { debit, credit, amount } = draft;
    assert((debit === null) === (amount === 0) && (credit === null) === (amount === 0), 'a transfer moves something');
    assert(amount >= 0, 'a transfer is positive');
    assert(
      debit === null || credit === null || mayFace(draft.type, debit, credit),
      'an entry keeps to the chart of accounts',
    );
    applyDraft(this.#wallet, draft, this.at);
    const entry: Entry = {
      seq: this.#wallet.seq,
      type: draft.type,
      occurredAt: draft.occurredAt,
      recordedAt: this.at,
      service: draft.service ?? null,
      app: draft.app ?? null,
      user: draft.user ?? null,
      campaign: draft.campaign ?? null,
      quantity: draft.quantity ?? null,
      freeQuantity: draft.freeQuantity ?? null,
      unitPrice: draft.unitPrice ?? null,
      debit,
      credit,
      amount,
      balance: this.#wallet.posted,
      memo: draft.memo ?? null,
      reference: draft.reference ?? null,
      externalId: draft.externalId ?? null,
      actor: this.#actor,
      draws: draft.draws,
    };
    this.#entries.push(entry);
    this.#totals.take(entry);
    if (entry.type === 'usage' || entry.type === 'reversal') this.#months.count(entry, this.#monthOf(entry.occurredAt));
    return entry;
  }

  /** Where usage of one kind is added up on the day of an instant: looked up once for many entries. */
  talliesOf(usage: UsageKind, at: Instant): UsageTallies {
    const day = this.calendar.dateOf(at);
    const counted = this.#totals.placesOf(usage, day);
    const month = monthIndexOf(day);
    const service = this.#months.require('service', usage.service, month);
    const app = this.#months.require('app', usage.app, month);
    return { day: counted.day, months: [...counted.months, service, app] };
  }

  /**
   * Makes an entry of prepaid usage that costs something, without free units, from one grant: what nearly all of an
   * import is. The same as `enter` makes of it, its sums added up where `talliesOf` found them. The draw must already
   * have been taken.
   */
  enterUsage(usage: PlainUsage, tallies: UsageTallies): Entry {
    const { amount, quantity } = usage;
    const wallet = this.#wallet;
    assert(amount > 0 && wallet.posted >= amount - wallet.overdraftLimit, 'usage takes what is there');
    wallet.posted = subtract(wallet.posted, amount);
    wallet.seq += 1;
    wallet.recordedAt = this.at;
    const { day, months } = tallies;
    day.transactions += 1;
    day.quantity += quantity;
    day.amount = subtract(day.amount, amount);
    for (const month of months) {
      month.quantity += quantity;
      month.spent = add(month.spent, amount);
    }
    const entry: Entry = {
      seq: wallet.seq,
      type: 'usage',
      occurredAt: usage.occurredAt,
      recordedAt: this.at,
      service: usage.service,
      app: usage.app,
      user: usage.user,
      campaign: usage.campaign,
      quantity,
      freeQuantity: 0,
      unitPrice: usage.unitPrice,
      debit: usage.debit,
      credit: ACCOUNTS.credits,
      amount,
      balance: wallet.posted,
      memo: usage.memo,
      reference: null,
      externalId: usage.externalId,
      actor: this.#actor,
      draws: [{ grant: usage.grant, amount: negate(amount) }],
    };
    this.#entries.push(entry);
    return entry;
  }

  /** Brings credits in and opens their grant. What was overdrawn is paid first; the grant gets the rest. */
  bringIn(draft: Omit<EntryDraft, 'draws' | 'debit'> & { credit: Account }, grant: GrantDraft): Entry {
    const seq = this.#wallet.seq + 1;
    const repaid = least(this.#wallet.overdrawn, draft.amount);
    const remaining = subtract(draft.amount, repaid);
    const draws: Draw[] = repaid > 0 ? [{ grant: OVERDRAFT, amount: repaid }] : [];
    if (remaining > 0) draws.push({ grant: seq, amount: remaining });
    const entry = this.enter({ ...draft, debit: ACCOUNTS.credits, draws });
    this.grants.open({
      id: grant.id,
      seq,
      kind: grant.kind,
      credits: draft.amount,
      priority: grant.priority ?? DEFAULT_PRIORITY,
      expiresAt: grant.expiresAt ?? null,
      source: grant.source,
      createdAt: this.at,
      remaining,
      held: ZERO,
    });
    return entry;
  }

  /** Ends what is free of grants that have lapsed by now, each by an entry of its own at the instant it lapsed. */
  expireGrants(): void {
    for (const grant of this.grants.grants) {
      const free = freePart(grant);
      if (!hasExpired(grant, this.at) || free <= 0) continue;
      const draws = [{ grant: grant.seq, amount: negate(free) }];
      this.grants.apply(draws);
      this.enter({
        type: 'expiry',
        occurredAt: Math.max(grant.expiresAt ?? this.at, this.#closedUntil) as Instant,
        debit: ACCOUNTS.expired,
        credit: ACCOUNTS.credits,
        amount: free,
        draws,
        reference: grant.id,
      });
    }
  }

  result(): Posting {
    return {
      entries: this.#entries,
      wallet: this.wallet,
      opened: this.grants.opened,
      changed: this.grants.changed,
      days: this.#totals.days,
      months: this.#totals.months,
    };
  }

  #monthOf(at: Instant): number {
    return monthIndexOf(this.calendar.dateOf(at));
  }
}
