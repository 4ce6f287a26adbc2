import { add, type Credits, formatCredits, subtract, ZERO } from './credits';
import { monthIndexOf } from './date';
import { WalletError } from './errors';
import { ACCOUNTS, usageAccount } from './ledger/chart';
import type { Draw, Entry } from './ledger/entry';
import type { Journal } from './ledger/journal';
import { dependsOnMonth, type MonthUsage, type PriceVersion, priceInForce, type Rating, rate } from './pricing/rating';
import { formatInstant, type Instant } from './time';

/** A service as the ledger knows it. */
export interface PricedService {
  readonly service: string;
  /** Counts the organisation's services from 1: the number of its expense account. */
  readonly number: number;
  readonly versions: readonly PriceVersion[];
}

/** An app that spends, with what bounds it. */
export interface SpendingApp {
  readonly app: string;
  readonly archived: boolean;
  readonly limit: { readonly monthly: Credits; readonly onLimit: 'warn' | 'block' } | null;
  /** Reserved by the app's open holds: counts against its limit. */
  readonly held: Credits;
}

/** One event of usage, parsed. */
export interface UsageDraft {
  readonly quantity: number;
  readonly occurredAt: Instant;
  readonly externalId: string | null;
  readonly user: string | null;
  readonly campaign: string | null;
  readonly memo: string | null;
  /** When it happened, where it is posted later as its period was closed: it is priced at that time. */
  readonly ownTime?: Instant;
  /** What marks an event that came too late for its period. */
  readonly reference?: string | null;
}

/** Who spends on what, and what the world outside the journal has to say about it. */
export interface UsageParties {
  readonly app: SpendingApp;
  readonly service: PricedService;
  /** Whether a card that can be charged is on file: postpaid services ask for one. */
  readonly usableCard: boolean;
}

/** What an event would cost, and from what. */
export interface Quote extends Rating {
  readonly terms: PriceVersion;
}

/**
 * Prices an event: by the terms in force when it happened, with the quota and the tiers of the month it is posted in.
 * Throws `invalid_time` where the service had no price yet.
 */
export function quoteUsage(
  journal: Journal,
  service: PricedService,
  quantity: number,
  at: Instant,
  ownTime = at,
): Quote {
  const terms = priceInForce(service.versions, ownTime);
  if (terms === undefined) {
    throw new WalletError('invalid_time', `${service.service} had no price at ${formatInstant(ownTime)}`, {
      why: 'usage is priced at the price in force when it happened',
      hint: `wallet service show ${service.service}`,
    });
  }
  const before = dependsOnMonth(terms) ? monthUsage(journal, service.service, at) : NONE_BEFORE;
  const { freeQuantity, cost, unitPrice } = rate(terms, quantity, before);
  return { terms, freeQuantity, cost, unitPrice };
}

const NONE_BEFORE: MonthUsage = { quantity: 0, freeQuantity: 0 };

function monthUsage(journal: Journal, service: string, at: Instant): MonthUsage {
  return journal.month('service', service, monthIndexOf(journal.calendar.dateOf(at)));
}

/**
 * Whether a job may run, and what it costs then: the one decision behind posting, asking and reserving. Throws
 * `invalid_state` (archived app), `invalid_time`, `no_payment_method`, `budget_exceeded` or `insufficient_credits`.
 */
export function decideUsage(
  journal: Journal,
  { app, service, usableCard }: UsageParties,
  { quantity, occurredAt: at, ownTime }: Pick<UsageDraft, 'quantity' | 'occurredAt' | 'ownTime'>,
) {
  if (app.archived) throw archived(app.app);
  const { terms, cost, freeQuantity, unitPrice } = quoteUsage(journal, service, quantity, at, ownTime);
  const postpaid = terms.billing === 'postpaid';
  if (postpaid && !usableCard) throw noCard(service.service);
  checkBudget(journal, app, at, cost);
  if (!postpaid && cost > journal.spendable) throw insufficient(journal, cost);
  return { cost, freeQuantity, unitPrice, postpaid };
}

/**
 * Posts one event: at its own price, free quota first, from the grants in burn-down order; or, for a postpaid service,
 * onto the open invoice. All checks come first and change nothing. Throws as `decideUsage`.
 */
export function postUsage(journal: Journal, draft: UsageDraft, parties: UsageParties): Entry {
  const { app, service } = parties;
  const { cost, freeQuantity, unitPrice, postpaid } = decideUsage(journal, parties, draft);
  // Nothing was changed above; nothing can be refused below.
  const moves = cost > 0;
  return journal.enter({
    type: 'usage',
    occurredAt: draft.occurredAt,
    debit: moves ? usageAccount(service.number) : null,
    credit: moves ? (postpaid ? ACCOUNTS.postpaid : ACCOUNTS.credits) : null,
    amount: cost,
    draws: moves && !postpaid ? journal.grants.draw(cost) : NO_DRAWS,
    service: service.service,
    app: app.app,
    user: draft.user,
    campaign: draft.campaign,
    quantity: draft.quantity,
    freeQuantity,
    unitPrice,
    memo: draft.memo,
    reference: draft.reference ?? null,
    externalId: draft.externalId,
  });
}

const NO_DRAWS: readonly Draw[] = [];

/** Throws `budget_exceeded` where the app's limit blocks and the cost would pass it. Landing on the limit is allowed. */
export function checkBudget(journal: Journal, app: SpendingApp, at: Instant, cost: Credits): void {
  const missing = missingToBudget(journal, app, at, cost);
  if (missing <= 0 || app.limit === null) return;
  if (app.limit.onLimit === 'warn') {
    const { app: name, limit } = app;
    const month = monthIndexOf(journal.calendar.dateOf(at));
    journal.passBudget({ app: name, month, limit: limit.monthly, spent: add(limit.monthly, missing) });
    return;
  }
  throw new WalletError(
    'budget_exceeded',
    `the monthly limit of app ${app.app} blocks ${formatCredits(cost)} credits`,
    {
      why: `the limit of ${formatCredits(app.limit.monthly)} would be passed by ${formatCredits(missing)}, open holds counted`,
      hint: `wallet app limit ${app.app} --monthly AMOUNT`,
      details: {
        app: app.app,
        cost: formatCredits(cost),
        limit: formatCredits(app.limit.monthly),
        missing: formatCredits(missing),
      },
    },
  );
}

/** By how much the cost would pass the app's monthly limit; zero or less where it would not. */
function missingToBudget(journal: Journal, app: SpendingApp, at: Instant, cost: Credits): Credits {
  if (app.limit === null || cost === 0) return ZERO;
  const month = monthIndexOf(journal.calendar.dateOf(at));
  const after = journal.month('app', app.app, month).spent + app.held + cost;
  return subtract(after as Credits, app.limit.monthly);
}

/** The refusal of what the wallet cannot pay, with what is missing. */
export function insufficient(journal: Journal, cost: Credits): WalletError {
  const missing = subtract(cost, journal.spendable);
  return new WalletError(
    'insufficient_credits',
    `${formatCredits(cost)} credits are needed and ${formatCredits(journal.spendable)} are available`,
    {
      why: `${formatCredits(missing)} credits are missing; nothing was deducted`,
      hint: 'wallet buy CREDITS',
      details: {
        needed: formatCredits(cost),
        available: formatCredits(journal.spendable),
        missing: formatCredits(missing),
      },
    },
  );
}

/** The refusal of an app that may no longer spend. */
export function archived(app: string): WalletError {
  return new WalletError('invalid_state', `app ${app} is archived`, {
    why: 'an archived app can no longer spend',
    hint: `wallet app add ${app}`,
    details: { app },
  });
}

/** The refusal of postpaid usage that no card stands behind. */
export function noCard(service: string): WalletError {
  return new WalletError('no_payment_method', `${service} is postpaid and there is no usable card on file`, {
    why: 'postpaid services are invoiced and charged to a card at the end of the month',
    hint: 'wallet card add',
    details: { service },
  });
}
