import { type Form, formOf, invalid, textOf } from './stripe-fake-http';
import type { StripeMemory, Wire } from './stripe-fake-objects';

// What a person pays away from here: invoices, and the hosted pages.

export function createInvoice(memory: StripeMemory, form: Form): Wire {
  return memory.create('in', 'invoice', {
    customer: memory.get('customer', textOf(form, 'customer') ?? '').id,
    collection_method: textOf(form, 'collection_method'),
    days_until_due: Number(textOf(form, 'days_until_due')),
    auto_advance: textOf(form, 'auto_advance') === 'true',
    custom_fields: Object.values(formOf(form, 'custom_fields')),
    currency: textOf(form, 'currency'),
    status: 'draft',
    amount_due: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    total: 0,
    hosted_invoice_url: null,
    metadata: formOf(form, 'metadata'),
  });
}

export function createSession(memory: StripeMemory, form: Form): Wire {
  const mode = textOf(form, 'mode');
  const typed = Object.keys(formOf(form, 'allowed_payment_method_types')).length > 0;
  if (mode === 'setup' && textOf(form, 'currency') === undefined && !typed)
    throw invalid('parameter_missing', 'currency is required in setup mode');
  const id = memory.id('cs_test');
  return memory.save({
    id,
    object: 'checkout.session',
    created: memory.now(),
    livemode: memory.livemode,
    mode,
    customer: memory.get('customer', textOf(form, 'customer') ?? '').id,
    client_reference_id: textOf(form, 'client_reference_id') ?? null,
    metadata: formOf(form, 'metadata'),
    url: `https://checkout.stripe.com/c/pay/${id}`,
    status: 'open',
    payment_status: 'unpaid',
    setup_intent: null,
    payment_intent: null,
    expires_at: memory.now() + 86_400,
    amount_total: Number(textOf(form, 'line_items', '0', 'price_data', 'unit_amount') ?? 0),
    intent_metadata: textOf(form, 'payment_intent_data') ?? formOf(formOf(form, 'payment_intent_data'), 'metadata'),
  });
}

export function readSession(memory: StripeMemory, id: string, form: Form): Wire {
  const session = memory.get('checkout.session', id);
  const expand = Object.values(formOf(form, 'expand'));
  if (!expand.includes('setup_intent.payment_method') || session.setup_intent === null) return session;
  const setup = memory.get('setup_intent', session.setup_intent);
  return { ...session, setup_intent: { ...setup, payment_method: memory.get('payment_method', setup.payment_method) } };
}
