import { createHash } from 'node:crypto';
import { findTestCard } from '../../src/adapters/payments/sandbox-cards';
import type { Decline } from '../../src/core/payment/purchase';
import { type Form, formOf, invalid, missing, StripeRefusal, textOf } from './stripe-fake-http';

/** An object as Stripe keeps it: loosely typed here on purpose, for what counts is what goes over the wire. */
// biome-ignore lint/suspicious/noExplicitAny: a fake of a foreign API answers whatever JSON that API answers
export type Wire = Record<string, any>;

/** Stripe's memory: objects by id, and how the account is set up. */
export class StripeMemory {
  readonly objects = new Map<string, Wire>();
  readonly events: Wire[] = [];
  /** How cards that are stored under a pm_ id behave. */
  readonly tokens = new Map<string, string>();
  account = 'acct_fake0000000001';
  livemode = false;
  #counter = 0;
  #skewMs = 0;

  now(): number {
    return Math.floor((Date.now() + this.#skewMs) / 1000);
  }

  advance(ms: number): void {
    this.#skewMs += ms;
  }

  id(prefix: string): string {
    this.#counter += 1;
    return `${prefix}_${hash(`${prefix}${this.#counter}`).slice(0, 24)}`;
  }

  save(object: Wire): Wire {
    this.objects.set(object.id, object);
    return object;
  }

  create(prefix: string, object: string, fields: Wire): Wire {
    return this.save({ id: this.id(prefix), object, created: this.now(), livemode: this.livemode, ...fields });
  }

  get(what: string, id: string): Wire {
    const found = this.objects.get(id);
    if (found === undefined || found.object !== what) throw missing(what, id);
    return found;
  }

  all(what: string): Wire[] {
    return [...this.objects.values()].filter((object) => object.object === what);
  }

  happened(type: string, object: Wire): void {
    this.events.push({
      id: this.id('evt'),
      object: 'event',
      type,
      api_version: '2026-10-28.endive',
      created: this.now(),
      livemode: this.livemode,
      data: { object: structuredClone(object) },
    });
  }
}

/** Stores a test card as Stripe does when it is attached; what it may not store is declined. */
export function attachCard(memory: StripeMemory, token: string, customer: string): Wire {
  memory.get('customer', customer);
  const known = memory.objects.get(token);
  if (known?.object === 'payment_method') {
    if (known.customer !== null && known.customer !== customer)
      throw invalid('payment_method_unexpected_state', 'taken');
    if (known.detached) throw invalid('payment_method_unexpected_state', 'a detached card can not be attached again');
    known.customer = customer;
    return known;
  }
  const card = findTestCard(token);
  if (card === undefined) throw missing('PaymentMethod', token);
  if (card.refusal !== null && card.refusal !== 'unavailable') throw cardError(card.refusal);
  const stored = memory.create('pm', 'payment_method', {
    type: 'card',
    customer,
    billing_details: { name: null, email: null, address: {} },
    card: {
      brand: card.brand,
      last4: card.last4,
      exp_month: 12,
      exp_year: new Date().getUTCFullYear() + 5,
      fingerprint: hash(token).slice(0, 16),
      country: 'US',
      funding: 'credit',
    },
  });
  memory.tokens.set(stored.id, token);
  memory.happened('payment_method.attached', stored);
  return stored;
}

export function updateCard(memory: StripeMemory, id: string, form: Form): Wire {
  const method = memory.get('payment_method', id);
  if (method.customer === null) throw invalid('payment_method_unexpected_state', 'the card is not attached');
  const [month, year] = [textOf(form, 'card', 'exp_month'), textOf(form, 'card', 'exp_year')];
  if (month !== undefined) method.card.exp_month = Number(month);
  if (year !== undefined) method.card.exp_year = Number(year);
  const billing = formOf(form, 'billing_details');
  for (const [name, value] of Object.entries(billing)) method.billing_details[name] = value === '' ? null : value;
  return method;
}

export function createIntent(memory: StripeMemory, form: Form): Wire {
  const amount = Number(textOf(form, 'amount'));
  if (!Number.isInteger(amount) || amount < 50) throw invalid('amount_too_small', 'Amount must be at least $0.50 usd');
  if (amount > 99_999_999) throw invalid('amount_too_large', 'Amount must be no more than $999,999.99');
  const customer = textOf(form, 'customer') ?? null;
  if (customer !== null) memory.get('customer', customer);
  const id = memory.id('pi');
  const intent = memory.save({
    id,
    object: 'payment_intent',
    created: memory.now(),
    livemode: memory.livemode,
    amount,
    amount_received: 0,
    currency: textOf(form, 'currency'),
    customer,
    status: 'requires_payment_method',
    client_secret: `${id}_secret_never_to_be_shown`,
    metadata: formOf(form, 'metadata'),
    description: textOf(form, 'description') ?? null,
    last_payment_error: null,
    latest_charge: null,
    payment_method: null,
    readings: 0,
  });
  memory.happened('payment_intent.created', intent);
  return intent;
}

export function confirmIntent(memory: StripeMemory, id: string, form: Form): Wire {
  const intent = memory.get('payment_intent', id);
  if (intent.status !== 'requires_payment_method') throw unexpectedState(intent, 'confirm');
  const method = memory.objects.get(textOf(form, 'payment_method') ?? '');
  if (method?.object !== 'payment_method') throw missing('PaymentMethod', textOf(form, 'payment_method') ?? '');
  if (method.customer !== intent.customer) throw invalid('payment_method_unexpected_state', 'not the customer’s card');
  const behaviour = findTestCard(memory.tokens.get(method.id) ?? '')?.charge ?? 'succeeds';
  if (typeof behaviour === 'object') {
    intent.last_payment_error = { code: behaviour.code, decline_code: behaviour.declineCode };
    memory.happened('payment_intent.payment_failed', intent);
    throw cardError(behaviour, { payment_intent: structuredClone(intent) });
  }
  intent.payment_method = method.id;
  if (behaviour === 'processing') intent.status = 'processing';
  else capture(memory, intent);
  return intent;
}

/** Takes the money of an intent. */
export function capture(memory: StripeMemory, intent: Wire): void {
  const charge = memory.create('ch', 'charge', {
    amount: intent.amount,
    currency: intent.currency,
    customer: intent.customer,
    payment_intent: intent.id,
    receipt_url: `https://pay.stripe.com/receipts/${intent.id}`,
  });
  Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, latest_charge: charge.id });
  memory.happened('payment_intent.succeeded', intent);
}

export function cancelIntent(memory: StripeMemory, id: string): Wire {
  const intent = memory.get('payment_intent', id);
  if (!intent.status.startsWith('requires_')) throw unexpectedState(intent, 'cancel');
  intent.status = 'canceled';
  memory.happened('payment_intent.canceled', intent);
  return intent;
}

/** Refunds a payment; `outcome` is what the bank makes of it. */
export function createRefund(memory: StripeMemory, form: Form, outcome: string): Wire {
  const intent = memory.get('payment_intent', textOf(form, 'payment_intent') ?? '');
  if (intent.status !== 'succeeded') throw invalid('charge_not_refundable', 'nothing was taken');
  if (memory.all('dispute').some((dispute) => dispute.payment_intent === intent.id && !dispute.is_charge_refundable))
    throw invalid('charge_disputed', 'the charge is disputed');
  const earlier = memory.all('refund').filter((refund) => refund.payment_intent === intent.id);
  const refunded = earlier.reduce((sum, each) => sum + (/failed|canceled/.test(each.status) ? 0 : each.amount), 0);
  const amount = Number(textOf(form, 'amount') ?? intent.amount - refunded);
  if (refunded >= intent.amount) throw invalid('charge_already_refunded', 'the charge has been refunded already');
  if (amount < 1 || amount > intent.amount - refunded) throw invalid('amount_too_large', 'more than is left');
  const refund = memory.create('re', 'refund', {
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    charge: intent.latest_charge,
    status: outcome,
    metadata: formOf(form, 'metadata'),
    failure_reason: null,
  });
  memory.happened('refund.created', refund);
  return refund;
}

function cardError(decline: Decline, more: object = {}): StripeRefusal {
  return new StripeRefusal(402, {
    type: 'card_error',
    code: decline.code,
    ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
    message: decline.message,
    ...more,
  });
}

function unexpectedState(intent: Wire, verb: string): StripeRefusal {
  return invalid('payment_intent_unexpected_state', `You cannot ${verb} this PaymentIntent: ${intent.status}`, {
    payment_intent: structuredClone(intent),
  });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
