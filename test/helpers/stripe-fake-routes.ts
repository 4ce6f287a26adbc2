import { type Form, formOf, invalid, missing, StripeRefusal, textOf } from './stripe-fake-http';
import {
  attachCard,
  cancelIntent,
  confirmIntent,
  createIntent,
  createRefund,
  type StripeMemory,
  updateCard,
  type Wire,
} from './stripe-fake-objects';
import { createInvoice, createSession, readSession } from './stripe-fake-orders';

/** What a request asks for: the ids in its path, its form or query, and how refunds go just now. */
export interface Ask {
  readonly ids: readonly string[];
  readonly form: Form;
  readonly refundOutcome: string;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** Parameters the API version knows; others are refused, as Stripe does. */
  readonly takes: readonly string[];
  run(memory: StripeMemory, ask: Ask): Wire;
}

const PAGE = ['limit', 'starting_after', 'ending_before', 'expand'];

const ROUTES: readonly Route[] = [
  get('account', [], (memory) => ({ id: memory.account, object: 'account', email: 'owner@example.com' })),
  get('balance', [], (memory) => ({ object: 'balance', livemode: memory.livemode, available: [], pending: [] })),
  post('customers', ['name', 'email', 'metadata'], (memory, { form }) =>
    memory.create('cus', 'customer', {
      name: textOf(form, 'name') ?? null,
      email: textOf(form, 'email') ?? null,
      metadata: formOf(form, 'metadata'),
    }),
  ),
  post('customers/:', ['email', 'name', 'metadata'], (memory, { ids, form }) => {
    const customer = memory.get('customer', ids[0] ?? '');
    return Object.assign(customer, { email: textOf(form, 'email') ?? customer.email });
  }),
  get('customers', [...PAGE, 'email', 'created'], (memory, { form }) => list(memory, 'customer', form, () => true)),
  get('customers/:', [], (memory, { ids }) => memory.get('customer', ids[0] ?? '')),
  get('customers/:/payment_methods', [...PAGE, 'type'], (memory, { ids, form }) =>
    list(memory, 'payment_method', form, (each) => each.customer === ids[0]),
  ),
  post('payment_methods/:/attach', ['customer'], (memory, { ids, form }) =>
    attachCard(memory, ids[0] ?? '', textOf(form, 'customer') ?? ''),
  ),
  post('payment_methods/:/detach', [], (memory, { ids }) => {
    const method = memory.get('payment_method', ids[0] ?? '');
    if (method.customer === null) throw invalid('payment_method_unexpected_state', 'The card is not attached.');
    return Object.assign(method, { customer: null, detached: true });
  }),
  post('payment_methods/:', ['billing_details', 'card', 'metadata'], (memory, { ids, form }) =>
    updateCard(memory, ids[0] ?? '', form),
  ),
  get('payment_methods', PAGE, (memory, { form }) => list(memory, 'payment_method', form, () => true)),
  get('setup_intents', PAGE, (memory, { form }) => list(memory, 'setup_intent', form, () => true)),
  get('payment_methods/:', [], (memory, { ids }) => memory.get('payment_method', ids[0] ?? '')),
  post(
    'payment_intents',
    ['amount', 'currency', 'customer', 'allowed_payment_method_types', 'description', 'metadata', 'receipt_email'],
    (memory, { form }) => createIntent(memory, form),
  ),
  post(
    'payment_intents/:/confirm',
    ['payment_method', 'off_session', 'error_on_requires_action', 'payment_method_options'],
    (memory, { ids, form }) => confirmIntent(memory, ids[0] ?? '', form),
  ),
  post('payment_intents/:/cancel', ['cancellation_reason'], (memory, { ids }) => cancelIntent(memory, ids[0] ?? '')),
  get('payment_intents/:', ['expand'], (memory, { ids }) => readIntent(memory, ids[0] ?? '')),
  get('payment_intents', [...PAGE, 'customer', 'created'], (memory, { form }) =>
    list(memory, 'payment_intent', form, (each) => each.customer === (textOf(form, 'customer') ?? each.customer)),
  ),
  post('refunds', ['payment_intent', 'amount', 'metadata', 'reason'], (memory, { form, refundOutcome }) =>
    createRefund(memory, form, refundOutcome),
  ),
  get('refunds/:', [], (memory, { ids }) => memory.get('refund', ids[0] ?? '')),
  get('refunds', [...PAGE, 'payment_intent', 'created', 'charge'], (memory, { form }) =>
    list(memory, 'refund', form, about(form)),
  ),
  get('disputes', [...PAGE, 'payment_intent', 'created', 'charge'], (memory, { form }) =>
    list(memory, 'dispute', form, about(form)),
  ),
  get('events', [...PAGE, 'created', 'types', 'type', 'delivery_success'], (memory, { form }) =>
    page([...memory.events].reverse(), form),
  ),
  get('charges/:', [], (memory, { ids }) => memory.get('charge', ids[0] ?? '')),
  post(
    'checkout/sessions',
    [
      'mode',
      'customer',
      'currency',
      'success_url',
      'cancel_url',
      'client_reference_id',
      'metadata',
      'allowed_payment_method_types',
      'line_items',
      'payment_intent_data',
      'expires_at',
    ],
    (memory, { form }) => createSession(memory, form),
  ),
  get('checkout/sessions', PAGE, (memory, { form }) => list(memory, 'checkout.session', form, () => true)),
  get('checkout/sessions/:', ['expand'], (memory, { ids, form }) => readSession(memory, ids[0] ?? '', form)),
  post('checkout/sessions/:/expire', [], (memory, { ids }) => {
    const session = memory.get('checkout.session', ids[0] ?? '');
    if (session.status !== 'open') throw invalid('resource_already_exists', 'only open sessions can be expired');
    return Object.assign(session, { status: 'expired', url: null });
  }),
  post('billing_portal/sessions', ['customer', 'return_url'], (memory, { form }) => {
    const customer = memory.get('customer', textOf(form, 'customer') ?? '').id;
    return memory.create('bps', 'billing_portal.session', {
      customer,
      url: `https://billing.stripe.com/p/session/${customer}`,
    });
  }),
  post(
    'invoices',
    [
      'customer',
      'collection_method',
      'days_until_due',
      'auto_advance',
      'currency',
      'metadata',
      'custom_fields',
      'description',
      'pending_invoice_items_behavior',
    ],
    (memory, { form }) => createInvoice(memory, form),
  ),
  post('invoiceitems', ['customer', 'invoice', 'amount', 'currency', 'description'], (memory, { form }) => {
    const invoice = memory.get('invoice', textOf(form, 'invoice') ?? '');
    if (invoice.status !== 'draft') throw invalid('invoice_not_editable', 'the invoice is final');
    const amount = Number(textOf(form, 'amount'));
    invoice.amount_due += amount;
    invoice.total += amount;
    return memory.create('ii', 'invoiceitem', { invoice: invoice.id, amount, currency: textOf(form, 'currency') });
  }),
  post('invoices/:/finalize', ['auto_advance'], (memory, { ids }) => {
    const invoice = memory.get('invoice', ids[0] ?? '');
    if (invoice.status !== 'draft') throw invalid('invoice_not_editable', 'the invoice is final');
    const url = `https://invoice.stripe.com/i/${memory.account}/${invoice.id}`;
    return Object.assign(invoice, { status: 'open', hosted_invoice_url: url, number: `FAKE-${invoice.created}` });
  }),
  post('invoices/:/send', [], (memory, { ids }) => {
    const invoice = memory.get('invoice', ids[0] ?? '');
    if (invoice.status !== 'open') throw invalid('invoice_not_open', 'only open invoices can be sent');
    return Object.assign(invoice, { sent: (invoice.sent ?? 0) + 1 });
  }),
  post('invoices/:/void', [], (memory, { ids }) => {
    const invoice = memory.get('invoice', ids[0] ?? '');
    if (invoice.status !== 'open') throw invalid('invoice_not_open', 'only open invoices can be voided');
    return Object.assign(invoice, { status: 'void' });
  }),
  get('invoices/:', ['expand'], (memory, { ids }) => memory.get('invoice', ids[0] ?? '')),
  get('invoices', [...PAGE, 'customer', 'created', 'status'], (memory, { form }) => listInvoices(memory, form)),
];

/** By what an invoice was paid is told to those who ask for it. */
function listInvoices(memory: StripeMemory, form: Form): Wire {
  const [customer, status] = [textOf(form, 'customer'), textOf(form, 'status')];
  const isAsked = Object.values(formOf(form, 'expand')).includes('data.payments');
  const found = list(
    memory,
    'invoice',
    form,
    (each) => each.customer === (customer ?? each.customer) && each.status === (status ?? each.status),
  );
  const shown = ({ payments, ...invoice }: Wire) => (isAsked ? { ...invoice, payments } : invoice);
  return { ...found, data: (found.data as Wire[]).map(shown) };
}

/** The second reading of a payment under way finds it paid. */
function readIntent(memory: StripeMemory, id: string): Wire {
  return memory.get('payment_intent', id);
}

function about(form: Form): (object: Wire) => boolean {
  const payment = textOf(form, 'payment_intent');
  return (object) => payment === undefined || object.payment_intent === payment;
}

function list(memory: StripeMemory, what: string, form: Form, where: (object: Wire) => boolean): Wire {
  const since = Number(textOf(form, 'created', 'gte') ?? 0);
  const found = memory.all(what).filter((object) => where(object) && object.created >= since);
  return page(found.reverse(), form);
}

function page(found: readonly Wire[], form: Form): Wire {
  const limit = Number(textOf(form, 'limit') ?? 10);
  if (limit < 1 || limit > 100) throw invalid('parameter_invalid_integer', 'limit must be 1 to 100');
  const after = textOf(form, 'starting_after');
  const start = after === undefined ? 0 : found.findIndex((object) => object.id === after) + 1;
  if (after !== undefined && start === 0) throw missing('object', after);
  const data = found.slice(start, start + limit);
  return { object: 'list', url: '/v1', data, has_more: start + limit < found.length };
}

function get(path: string, takes: readonly string[], run: Route['run']): Route {
  return { method: 'GET', path: pattern(path), takes: [...takes, 'expand'], run };
}

function post(path: string, takes: readonly string[], run: Route['run']): Route {
  return { method: 'POST', path: pattern(path), takes: [...takes, 'expand'], run };
}

function pattern(path: string): RegExp {
  return new RegExp(`^/v1/${path.replaceAll(':', '([^/]+)')}$`);
}

/** Answers a request, or throws the refusal Stripe would send. */
export function answer(memory: StripeMemory, method: string, path: string, ask: Omit<Ask, 'ids'>): Wire {
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match === null) continue;
    const unknown = Object.keys(ask.form).find((name) => !route.takes.includes(name));
    if (unknown !== undefined) throw invalid('parameter_unknown', `Received unknown parameter: ${unknown}`);
    return route.run(memory, { ...ask, ids: match.slice(1) });
  }
  throw new StripeRefusal(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path})`,
  });
}
