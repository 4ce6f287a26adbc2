import { toCents } from '../../core/credits';
import type { PlainDate } from '../../core/date';
import type { Payment } from '../../core/payment/purchase';
import type { Dispute, Refund } from '../../core/payment/refund';
import { type Instant, utcCalendar } from '../../core/time';
import type {
  CardDetails,
  InvoiceRequest,
  PaymentAnswer,
  PaymentGateway,
  PaymentRequest,
  RefundAnswer,
  RefundRequest,
  StoredCard,
} from '../../ports/payment-gateway';
import type { SqlDriver } from '../storage/sql-driver';
import { digest } from '../system';
import { chargePayment, keep, type Reply, readPayment, shown } from './sandbox-charge';
import { listDetails, newCard, newCustomer, newPayment, storedCard, withDetails } from './sandbox-objects';
import { type SandboxCard, type SandboxInvoice, SandboxRecords } from './sandbox-records';
import {
  amountRefusal,
  missing,
  refuse,
  refusedKey,
  requireStorable,
  reusedKey,
  unexpectedState,
  unknownCard,
  unknownCustomer,
} from './sandbox-refusals';
import { disputesSince, invoicePayment, newRefund, readRefund, shownRefund } from './sandbox-returns';

/**
 * The built-in processor: behaves behind the port as Stripe does, with Stripe's test cards and without money. It keeps
 * its own memory beside the ledger, in tables that nothing else reads. Each call is one write of its own, so it must
 * never be made inside another.
 */
export function createSandbox(driver: SqlDriver, now: () => Instant): PaymentGateway {
  return new Sandbox(driver, now);
}

class Sandbox implements PaymentGateway {
  readonly provider = 'sandbox';
  readonly hosted = null;
  readonly #driver: SqlDriver;
  readonly #now: () => Instant;

  constructor(driver: SqlDriver, now: () => Instant) {
    this.#driver = driver;
    this.#now = now;
  }

  createCustomer(org: { id: string; name: string; email: string | null }, key: string): Promise<string> {
    return this.#once(key, ['customers.create', org.id, org.name, org.email], reusedKey, async (records) => {
      const customer = newCustomer(org, key);
      await records.save('customer', customer);
      return keep(customer.id);
    });
  }

  async attachCard(customer: string, token: string, details: CardDetails, key: string): Promise<StoredCard> {
    const testCard = requireStorable(token);
    const request = ['payment_methods.attach', customer, token, ...listDetails(details)];
    return this.#once(key, request, reusedKey, async (records) => {
      if ((await records.find('customer', customer)) === undefined) throw unknownCustomer(customer);
      const today = this.#today();
      const card = withDetails(newCard(testCard, customer, key, today), details, today);
      await records.save('card', card);
      return keep(storedCard(card));
    });
  }

  updateCard(paymentMethod: string, details: CardDetails, key: string): Promise<StoredCard> {
    const request = ['payment_methods.update', paymentMethod, ...listDetails(details)];
    return this.#once(key, request, reusedKey, async (records) => {
      const card = await requireCard(records, paymentMethod);
      if (!card.attached) throw unknownCard(paymentMethod);
      const updated = withDetails(card, details, this.#today());
      await records.save('card', updated);
      return keep(storedCard(updated));
    });
  }

  /** Detaching what is detached already is no error: what was asked for is so. */
  async detachCard(paymentMethod: string, key: string): Promise<void> {
    await this.#once(key, ['payment_methods.detach', paymentMethod], reusedKey, async (records) => {
      const card = await requireCard(records, paymentMethod);
      await records.save('card', { ...card, attached: false });
      return keep(null);
    });
  }

  createPayment(request: PaymentRequest, key: string): Promise<PaymentAnswer> {
    const { purchase, org, customer, description } = request;
    const amountCents = toCents(request.credits);
    const parameters = ['payment_intents.create', purchase, org, customer, amountCents, description];
    return this.#once(key, parameters, refusedKey, async (records) => {
      const unfit = amountRefusal(amountCents);
      if (unfit !== undefined) return { answer: unfit, kept: undefined };
      if ((await records.find('customer', customer)) === undefined) return keep(missing('customer', customer));
      const payment = newPayment(request, amountCents, key, this.#now());
      await records.save('payment', payment);
      return keep<PaymentAnswer>({ kind: 'payment', payment: shown(payment) });
    });
  }

  confirmPayment(payment: string, paymentMethod: string, key: string): Promise<PaymentAnswer> {
    return this.#once(key, ['payment_intents.confirm', payment, paymentMethod], refusedKey, async (records) => {
      const found = await records.find('payment', payment);
      if (found === undefined) return keep(missing('payment', payment));
      if (found.status !== 'requires_payment_method') return keep(unexpectedState('confirmed', found));
      const card = await records.find('card', paymentMethod);
      const isTheirs = card?.attached === true && card.customer === found.customer;
      if (card === undefined || !isTheirs) return keep(missing('payment method', paymentMethod));
      const charge = chargePayment(found, card, this.#today());
      await records.save('payment', charge.payment);
      return charge.reply;
    });
  }

  cancelPayment(payment: string, key: string): Promise<PaymentAnswer> {
    return this.#once(key, ['payment_intents.cancel', payment], refusedKey, async (records) => {
      const found = await records.find('payment', payment);
      if (found === undefined) return keep(missing('payment', payment));
      if (found.status !== 'requires_payment_method') return keep(unexpectedState('cancelled', found));
      const canceled = { ...found, status: 'canceled' as const };
      await records.save('payment', canceled);
      return keep<PaymentAnswer>({ kind: 'payment', payment: shown(canceled) });
    });
  }

  retrievePayment(payment: string): Promise<PaymentAnswer> {
    return this.#driver.write(async (connection) => {
      const records = new SandboxRecords(connection);
      const found = await records.find('payment', payment);
      if (found === undefined) return missing('payment', payment);
      const read = readPayment(found);
      if (read !== found) await records.save('payment', read);
      return { kind: 'payment', payment: shown(read) };
    });
  }

  findPayments(customer: string, purchase: string): Promise<readonly Payment[]> {
    return this.#driver.read(async (connection) => {
      const payments = await new SandboxRecords(connection).paymentsFor(customer, purchase);
      return payments.map(shown);
    });
  }

  createInvoice(request: InvoiceRequest, key: string): Promise<PaymentAnswer> {
    const { purchase, customer, netDays } = request;
    const amountCents = toCents(request.credits);
    return this.#once<PaymentAnswer>(key, ['invoices.create', purchase, amountCents], refusedKey, async (records) => {
      if ((await records.find('customer', customer)) === undefined) return keep(missing('customer', customer));
      const id = `in_sandbox_${digest([key]).slice(0, 24)}`;
      return this.#invoice(records, { id, status: 'draft', amountCents, customer, purchase, netDays, sentAt: null });
    });
  }

  sendInvoice(invoice: string, key: string): Promise<PaymentAnswer> {
    return this.#changeInvoice(invoice, key, 'invoices.send', { status: 'open', sentAt: this.#now() });
  }

  voidInvoice(invoice: string, key: string): Promise<PaymentAnswer> {
    return this.#changeInvoice(invoice, key, 'invoices.void', { status: 'void' });
  }

  retrieveInvoice(invoice: string): Promise<PaymentAnswer> {
    return this.#driver.read(async (connection) => {
      const found = await new SandboxRecords(connection).find('invoice', invoice);
      if (found === undefined) return missing('invoice', invoice);
      return { kind: 'payment', payment: invoicePayment(found, this.#now()) };
    });
  }

  findInvoices(customer: string, purchase: string): Promise<readonly Payment[]> {
    return this.#driver.read(async (connection) => {
      const invoices = await new SandboxRecords(connection).all('invoice');
      const theirs = invoices.filter((invoice) => invoice.customer === customer && invoice.purchase === purchase);
      return theirs.map((invoice) => invoicePayment(invoice, this.#now()));
    });
  }

  createRefund({ refund, payment, credits }: RefundRequest, key: string): Promise<RefundAnswer> {
    const amountCents = toCents(credits);
    const parameters = ['refunds.create', refund, payment, amountCents];
    return this.#once<RefundAnswer>(key, parameters, refusedKey, async (records) => {
      const found = await records.find('payment', payment);
      if (found === undefined) return keep(missing('payment', payment));
      const made = await newRefund(records, found, { refund, amountCents, key, now: this.#now() });
      if (made === undefined) return keep(refuse('charge_already_refunded', 'less than that is left of the payment'));
      await records.save('refund', made);
      return keep({ kind: 'refund', refund: shownRefund(made) });
    });
  }

  findRefunds(where: { payment: string } | { since: Instant }): Promise<readonly Refund[]> {
    return this.#driver.write(async (connection) => {
      const records = new SandboxRecords(connection);
      const all = await records.all('refund');
      const found = all.filter((each) =>
        'payment' in where ? each.payment === where.payment : each.createdAt >= where.since,
      );
      for (const refund of found) await records.save('refund', readRefund(refund));
      return found.map((refund) => shownRefund(readRefund(refund)));
    });
  }

  findDisputes({ since }: { since: Instant }): Promise<readonly Dispute[]> {
    return this.#driver.read((connection) => disputesSince(new SandboxRecords(connection), since));
  }

  #changeInvoice(
    invoice: string,
    key: string,
    action: string,
    change: Partial<SandboxInvoice>,
  ): Promise<PaymentAnswer> {
    return this.#once<PaymentAnswer>(key, [action, invoice], refusedKey, async (records) => {
      const found = await records.find('invoice', invoice);
      if (found === undefined) return keep(missing('invoice', invoice));
      const { status } = invoicePayment(found, this.#now());
      if (status === 'succeeded' || status === 'canceled')
        return keep(refuse('invoice_not_open', `the invoice ${invoice} is ${status}`));
      return this.#invoice(records, { ...found, ...change });
    });
  }

  async #invoice(records: SandboxRecords, invoice: SandboxInvoice): Promise<Reply<PaymentAnswer>> {
    await records.save('invoice', invoice);
    return keep<PaymentAnswer>({ kind: 'payment', payment: invoicePayment(invoice, this.#now()) });
  }

  /**
   * Does what the key was first used for, once: the same parameters get the first answer again, others get `reused`.
   * Answers are kept for good, where Stripe may forget them after a day.
   */
  #once<T>(
    key: string,
    request: readonly unknown[],
    reused: (key: string) => T,
    work: (records: SandboxRecords) => Promise<Reply<T>>,
  ): Promise<T> {
    const fingerprint = digest([JSON.stringify(request)]);
    return this.#driver.write(async (connection) => {
      const records = new SandboxRecords(connection);
      const known = await records.findRequest(key);
      // The fingerprint has the operation in it, so a kept answer is of this operation's type.
      if (known !== undefined) return known.fingerprint === fingerprint ? (JSON.parse(known.answer) as T) : reused(key);
      const { answer, kept } = await work(records);
      if (kept !== undefined) await records.saveRequest(key, fingerprint, JSON.stringify(kept));
      return answer;
    });
  }

  #today(): PlainDate {
    return utcCalendar.dateOf(this.#now());
  }
}

/** Throws `unknown_card`. A detached card is still found. */
async function requireCard(records: SandboxRecords, paymentMethod: string): Promise<SandboxCard> {
  const card = await records.find('card', paymentMethod);
  if (card === undefined) throw unknownCard(paymentMethod);
  return card;
}
