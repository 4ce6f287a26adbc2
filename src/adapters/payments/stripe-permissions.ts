import Stripe from 'stripe';
import { unavailable } from './stripe-answers';
import type { CallOptions, StripeClient } from './stripe-client';

type Send = (sdk: Stripe, options: CallOptions) => Promise<unknown>;

/** A permission by its name in Stripe's Dashboard, with calls that only a key that has it may make. */
interface Permission {
  readonly name: string;
  readonly read: Send;
  /** A change to an object that does not exist: it can change nothing, and whoever may not write is told so first. */
  readonly write?: Send;
}

const NEEDED: readonly Permission[] = [
  {
    name: 'Customers',
    read: (sdk, options) => sdk.customers.list({ limit: 1 }, options),
    write: (sdk, options) => sdk.customers.update('cus_none', {}, options),
  },
  {
    name: 'PaymentIntents',
    read: (sdk, options) => sdk.paymentIntents.list({ limit: 1 }, options),
    write: (sdk, options) => sdk.paymentIntents.cancel('pi_none', {}, options),
  },
  {
    name: 'PaymentMethods',
    read: (sdk, options) => sdk.paymentMethods.list({ limit: 1 }, options),
    write: (sdk, options) => sdk.paymentMethods.detach('pm_none', {}, options),
  },
  {
    name: 'SetupIntents',
    read: (sdk, options) => sdk.setupIntents.list({ limit: 1 }, options),
    write: (sdk, options) => sdk.setupIntents.cancel('seti_none', {}, options),
  },
  {
    name: 'Checkout Sessions',
    read: (sdk, options) => sdk.checkout.sessions.list({ limit: 1 }, options),
    write: (sdk, options) => sdk.checkout.sessions.expire('cs_none', {}, options),
  },
  {
    name: 'Refunds',
    read: (sdk, options) => sdk.refunds.list({ limit: 1 }, options),
    write: (sdk, options) => sdk.refunds.update('re_none', {}, options),
  },
  { name: 'Disputes', read: (sdk, options) => sdk.disputes.list({ limit: 1 }, options) },
];
const FOR_INVOICES: Permission = {
  name: 'Invoices',
  read: (sdk, options) => sdk.invoices.list({ limit: 1 }, options),
  write: (sdk, options) => sdk.invoices.voidInvoice('in_none', {}, options),
};

/**
 * What a restricted key lacks of what is needed: `Refunds` where it may not even read, `Refunds (write)` where it may
 * only read. Changes nothing. Throws `provider_unavailable`.
 */
export async function missingPermissions(client: StripeClient, withInvoices: boolean): Promise<readonly string[]> {
  if (!client.settings.key.startsWith('rk_')) return [];
  const needed = withInvoices ? [...NEEDED, FOR_INVOICES] : NEEDED;
  const lacking = await Promise.all(needed.map((permission) => lackOf(client, permission)));
  return lacking.filter((name) => name !== undefined);
}

async function lackOf(client: StripeClient, { name, read, write }: Permission): Promise<string | undefined> {
  if (!(await isAllowed(client, read))) return name;
  return write === undefined || (await isAllowed(client, write)) ? undefined : `${name} (write)`;
}

async function isAllowed(client: StripeClient, send: Send): Promise<boolean> {
  try {
    await client.call(null, send);
    return true;
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError) return false;
    // There is no such object: so much is told only to who may change one.
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return true;
    throw unavailable(error);
  }
}
