import Stripe from 'stripe';
import { toCents } from '../../core/credits';
import type { Dispute, Refund } from '../../core/payment/refund';
import type { Instant } from '../../core/time';
import type { RefundAnswer, RefundRequest } from '../../ports/payment-gateway';
import { idOf, refusalOf, unavailable, unknownOf } from './stripe-answers';
import { PAGE_SIZE, readAll, type StripeClient } from './stripe-client';

/** Sends money back. A refusal is definite; anything unclear stays unknown and is settled by the list. */
export async function createRefund(
  client: StripeClient,
  instance: string,
  request: RefundRequest,
  key: string,
): Promise<RefundAnswer> {
  const params: Stripe.RefundCreateParams = {
    payment_intent: request.payment,
    amount: toCents(request.credits),
    metadata: { wallet_instance: instance, wallet_refund: request.refund },
  };
  try {
    const made = toRefund(await client.call(key, (sdk, options) => sdk.refunds.create(params, options)));
    return made === undefined
      ? { kind: 'unknown', reason: 'the answer was not whole' }
      : { kind: 'refund', refund: made };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError)
      return { kind: 'refused', code: error.code ?? 'card_error', message: error.message };
    return refusalOf(error) ?? unknownOf(error);
  }
}

export async function findRefunds(
  client: StripeClient,
  where: { payment: string } | { since: Instant },
): Promise<readonly Refund[]> {
  const filter = 'payment' in where ? { payment_intent: where.payment } : createdSince(where.since);
  return listed(() =>
    readAll(client, (sdk, options, after) => sdk.refunds.list({ ...filter, limit: PAGE_SIZE, ...after }, options)),
  ).then((found) => found.map(toRefund).filter((refund) => refund !== undefined));
}

export async function findDisputes(client: StripeClient, since: Instant): Promise<readonly Dispute[]> {
  const filter = createdSince(since);
  const found = await listed(() =>
    readAll(client, (sdk, options, after) => sdk.disputes.list({ ...filter, limit: PAGE_SIZE, ...after }, options)),
  );
  return found.map((dispute) => ({
    id: dispute.id,
    payment: idOf(dispute.payment_intent),
    amountCents: dispute.amount,
    status: dispute.status,
    refundable: dispute.is_charge_refundable,
  }));
}

/**
 * What a command has read of the whole account. One organisation after the other asks for it; read for each of a
 * thousand, it would use up the time they share.
 */
export class AccountList<T> {
  readonly #read: (since: Instant) => Promise<readonly T[]>;
  #known: { readonly since: Instant; readonly found: readonly T[] } | undefined;

  constructor(read: (since: Instant) => Promise<readonly T[]>) {
    this.#read = read;
  }

  /** Everything since then, and perhaps what is older. Throws `provider_unavailable`. */
  async since(since: Instant): Promise<readonly T[]> {
    if (this.#known === undefined || since < this.#known.since) this.#known = { since, found: await this.#read(since) };
    return this.#known.found;
  }
}

async function listed<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read();
  } catch (error) {
    throw unavailable(error);
  }
}

function createdSince(since: Instant) {
  return { created: { gte: Math.floor(since / 1000) } };
}

function toRefund(refund: Stripe.Refund): Refund | undefined {
  const { id, amount, status, metadata } = refund;
  if (typeof id !== 'string' || !Number.isSafeInteger(amount) || typeof status !== 'string') return undefined;
  return {
    id,
    payment: idOf(refund.payment_intent),
    amountCents: amount,
    status,
    refund: metadata?.wallet_refund ?? null,
    failure: refund.failure_reason ?? null,
  };
}
