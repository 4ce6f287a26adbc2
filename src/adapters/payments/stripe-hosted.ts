import type Stripe from 'stripe';
import { toCents } from '../../core/credits';
import { WalletError } from '../../core/errors';
import type { CardAddress } from '../../core/payment/card';
import type { HostedPage } from '../../core/payment/purchase';
import type { Instant } from '../../core/time';
import type { HostedOutcome, HostedPages, PaymentRequest } from '../../ports/payment-gateway';
import { idOf, refusalOf, unavailable } from './stripe-answers';
import { storedCard } from './stripe-cards';
import type { StripeClient } from './stripe-client';
import { isLoopback, type StripeSettings } from './stripe-settings';

/** Where the browser ends: a page that says nothing wrong. The wallet asks Stripe how it went, not the browser. */
const AFTERWARDS = 'https://stripe.com/';

/** Stripe Checkout and the customer portal: the pages on which people type what never comes here. */
export class StripePages implements HostedPages {
  readonly #client: StripeClient;
  readonly #instance: string;

  constructor(client: StripeClient, instance: string) {
    this.#client = client;
    this.#instance = instance;
  }

  openCardSetup(request: { setup: string; org: string; customer: string }, key: string): Promise<HostedPage> {
    return this.#open(key, {
      mode: 'setup',
      customer: request.customer,
      currency: 'usd',
      allowed_payment_method_types: ['card'],
      success_url: AFTERWARDS,
      client_reference_id: request.setup,
      metadata: { wallet_instance: this.#instance, wallet_org: request.org, wallet_op: request.setup },
    });
  }

  openPayment(request: PaymentRequest, key: string): Promise<HostedPage> {
    const { purchase, org, customer, description } = request;
    const metadata = {
      wallet_instance: this.#instance,
      wallet_org: org,
      wallet_op: purchase,
      wallet_kind: 'purchase',
    };
    const price: Stripe.Checkout.SessionCreateParams.LineItem.PriceData = {
      currency: 'usd',
      unit_amount: toCents(request.credits),
      product_data: { name: 'Prepaid credits' },
    };
    return this.#open(key, {
      mode: 'payment',
      customer,
      allowed_payment_method_types: ['card'],
      line_items: [{ price_data: price, quantity: 1 }],
      success_url: AFTERWARDS,
      client_reference_id: purchase,
      metadata,
      payment_intent_data: { description, metadata },
    });
  }

  async read(session: string): Promise<HostedOutcome> {
    const params: Stripe.Checkout.SessionRetrieveParams = { expand: ['setup_intent.payment_method'] };
    try {
      const found = await this.#client.call(null, (sdk, options) =>
        sdk.checkout.sessions.retrieve(session, params, options),
      );
      return {
        status: found.status === 'complete' ? 'complete' : found.status === 'expired' ? 'expired' : 'open',
        payment: idOf(found.payment_intent) || null,
        card: cardOf(found),
        customer: idOf(found.customer),
      };
    } catch (error) {
      throw unavailable(error);
    }
  }

  async expire(session: string, key: string): Promise<void> {
    try {
      await this.#client.call(key, (sdk, options) => sdk.checkout.sessions.expire(session, {}, options));
    } catch (error) {
      // It was paid, or has expired: what follows reads which.
      if (refusalOf(error) === undefined) throw unavailable(error);
    }
  }

  async openPortal(customer: string, key: string): Promise<string> {
    try {
      const params: Stripe.BillingPortal.SessionCreateParams = { customer, return_url: AFTERWARDS };
      const { url } = await this.#client.call(key, (sdk, options) =>
        sdk.billingPortal.sessions.create(params, options),
      );
      return requireLink(url, this.#client.settings);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #open(key: string, params: Stripe.Checkout.SessionCreateParams): Promise<HostedPage> {
    try {
      const made = await this.#client.call(key, (sdk, options) => sdk.checkout.sessions.create(params, options));
      // Stripe counts seconds.
      const expiresAt = (made.expires_at * 1000) as Instant;
      return { session: made.id, url: requireLink(made.url, this.#client.settings), expiresAt };
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** The card of a finished setup, as far as it is one that can be charged. */
function cardOf({ setup_intent: setup }: Stripe.Checkout.Session): HostedOutcome['card'] {
  if (setup === null || typeof setup === 'string' || setup.status !== 'succeeded') return null;
  const method = setup.payment_method;
  if (method === null || typeof method === 'string' || method.type !== 'card') return null;
  const { name, email, address } = method.billing_details;
  return { ...storedCard(method), name: name ?? null, email: email ?? null, address: toAddress(address) };
}

function toAddress(address: Stripe.Address | null): CardAddress {
  return {
    line1: address?.line1 ?? null,
    city: address?.city ?? null,
    state: address?.state ?? null,
    postalCode: address?.postal_code ?? null,
    country: address?.country ?? null,
  };
}

/** A link people are told to type a card number into is an encrypted one, or one to this very machine. */
function requireLink(url: string | null, { base }: StripeSettings): string {
  const link = url !== null && URL.canParse(url) ? new URL(url) : undefined;
  const isHere = base !== undefined && isLoopback(base) && link !== undefined && isLoopback(link);
  if (link !== undefined && (link.protocol === 'https:' || isHere)) return link.href;
  throw new WalletError('provider_unavailable', 'Stripe sent no link that can be trusted', {
    why: 'it must be an https:// address',
    hint: 'run the command again',
  });
}
