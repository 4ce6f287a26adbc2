import { fromCents, toCents } from '../../core/credits';
import type { PlainDate } from '../../core/date';
import type { Payment } from '../../core/payment/purchase';
import type { Dispute, Refund } from '../../core/payment/refund';
import { type Instant, utcCalendar } from '../../core/time';
import type {
  CardCharge,
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
import { chargePayment, keep, readPayment, shown } from './sandbox-charge';
import { SandboxInvoices } from './sandbox-invoices';
import { listDetails, newCard, newCustomer, newPayment, storedCard, withDetails } from './sandbox-objects';
import { type SandboxCard, SandboxRecords } from './sandbox-records';
import {
  amountRefusal,
  missing,
  refuse,
  refusedKey,
  requireStorable,
  reusedKey,
  SMALLEST_CHARGE,
  unexpectedState,
  unknownCard,
  unknownCustomer,
} from './sandbox-refusals';
import { SandboxRequests, serialised } from './sandbox-requests';
import { disputesSince, newRefund, readRefund, shownRefund } from './sandbox-returns';

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
  readonly smallestCharge = fromCents(SMALLEST_CHARGE);
  readonly hosted = null;
  readonly doubt = null;
  readonly isOutOfTime = false;
  readonly #driver: SqlDriver;
  readonly #requests: SandboxRequests;
  readonly #invoices: SandboxInvoices;
  readonly #now: () => Instant;

  constructor(driver: SqlDriver, now: () => Instant) {
    this.#driver = driver;
    this.#requests = new SandboxRequests(driver);
    this.#invoices = new SandboxInvoices(driver, this.#requests, now);
    this.#now = now;
  }

  /** It has no keys. */
  async missingPermissions(): Promise<readonly string[]> {
    return [];
  }

  createCustomer(org: { id: string; name: string; email: string | null }, key: string): Promise<string> {
    return this.#requests.once(key, ['customers.create', org.id, org.name, org.email], reusedKey, async (records) => {
      const customer = newCustomer(org, key);
      await records.save('customer', customer);
      return keep(customer.id);
    });
  }

  async attachCard(customer: string, token: string, details: CardDetails, key: string): Promise<StoredCard> {
    const testCard = requireStorable(token);
    const request = ['payment_methods.attach', customer, token, ...listDetails(details)];
    return this.#requests.once(key, request, reusedKey, async (records) => {
      if ((await records.find('customer', customer)) === undefined) throw unknownCustomer(customer);
      const today = this.#today();
      const card = withDetails(newCard(testCard, customer, key, today), details, today);
      await records.save('card', card);
      return keep(storedCard(card));
    });
  }

  updateCard(paymentMethod: string, details: CardDetails, key: string): Promise<StoredCard> {
    const request = ['payment_methods.update', paymentMethod, ...listDetails(details)];
    return this.#requests.once(key, request, reusedKey, async (records) => {
      const card = await requireCard(records, paymentMethod);
      if (!card.attached) throw unknownCard(paymentMethod);
      const updated = withDetails(card, details, this.#today());
      await records.save('card', updated);
      return keep(storedCard(updated));
    });
  }

  /** Detaching what is detached already is no error: what was asked for is so. */
  detachCard(paymentMethod: string, key: string): Promise<boolean> {
    return this.#requests.once(key, ['payment_methods.detach', paymentMethod], reusedKey, async (records) => {
      const card = await requireCard(records, paymentMethod);
      await records.save('card', { ...card, attached: false });
      return keep(card.attached);
    });
  }

  createPayment(request: PaymentRequest, key: string): Promise<PaymentAnswer> {
    const { purchase, org, customer, description } = request;
    const amountCents = toCents(request.credits);
    const parameters = ['payment_intents.create', purchase, org, customer, amountCents, description];
    return this.#requests.once(key, parameters, refusedKey, async (records) => {
      const unfit = amountRefusal(amountCents);
      if (unfit !== undefined) return { answer: unfit, kept: undefined };
      if ((await records.find('customer', customer)) === undefined) return keep(missing('customer', customer));
      const payment = newPayment(request, amountCents, key, this.#now());
      await records.save('payment', payment);
      return keep<PaymentAnswer>({ kind: 'payment', payment: shown(payment) });
    });
  }

  confirmPayment({ payment, paymentMethod }: CardCharge, key: string): Promise<PaymentAnswer> {
    return this.#requests.once(
      key,
      ['payment_intents.confirm', payment, paymentMethod],
      refusedKey,
      async (records) => {
        const found = await records.find('payment', payment);
        if (found === undefined) return keep(missing('payment', payment));
        if (found.status !== 'requires_payment_method') return keep(unexpectedState('confirmed', found));
        const card = await records.find('card', paymentMethod);
        const isTheirs = card?.attached === true && card.customer === found.customer;
        if (card === undefined || !isTheirs) return keep(missing('payment method', paymentMethod));
        const charge = chargePayment(found, card, this.#today());
        await records.save('payment', charge.payment);
        return charge.reply;
      },
    );
  }

  cancelPayment(payment: string, key: string): Promise<PaymentAnswer> {
    return this.#requests.once(key, ['payment_intents.cancel', payment], refusedKey, async (records) => {
      const found = await records.find('payment', payment);
      if (found === undefined) return keep(missing('payment', payment));
      if (found.status !== 'requires_payment_method') return keep(unexpectedState('cancelled', found));
      const canceled = { ...found, status: 'canceled' as const };
      await records.save('payment', canceled);
      return keep<PaymentAnswer>({ kind: 'payment', payment: shown(canceled) });
    });
  }

  retrievePayment(payment: string): Promise<PaymentAnswer> {
    return serialised(this.#driver, async (connection) => {
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

  listPayments(customer: string, since: Instant): Promise<readonly Payment[]> {
    return this.#driver.read(async (connection) => {
      const payments = await new SandboxRecords(connection).all('payment');
      return payments.filter((each) => each.customer === customer && each.createdAt >= since).map(shown);
    });
  }

  createInvoice(request: InvoiceRequest, key: string): Promise<PaymentAnswer> {
    return this.#invoices.create(request, key);
  }

  sendInvoice(invoice: string, key: string): Promise<PaymentAnswer> {
    return this.#invoices.send(invoice, key);
  }

  voidInvoice(invoice: string, key: string): Promise<PaymentAnswer> {
    return this.#invoices.void(invoice, key);
  }

  retrieveInvoice(invoice: string): Promise<PaymentAnswer> {
    return this.#invoices.retrieve(invoice);
  }

  findInvoices(customer: string, purchase: string): Promise<readonly Payment[]> {
    return this.#invoices.find(customer, purchase);
  }

  /** Its invoices are paid by no payment that could go back. */
  async invoicePayments(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  createRefund({ refund, payment, credits }: RefundRequest, key: string): Promise<RefundAnswer> {
    const amountCents = toCents(credits);
    const parameters = ['refunds.create', refund, payment, amountCents];
    return this.#requests.once<RefundAnswer>(key, parameters, refusedKey, async (records) => {
      const found = await records.find('payment', payment);
      if (found === undefined) return keep(missing('payment', payment));
      const made = await newRefund(records, found, { refund, amountCents, key, now: this.#now() });
      if (made === undefined) return keep(refuse('charge_already_refunded', 'less than that is left of the payment'));
      await records.save('refund', made);
      return keep({ kind: 'refund', refund: shownRefund(made) });
    });
  }

  findRefunds(where: { payment: string } | { since: Instant }): Promise<readonly Refund[]> {
    return serialised(this.#driver, async (connection) => {
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
