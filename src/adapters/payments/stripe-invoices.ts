import type Stripe from 'stripe';
import { toCents } from '../../core/credits';
import type { Payment } from '../../core/payment/purchase';
import type { InvoiceRequest, PaymentAnswer } from '../../ports/payment-gateway';
import { answerOf, idOf, refusalOf, unavailable } from './stripe-answers';
import { PAGE_SIZE, readAll, type StripeClient } from './stripe-client';

/** How an invoice's status reads as a payment's. One that nobody believes in can still be paid, so it stays under way. */
const STATUS: Readonly<Record<string, string>> = {
  draft: 'requires_confirmation',
  open: 'processing',
  uncollectible: 'processing',
  paid: 'succeeded',
  void: 'canceled',
};

/** Drafts an invoice with one line over the whole amount. Nothing else of the customer's gets onto it. */
export function createInvoice(
  client: StripeClient,
  instance: string,
  request: InvoiceRequest,
  key: string,
): Promise<PaymentAnswer> {
  const { customer, purchase, org, email, netDays, purchaseOrder } = request;
  const params: Stripe.InvoiceCreateParams = {
    customer,
    collection_method: 'send_invoice',
    days_until_due: netDays,
    auto_advance: false,
    currency: 'usd',
    pending_invoice_items_behavior: 'exclude',
    metadata: { wallet_instance: instance, wallet_org: org, wallet_op: purchase, wallet_kind: 'invoice' },
    ...(purchaseOrder === null ? {} : { custom_fields: [{ name: 'PO number', value: purchaseOrder }] }),
  };
  const amount = toCents(request.credits);
  return answerOf(async () => {
    await client.call(`${key}:email`, (sdk, options) => sdk.customers.update(customer, { email }, options));
    const { id } = await client.call(key, (sdk, options) => sdk.invoices.create(params, options));
    const item: Stripe.InvoiceItemCreateParams = {
      customer,
      invoice: id,
      amount,
      currency: 'usd',
      description: request.description,
    };
    await client.call(`${key}:item`, (sdk, options) => sdk.invoiceItems.create(item, options));
    return read(client, id);
  });
}

/** From the moment it is final the amount is fixed and it can be paid. */
export function sendInvoice(client: StripeClient, invoice: string, key: string): Promise<PaymentAnswer> {
  return answerOf(async () => {
    await unlessDone(() =>
      client.call(`${key}:finalize`, (sdk, options) =>
        sdk.invoices.finalizeInvoice(invoice, { auto_advance: false }, options),
      ),
    );
    await unlessDone(() => client.call(key, (sdk, options) => sdk.invoices.sendInvoice(invoice, {}, options)));
    return read(client, invoice);
  });
}

/** A draft can't be paid by anybody and is deleted; a final invoice is made void. */
export function voidInvoice(client: StripeClient, invoice: string, key: string): Promise<PaymentAnswer> {
  return answerOf(async () => {
    const found = await read(client, invoice);
    if (found?.status === 'requires_confirmation') {
      await client.call(`${key}:delete`, (sdk, options) => sdk.invoices.del(invoice, {}, options));
      return { ...found, status: 'canceled' };
    }
    return toInvoicePayment(await client.call(key, (sdk, options) => sdk.invoices.voidInvoice(invoice, {}, options)));
  });
}

export function retrieveInvoice(client: StripeClient, invoice: string): Promise<PaymentAnswer> {
  return answerOf(() => read(client, invoice));
}

export async function findInvoices(
  client: StripeClient,
  customer: string,
  purchase: string,
): Promise<readonly Payment[]> {
  try {
    const where: Stripe.InvoiceListParams = { customer, limit: PAGE_SIZE };
    const found = await readAll(client, (sdk, options, after) => sdk.invoices.list({ ...where, ...after }, options));
    return found.map(toInvoicePayment).filter((payment): payment is Payment => payment?.purchase === purchase);
  } catch (error) {
    throw unavailable(error);
  }
}

export async function invoicePayments(client: StripeClient, customer: string): Promise<ReadonlyMap<string, string>> {
  try {
    const where: Stripe.InvoiceListParams = { customer, status: 'paid', limit: PAGE_SIZE, expand: ['data.payments'] };
    const found = await readAll(client, (sdk, options, after) => sdk.invoices.list({ ...where, ...after }, options));
    return new Map(
      found.flatMap(({ id, payments }) =>
        (payments?.data ?? []).map(({ payment }) => [idOf(payment.payment_intent), id] as const),
      ),
    );
  } catch (error) {
    throw unavailable(error);
  }
}

async function read(client: StripeClient, invoice: string): Promise<Payment | undefined> {
  return toInvoicePayment(await client.call(null, (sdk, options) => sdk.invoices.retrieve(invoice, {}, options)));
}

/** Only money that came through Stripe counts as received: "paid elsewhere" is a person's word, to be looked at. */
function toInvoicePayment(invoice: Stripe.Invoice): Payment | undefined {
  const { id, total, amount_paid: paid, amount_paid_off_stripe: elsewhere, currency, livemode, metadata } = invoice;
  if (typeof id !== 'string' || !Number.isSafeInteger(total) || !Number.isSafeInteger(paid)) return undefined;
  return {
    id,
    status: STATUS[invoice.status ?? ''] ?? 'unknown',
    amountCents: total,
    receivedCents: paid - (elsewhere ?? 0),
    currency,
    customer: idOf(invoice.customer),
    live: livemode === true,
    purchase: metadata?.wallet_op ?? '',
  };
}

/** A step that was done under another key, a day ago, is done: what follows reads the invoice anyway. */
async function unlessDone(step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
  }
}
