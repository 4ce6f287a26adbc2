import { toCents } from '../../core/credits';
import type { Payment } from '../../core/payment/purchase';
import type { Instant } from '../../core/time';
import type { InvoiceRequest, PaymentAnswer } from '../../ports/payment-gateway';
import type { SqlDriver } from '../storage/sql-driver';
import { digest } from '../system';
import { keep, type Reply } from './sandbox-charge';
import { type SandboxInvoice, SandboxRecords } from './sandbox-records';
import { missing, refuse, refusedKey } from './sandbox-refusals';
import type { SandboxRequests } from './sandbox-requests';
import { invoicePayment } from './sandbox-returns';

/** The processor's invoices: drafted, sent, made void, and paid by time alone. */
export class SandboxInvoices {
  readonly #driver: SqlDriver;
  readonly #requests: SandboxRequests;
  readonly #now: () => Instant;

  constructor(driver: SqlDriver, requests: SandboxRequests, now: () => Instant) {
    this.#driver = driver;
    this.#requests = requests;
    this.#now = now;
  }

  create(request: InvoiceRequest, key: string): Promise<PaymentAnswer> {
    const { purchase, customer, netDays } = request;
    const amountCents = toCents(request.credits);
    const parameters = ['invoices.create', purchase, amountCents];
    return this.#requests.once<PaymentAnswer>(key, parameters, refusedKey, async (records) => {
      if ((await records.find('customer', customer)) === undefined) return keep(missing('customer', customer));
      const id = `in_sandbox_${digest([key]).slice(0, 24)}`;
      return this.#save(records, { id, status: 'draft', amountCents, customer, purchase, netDays, sentAt: null });
    });
  }

  send(invoice: string, key: string): Promise<PaymentAnswer> {
    return this.#change(invoice, key, 'invoices.send', { status: 'open', sentAt: this.#now() });
  }

  void(invoice: string, key: string): Promise<PaymentAnswer> {
    return this.#change(invoice, key, 'invoices.void', { status: 'void' });
  }

  retrieve(invoice: string): Promise<PaymentAnswer> {
    return this.#driver.read(async (connection) => {
      const found = await new SandboxRecords(connection).find('invoice', invoice);
      if (found === undefined) return missing('invoice', invoice);
      return { kind: 'payment', payment: invoicePayment(found, this.#now()) };
    });
  }

  find(customer: string, purchase: string): Promise<readonly Payment[]> {
    return this.#driver.read(async (connection) => {
      const invoices = await new SandboxRecords(connection).all('invoice');
      const theirs = invoices.filter((invoice) => invoice.customer === customer && invoice.purchase === purchase);
      return theirs.map((invoice) => invoicePayment(invoice, this.#now()));
    });
  }

  #change(invoice: string, key: string, action: string, change: Partial<SandboxInvoice>): Promise<PaymentAnswer> {
    return this.#requests.once<PaymentAnswer>(key, [action, invoice], refusedKey, async (records) => {
      const found = await records.find('invoice', invoice);
      if (found === undefined) return keep(missing('invoice', invoice));
      const { status } = invoicePayment(found, this.#now());
      if (status === 'succeeded' || status === 'canceled')
        return keep(refuse('invoice_not_open', `the invoice ${invoice} is ${status}`));
      return this.#save(records, { ...found, ...change });
    });
  }

  async #save(records: SandboxRecords, invoice: SandboxInvoice): Promise<Reply<PaymentAnswer>> {
    await records.save('invoice', invoice);
    return keep<PaymentAnswer>({ kind: 'payment', payment: invoicePayment(invoice, this.#now()) });
  }
}
