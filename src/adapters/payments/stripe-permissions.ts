import Stripe from 'stripe';
import { unavailable } from './stripe-answers';
import type { CallOptions, StripeClient } from './stripe-client';

/** What a key has to be allowed, by the names of Stripe's Dashboard, each with a reading that only such a key may do. */
const NEEDED: readonly (readonly [name: string, read: (sdk: Stripe, options: CallOptions) => Promise<unknown>])[] = [
  ['Customers', (sdk, options) => sdk.customers.list({ limit: 1 }, options)],
  ['PaymentIntents', (sdk, options) => sdk.paymentIntents.list({ limit: 1 }, options)],
  ['PaymentMethods', (sdk, options) => sdk.paymentMethods.list({ limit: 1 }, options)],
  ['SetupIntents', (sdk, options) => sdk.setupIntents.list({ limit: 1 }, options)],
  ['Checkout Sessions', (sdk, options) => sdk.checkout.sessions.list({ limit: 1 }, options)],
  ['Refunds', (sdk, options) => sdk.refunds.list({ limit: 1 }, options)],
  ['Disputes', (sdk, options) => sdk.disputes.list({ limit: 1 }, options)],
];
const FOR_INVOICES: typeof NEEDED = [['Invoices', (sdk, options) => sdk.invoices.list({ limit: 1 }, options)]];

/**
 * What a restricted key lacks of what is needed. A reading shows no more than that it may read: that it may not write
 * only comes out when it has to. Throws `provider_unavailable`.
 */
export async function missingPermissions(client: StripeClient, withInvoices: boolean): Promise<readonly string[]> {
  if (!client.settings.key.startsWith('rk_')) return [];
  const needed = withInvoices ? [...NEEDED, ...FOR_INVOICES] : NEEDED;
  const allowed = await Promise.all(needed.map(([, read]) => isAllowed(client, read)));
  return needed.filter((_, at) => !allowed[at]).map(([name]) => name);
}

async function isAllowed(client: StripeClient, read: (typeof NEEDED)[number][1]): Promise<boolean> {
  try {
    await client.call(null, read);
    return true;
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError) return false;
    throw unavailable(error);
  }
}
