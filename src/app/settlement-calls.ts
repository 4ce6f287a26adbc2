import { WalletError } from '../core/errors';
import { BILLING_ACCOUNT, cancelKey, createKey, type PurchaseRecord } from '../core/payment/purchase';
import type { PaymentAnswer, PaymentGateway } from '../ports/payment-gateway';
import type { Session } from './session';

/** How a purchase talks to the processor: by a card's payment, or by an invoice. */
export interface Calls {
  create(): Promise<PaymentAnswer>;
  retrieve(payment: string): Promise<PaymentAnswer>;
  cancel(payment: string): Promise<PaymentAnswer>;
  /** The payment made for it, by the processor's list. Throws `provider_unavailable`. */
  find(): Promise<PaymentAnswer | undefined>;
}

export async function callsFor(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord): Promise<Calls> {
  if (purchase.paymentMethod === BILLING_ACCOUNT) return invoiceCalls(session, gateway, purchase);
  const { id, customer, credits } = purchase;
  const request = { purchase: id, org: session.org.id, customer, credits, description: describe(session) };
  return {
    create: () => gateway.createPayment(request, createKey(purchase)),
    retrieve: (payment) => gateway.retrievePayment(payment),
    cancel: (payment) => gateway.cancelPayment(payment, cancelKey(purchase)),
    find: async () => {
      const [payment] = await gateway.findPayments(customer, id);
      return payment === undefined ? undefined : { kind: 'payment', payment };
    },
  };
}

/** What the payer reads. Part of what the key stands for, so it does not change with the organisation's name. */
export function describe(session: Session): string {
  return `prepaid credits (${session.org.id})`;
}

/** A processor that can't be read says nothing: what is open stays open. Throws on what is anything else. */
export function asUnknown(error: unknown): undefined {
  if (error instanceof WalletError && error.code === 'provider_unavailable') return undefined;
  throw error;
}

/** How a purchase on account talks to the processor. Its terms are read each time: they are fixed while it is a draft. */
async function invoiceCalls(session: Session, gateway: PaymentGateway, purchase: PurchaseRecord): Promise<Calls> {
  const { id, customer, credits } = purchase;
  const [terms] = await session.store.read(session.org.number, (view) => view.records.billing.list());
  const request = {
    purchase: id,
    org: session.org.id,
    customer,
    credits,
    description: 'prepaid credits',
    email: terms?.email ?? session.org.email ?? '',
    netDays: terms?.netDays ?? 30,
    purchaseOrder: terms?.purchaseOrder ?? null,
  };
  return {
    create: () => gateway.createInvoice(request, createKey(purchase)),
    retrieve: (invoice) => gateway.retrieveInvoice(invoice),
    cancel: (invoice) => gateway.voidInvoice(invoice, cancelKey(purchase)),
    find: async () => {
      const [payment] = await gateway.findInvoices(customer, id);
      return payment === undefined ? undefined : { kind: 'payment', payment };
    },
  };
}
