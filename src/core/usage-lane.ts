import { times } from './credits';
import { monthIndexOf } from './date';
import { usageAccount } from './ledger/chart';
import type { Entry } from './ledger/entry';
import type { Journal, UsageTallies } from './ledger/journal';
import type { MonthTotal } from './ledger/totals';
import { type PriceVersion, priceInForce } from './pricing/rating';
import type { Instant } from './time';
import { postUsage, type UsageDraft, type UsageParties } from './usage';

/** A day, under one price, in which usage is posted by a multiplication: what was looked up for it. */
interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly terms: PriceVersion;
  /** What the service has come to in the month, kept in step. */
  readonly month: Readonly<MonthTotal>;
  readonly tallies: UsageTallies;
}

/**
 * Posts events of one app, service, user and campaign one after another, as `postUsage` does. What it looks up for one
 * of them holds for those of the same day and price; whatever has to be weighed (quotas, tiers, budgets, postpaid
 * services, the end of a grant) goes the long way.
 */
export class UsageLane {
  readonly #journal: Journal;
  readonly #parties: UsageParties;
  readonly #user: string | null;
  readonly #campaign: string | null;
  readonly #debit: number;
  #stretch: Stretch | undefined;

  constructor(journal: Journal, parties: UsageParties, kind: { user: string | null; campaign: string | null }) {
    this.#journal = journal;
    this.#parties = parties;
    this.#user = kind.user;
    this.#campaign = kind.campaign;
    this.#debit = usageAccount(parties.service.number);
  }

  /** Throws as `postUsage`. The event's user and campaign must be the lane's, and it must be on time. */
  post(event: Omit<UsageDraft, 'user' | 'campaign' | 'reference'>): Entry {
    return this.#postPlain(event) ?? this.#postWeighed(event);
  }

  #postWeighed(event: Omit<UsageDraft, 'user' | 'campaign' | 'reference'>): Entry {
    return postUsage(this.#journal, { ...event, user: this.#user, campaign: this.#campaign }, this.#parties);
  }

  #postPlain({ occurredAt, quantity, memo, externalId }: Omit<UsageDraft, 'user' | 'campaign'>): Entry | undefined {
    const { app, service } = this.#parties;
    let stretch = this.#stretch;
    if (stretch === undefined || occurredAt < stretch.from || occurredAt >= stretch.to) {
      stretch = this.#stretchAt(occurredAt);
      this.#stretch = stretch;
    }
    if (stretch === undefined) return undefined;
    const { terms, month, tallies } = stretch;
    if (month.freeQuantity < terms.freeQuota) return undefined;
    const amount = times(terms.price, quantity);
    if (amount === 0 || amount > this.#journal.spendable) return undefined;
    const grant = this.#journal.grants.drawFromNext(amount);
    if (grant === undefined) return undefined;
    const usage = {
      occurredAt,
      service: service.service,
      app: app.app,
      user: this.#user,
      campaign: this.#campaign,
      quantity,
      unitPrice: terms.price,
      debit: this.#debit,
      amount,
      memo,
      externalId,
      grant,
    };
    return this.#journal.enterUsage(usage, tallies);
  }

  /** Undefined where an event has to be weighed. */
  #stretchAt(at: Instant): Stretch | undefined {
    const { app, service } = this.#parties;
    const terms = priceInForce(service.versions, at);
    if (terms === undefined || app.archived || app.limit !== null) return undefined;
    if (terms.billing !== 'prepaid' || terms.tiers.length > 0) return undefined;
    const { calendar } = this.#journal;
    const day = calendar.dateOf(at);
    const starts = service.versions.map((version) => version.effectiveFrom);
    const kind = { service: service.service, app: app.app, user: this.#user, campaign: this.#campaign };
    return {
      from: Math.max(calendar.startOfDay(day), ...starts.filter((start) => start <= at)) as Instant,
      to: Math.min(calendar.startOfDay((day + 1) as typeof day), ...starts.filter((start) => start > at)) as Instant,
      terms,
      month: this.#journal.month('service', service.service, monthIndexOf(day)),
      tallies: this.#journal.talliesOf(kind, at),
    };
  }
}
