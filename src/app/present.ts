import type { Card } from '../contract/cards';
import type { App, PriceVersion, Service } from '../contract/catalogue';
import type { Grant } from '../contract/credit';
import type { Hold } from '../contract/holds';
import type { Organisation } from '../contract/organisation';
import type { Purchase, Refund } from '../contract/purchases';
import type { Transaction, TransactionType } from '../contract/transactions';
import type { Decimal, Timestamp } from '../contract/values';
import type { Grant as GrantState } from '../core/credit/grant';
import type { Hold as HoldState } from '../core/credit/hold';
import { type Credits, formatCredits } from '../core/credits';
import { assert, WalletError } from '../core/errors';
import { transactionId } from '../core/ids';
import { effectOnPosted, effectOnPostpaid, isTransaction } from '../core/ledger/entry';
import { type CardRecord, cardStatus, isExpiring } from '../core/payment/card';
import { DEFAULT_CONFIRM_ABOVE } from '../core/payment/limits';
import { isUnresolved, type PurchaseRecord, publicStatus } from '../core/payment/purchase';
import type { RefundRecord } from '../core/payment/refund';
import { priceInForce } from '../core/pricing/rating';
import { formatInstant, type Instant } from '../core/time';
import type { ListedEntry } from '../ports/ledger-view';
import type { AppRecord, PriceRecord, ServiceRecord } from '../ports/record-types';
import type { Session } from './session';

export function presentOrganisation({ org, info }: Pick<Session, 'org' | 'info'>): Organisation {
  return {
    name: org.name,
    email: org.email,
    timeZone: org.timeZone,
    accountingContact: org.accountingContact,
    postalAddress: org.postalAddress,
    dailyLimit: decimalOrNull(org.dailyLimit),
    confirmAbove: formatCredits(org.confirmAbove ?? DEFAULT_CONFIRM_ABOVE),
    frozenAt: timeOrNull(org.frozenAt),
    provider: info.provider,
    mode: info.mode,
    restoredAt: timeOrNull(org.restoredAt),
    reconciledAt: timeOrNull(org.reconciledAt),
    createdAt: formatInstant(org.createdAt),
  };
}

export function presentTransaction(session: Session, entry: ListedEntry): Transaction {
  assert(isTransaction(entry.type), 'only transactions are shown');
  const recordedAt = formatInstant(entry.recordedAt);
  return {
    id: transactionId(entry.recordedAt, entry.seq, session.org.tag),
    time: entry.occurredAt === entry.recordedAt ? recordedAt : formatInstant(entry.occurredAt),
    recordedAt,
    type: entry.type as TransactionType,
    service: entry.service,
    app: entry.app,
    user: entry.user,
    campaign: entry.campaign,
    quantity: entry.quantity,
    freeQuantity: entry.freeQuantity,
    unitPrice: decimalOrNull(entry.unitPrice),
    amount: formatCredits(effectOnPosted(entry)),
    invoiced: formatCredits(effectOnPostpaid(entry)),
    balance: formatCredits(entry.balance),
    memo: entry.memo,
    reference: entry.reference,
    externalId: entry.externalId,
    actor: entry.actor,
  };
}

export function presentPurchase(session: Session, purchase: PurchaseRecord): Purchase {
  return {
    id: purchase.id,
    status: publicStatus(purchase),
    trigger: purchase.trigger,
    credits: formatCredits(purchase.credits),
    refunded: formatCredits(purchase.refunded),
    paymentMethod: purchase.paymentMethod,
    provider: session.info.provider,
    providerReference: purchase.payment,
    failure: purchase.state === 'succeeded' ? null : purchase.failure,
    transaction:
      purchase.entry === null || purchase.settledAt === null
        ? null
        : transactionId(purchase.settledAt, purchase.entry, session.org.tag),
    // A page that was paid or closed is none to send anybody to.
    hosted: isUnresolved(purchase) ? (purchase.hosted?.url ?? null) : null,
    memo: purchase.memo,
    createdAt: formatInstant(purchase.createdAt),
    settledAt: timeOrNull(purchase.settledAt),
  };
}

export function presentRefund(refund: RefundRecord): Refund {
  return {
    id: refund.id,
    purchase: refund.purchase,
    kind: refund.kind,
    status: refund.state,
    credits: formatCredits(refund.credits),
    providerReference: refund.reference,
    failure: refund.failure,
    createdAt: formatInstant(refund.createdAt),
    settledAt: timeOrNull(refund.settledAt),
  };
}

export function presentCard(session: Session, card: CardRecord): Card {
  const today = session.calendar.dateOf(session.now());
  return {
    id: card.id,
    brand: card.brand,
    last4: card.last4,
    expMonth: card.expMonth,
    expYear: card.expYear,
    name: card.name,
    email: card.email,
    address: card.address,
    role: card.removedAt === null ? card.role : 'none',
    status: cardStatus(card, today),
    verifiedAt: timeOrNull(card.verifiedAt),
    expiring: isExpiring(card, today),
  };
}

export function presentGrant(grant: GrantState): Grant {
  return {
    id: grant.id,
    kind: grant.kind,
    credits: formatCredits(grant.credits),
    remaining: formatCredits(grant.remaining),
    priority: grant.priority,
    expiresAt: timeOrNull(grant.expiresAt),
    source: grant.source,
    createdAt: formatInstant(grant.createdAt),
  };
}

export function presentHold(hold: HoldState): Hold {
  return {
    id: hold.id,
    status: hold.state,
    app: hold.app,
    service: hold.service,
    quantity: hold.quantity,
    credits: formatCredits(hold.credits),
    captured: formatCredits(hold.captured),
    campaign: hold.campaign,
    expiresAt: formatInstant(hold.expiresAt),
    createdAt: formatInstant(hold.createdAt),
  };
}

/** The service with the terms in force now; or, before its first version takes effect, with those that will be. */
export function presentService(service: ServiceRecord, prices: readonly PriceRecord[], now: Instant): Service {
  const versions = prices.map(toPriceVersion);
  const terms = priceInForce(versions, now) ?? versions[0];
  if (terms === undefined) throw new WalletError('internal', `service ${service.id} has no price`);
  return {
    service: service.id,
    name: service.name,
    unit: service.unit,
    price: formatCredits(terms.price),
    tiers: terms.tiers.map((tier) => ({ from: tier.from, price: formatCredits(tier.price) })),
    freeQuota: terms.freeQuota,
    billing: terms.billing,
    effectiveFrom: formatInstant(terms.effectiveFrom),
    example: terms.example,
  };
}

export function presentPriceVersion(price: PriceRecord): PriceVersion {
  return {
    version: price.number,
    effectiveFrom: formatInstant(price.effectiveFrom),
    price: formatCredits(price.price),
    tiers: price.tiers.map((tier) => ({ from: tier.from, price: formatCredits(tier.price) })),
    freeQuota: price.freeQuota,
    billing: price.billing,
    createdAt: formatInstant(price.createdAt),
  };
}

/** A stored price as core rates by it. */
export function toPriceVersion(price: PriceRecord) {
  return { ...price, version: price.number };
}

export function presentApp(app: AppRecord, spentThisMonth: Credits): App {
  return {
    app: app.app,
    id: app.id,
    name: app.name,
    status: app.archivedAt === null ? 'active' : 'archived',
    limit: app.limitMonthly === null ? null : { monthly: formatCredits(app.limitMonthly), onLimit: app.onLimit },
    spentThisMonth: formatCredits(spentThisMonth),
    createdAt: formatInstant(app.createdAt),
  };
}

function decimalOrNull(amount: Credits | null): Decimal | null {
  return amount === null ? null : formatCredits(amount);
}

export function timeOrNull(at: Instant | null): Timestamp | null {
  return at === null ? null : formatInstant(at);
}
