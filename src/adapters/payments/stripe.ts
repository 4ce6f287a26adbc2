import type Stripe from 'stripe';
import { fromCents, toCents } from '../../core/credits';
import type { Payment } from '../../core/payment/purchase';
import type { Dispute, Refund } from '../../core/payment/refund';
import type { Instant } from '../../core/time';
import type {
  CardCharge,
  CardDetails,
  HostedPages,
  InvoiceRequest,
  PaymentAnswer,
  PaymentGateway,
  PaymentRequest,
  RefundAnswer,
  RefundRequest,
  StoredCard,
} from '../../ports/payment-gateway';
import { answerOf, cardFailure, idOf, toPayment, unavailable } from './stripe-answers';
import { billingParams, storedCard } from './stripe-cards';
import { PAGE_SIZE, type Pace, readAll, StripeClient } from './stripe-client';
import { confirmPayment } from './stripe-confirm';
import { StripePages } from './stripe-hosted';
import {
  createInvoice,
  findInvoices,
  invoicePayments,
  retrieveInvoice,
  sendInvoice,
  voidInvoice,
} from './stripe-invoices';
import { missingPermissions } from './stripe-permissions';
import { AccountList, createRefund, findDisputes, findRefunds } from './stripe-refunds';
import type { StripeSettings } from './stripe-settings';

/** Purchases carry the time they were made at in their id; its list is searched from an hour before. */
const CREATED = /^pur_([0-9a-f]{12})/;
const HOUR_MS = 3_600_000;

/** Stripe behind the port, for one command: all its calls together keep to one time budget. */
export function createStripe(settings: StripeSettings, instance: string, pace?: Pace): StripeGateway {
  return new StripeGateway(new StripeClient(settings, pace), instance);
}

export class StripeGateway implements PaymentGateway {
  readonly provider = 'stripe';
  /** Its minimum for US dollars. */
  readonly smallestCharge = fromCents(50);
  readonly hosted: HostedPages;
  readonly #client: StripeClient;
  readonly #instance: string;
  readonly #refunds: AccountList<Refund>;
  readonly #disputes: AccountList<Dispute>;

  constructor(client: StripeClient, instance: string) {
    this.#client = client;
    this.#instance = instance;
    this.hosted = new StripePages(client, instance);
    this.#refunds = new AccountList((since) => findRefunds(client, { since }));
    this.#disputes = new AccountList((since) => findDisputes(client, since));
  }

  get doubt(): string | null {
    return this.#client.doubt;
  }

  get isOutOfTime(): boolean {
    return this.#client.isOutOfTime;
  }

  /** The account the key belongs to; null where a restricted key may not ask. Throws `provider_unavailable`. */
  async account(): Promise<string | null> {
    try {
      return (await this.#client.call(null, (sdk, options) => sdk.accounts.retrieveCurrent({}, options))).id;
    } catch (error) {
      const status = (error as { statusCode?: number }).statusCode;
      if (status === 403 || status === 404) return null;
      throw unavailable(error);
    }
  }

  missingPermissions({ invoices }: { invoices: boolean }): Promise<readonly string[]> {
    return missingPermissions(this.#client, invoices);
  }

  async createCustomer(org: { id: string; name: string; email: string | null }, key: string): Promise<string> {
    const params: Stripe.CustomerCreateParams = {
      name: org.name,
      ...(org.email === null ? {} : { email: org.email }),
      metadata: { wallet_instance: this.#instance, wallet_org: org.id },
    };
    try {
      return (await this.#client.call(key, (sdk, options) => sdk.customers.create(params, options))).id;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async attachCard(customer: string, token: string, details: CardDetails, key: string): Promise<StoredCard> {
    const card = await this.#card(token, key, (sdk, options) =>
      sdk.paymentMethods.attach(token, { customer }, options),
    );
    const params = billingParams(details);
    if (params === undefined) return card;
    return this.#card(card.paymentMethod, `${key}:details`, (sdk, options) =>
      sdk.paymentMethods.update(card.paymentMethod, params, options),
    );
  }

  updateCard(paymentMethod: string, details: CardDetails, key: string): Promise<StoredCard> {
    const params = billingParams(details) ?? {};
    return this.#card(paymentMethod, key, (sdk, options) => sdk.paymentMethods.update(paymentMethod, params, options));
  }

  async detachCard(paymentMethod: string, key: string): Promise<boolean> {
    try {
      await this.#client.call(key, (sdk, options) => sdk.paymentMethods.detach(paymentMethod, {}, options));
      return true;
    } catch (error) {
      if (await this.#isDetached(paymentMethod)) return false;
      throw cardFailure(error, paymentMethod);
    }
  }

  createPayment(request: PaymentRequest, key: string): Promise<PaymentAnswer> {
    const params: Stripe.PaymentIntentCreateParams = {
      amount: toCents(request.credits),
      currency: 'usd',
      customer: request.customer,
      // Without it, confirming a saved card can ask for a return address (the older name of it is refused by now).
      allowed_payment_method_types: ['card'],
      description: request.description,
      metadata: {
        wallet_instance: this.#instance,
        wallet_org: request.org,
        wallet_op: request.purchase,
        wallet_kind: 'purchase',
      },
    };
    return this.#pay(key, (sdk, options) => sdk.paymentIntents.create(params, options));
  }

  confirmPayment(charge: CardCharge, key: string): Promise<PaymentAnswer> {
    return confirmPayment(this.#client, charge, key);
  }

  cancelPayment(payment: string, key: string): Promise<PaymentAnswer> {
    return this.#pay(key, (sdk, options) => sdk.paymentIntents.cancel(payment, {}, options));
  }

  retrievePayment(payment: string): Promise<PaymentAnswer> {
    return this.#pay(null, (sdk, options) => sdk.paymentIntents.retrieve(payment, {}, options));
  }

  async findPayments(customer: string, purchase: string): Promise<readonly Payment[]> {
    const time = CREATED.exec(purchase)?.[1];
    const since = time === undefined ? 0 : Number.parseInt(time, 16) - HOUR_MS;
    const found = await this.listPayments(customer, since as Instant);
    return found.filter((payment) => payment.purchase === purchase);
  }

  async listPayments(customer: string, since: Instant): Promise<readonly Payment[]> {
    const where: Stripe.PaymentIntentListParams = {
      customer,
      limit: PAGE_SIZE,
      created: { gte: Math.max(0, Math.floor(since / 1000)) },
    };
    try {
      const found = await readAll(this.#client, (sdk, options, after) =>
        sdk.paymentIntents.list({ ...where, ...after }, options),
      );
      return found
        .map(toPayment)
        .filter((payment): payment is Payment => payment !== undefined && payment.customer === customer);
    } catch (error) {
      throw unavailable(error);
    }
  }

  createInvoice(request: InvoiceRequest, key: string): Promise<PaymentAnswer> {
    return createInvoice(this.#client, this.#instance, request, key);
  }

  sendInvoice(invoice: string, key: string): Promise<PaymentAnswer> {
    return sendInvoice(this.#client, invoice, key);
  }

  voidInvoice(invoice: string, key: string): Promise<PaymentAnswer> {
    return voidInvoice(this.#client, invoice, key);
  }

  retrieveInvoice(invoice: string): Promise<PaymentAnswer> {
    return retrieveInvoice(this.#client, invoice);
  }

  findInvoices(customer: string, purchase: string): Promise<readonly Payment[]> {
    return findInvoices(this.#client, customer, purchase);
  }

  invoicePayments(customer: string): Promise<ReadonlyMap<string, string>> {
    return invoicePayments(this.#client, customer);
  }

  createRefund(request: RefundRequest, key: string): Promise<RefundAnswer> {
    return createRefund(this.#client, this.#instance, request, key);
  }

  findRefunds(where: { payment: string } | { since: Instant }): Promise<readonly Refund[]> {
    return 'payment' in where ? findRefunds(this.#client, where) : this.#refunds.since(where.since);
  }

  findDisputes({ since }: { since: Instant }): Promise<readonly Dispute[]> {
    return this.#disputes.since(since);
  }

  #pay(
    key: string | null,
    send: (sdk: Stripe, options: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>,
  ): Promise<PaymentAnswer> {
    return answerOf(async () => toPayment(await this.#client.call(key, send)));
  }

  async #card(
    card: string,
    key: string,
    send: (sdk: Stripe, options: Stripe.RequestOptions) => Promise<Stripe.PaymentMethod>,
  ): Promise<StoredCard> {
    try {
      return storedCard(await this.#client.call(key, send));
    } catch (error) {
      throw cardFailure(error, card);
    }
  }

  async #isDetached(paymentMethod: string): Promise<boolean> {
    try {
      const send = (sdk: Stripe, options: Stripe.RequestOptions) =>
        sdk.paymentMethods.retrieve(paymentMethod, {}, options);
      return idOf((await this.#client.call(null, send)).customer) === '';
    } catch {
      return false;
    }
  }
}
