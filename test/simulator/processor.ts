import { fromCents, toCents } from '../../src/core/credits';
import type { Payment } from '../../src/core/payment/purchase';
import type { Dispute, Refund } from '../../src/core/payment/refund';
import type {
  CardCharge,
  InvoiceRequest,
  PaymentAnswer,
  PaymentGateway,
  PaymentRequest,
  RefundAnswer,
  RefundRequest,
  StoredCard,
} from '../../src/ports/payment-gateway';
import { SimulatedNetwork } from './network';
import { SimulatedPages } from './pages';
import type { Chance } from './random';
import { SimulatedReturns } from './returns';

export type CardKind = 'pays' | 'declines' | 'asks' | 'takes_days';

interface Charge {
  readonly payment: string;
  readonly card: string;
}

/**
 * A processor that obeys Stripe's rules (one charge at most for a payment, keys for a day, a cancel is final) behind a
 * network that obeys none: requests and answers get lost, come late, or end the process.
 */
export class SimulatedProcessor implements PaymentGateway {
  readonly provider = 'sandbox';
  readonly smallestCharge = fromCents(50);
  readonly doubt = null;
  readonly isOutOfTime = false;
  readonly hosted: SimulatedPages;
  readonly payments = new Map<string, Payment>();
  readonly network: SimulatedNetwork;
  readonly returns: SimulatedReturns;
  /** Things that happened here by themselves since events were last sent. */
  news = 0;
  /** Every time a card was really asked, and every charge that was made. */
  readonly asked: Charge[] = [];
  readonly charges: Charge[] = [];
  readonly #cards = new Map<string, CardKind>();
  readonly #chance: Chance;
  #count = 0;

  constructor(chance: Chance, now: () => number) {
    this.#chance = chance;
    this.network = new SimulatedNetwork(chance, now);
    this.returns = new SimulatedReturns(chance, {
      payments: this.payments,
      id: (prefix) => this.#id(prefix),
      happened: () => {
        this.news += 1;
      },
    });
    this.hosted = new SimulatedPages({
      now,
      id: (prefix) => this.#id(prefix),
      fails: () => (chance.happens(this.network.trouble) ? (chance.happens(0.5) ? 'before' : 'after') : 'never'),
      pay: (payment) => {
        this.payments.set(payment.id, payment);
        this.charges.push({ payment: payment.id, card: 'a page' });
        this.news += 1;
      },
    });
  }

  get isQuiet(): boolean {
    return this.network.isQuiet && this.hosted.open.length === 0 && this.returns.isQuiet;
  }

  takenCents(): number {
    const taken = [...this.payments.values()].reduce((sum, payment) => sum + payment.receivedCents, 0);
    return taken - this.returns.goneCents();
  }

  /** Payments that have been under way long enough come to an end, and people pay what they were asked for, or do not. */
  finish(): void {
    for (const payment of this.payments.values()) {
      if (payment.status !== 'processing') continue;
      this.news += 1;
      if (payment.id.startsWith('in_') && this.#chance.happens(0.3)) this.#set(payment, { status: 'canceled' });
      else this.#capture(payment, this.asked.find((each) => each.payment === payment.id)?.card ?? '');
    }
    for (const session of this.hosted.open)
      if (this.#chance.happens(0.5)) this.hosted.pay(session);
      else this.hosted.close(session);
  }

  async missingPermissions(): Promise<readonly string[]> {
    return [];
  }

  async createCustomer(org: { id: string }): Promise<string> {
    return `cus_${org.id}`;
  }

  async attachCard(_customer: string, token: string): Promise<StoredCard> {
    const id = this.#id('pm');
    this.#cards.set(id, token as CardKind);
    return { paymentMethod: id, fingerprint: id, brand: 'visa', last4: '4242', expMonth: 12, expYear: 2040 };
  }

  async updateCard(): Promise<StoredCard> {
    throw new Error('not part of the simulation');
  }

  async detachCard(): Promise<boolean> {
    return true;
  }

  createPayment(request: PaymentRequest, key: string): Promise<PaymentAnswer> {
    const { purchase, customer } = request;
    return this.network.send(key, `create ${purchase}`, () => {
      const asked = { purchase, customer, amountCents: toCents(request.credits) };
      return { kind: 'payment', payment: this.#draft('pi', 'requires_payment_method', asked) };
    });
  }

  confirmPayment({ payment: id, paymentMethod: card }: CardCharge, key: string): Promise<PaymentAnswer> {
    return this.network.send<PaymentAnswer>(key, `confirm ${id} ${card}`, () => {
      const payment = this.payments.get(id);
      if (payment?.status !== 'requires_payment_method')
        return { kind: 'refused', code: 'payment_intent_unexpected_state', message: 'not now' };
      this.asked.push({ payment: id, card });
      const kind = this.#cards.get(card) ?? 'declines';
      if (kind === 'pays') return { kind: 'payment', payment: this.#capture(payment, card) };
      if (kind === 'takes_days') return { kind: 'payment', payment: this.#set(payment, { status: 'processing' }) };
      const code = kind === 'asks' ? 'authentication_required' : 'card_declined';
      return { kind: 'declined', payment, decline: { code, declineCode: null, message: code } };
    });
  }

  cancelPayment(id: string, key: string): Promise<PaymentAnswer> {
    return this.network.send<PaymentAnswer>(key, `cancel ${id}`, () => {
      const payment = this.payments.get(id);
      if (payment?.status !== 'requires_payment_method')
        return { kind: 'refused', code: 'payment_intent_unexpected_state', message: 'not now' };
      return { kind: 'payment', payment: this.#set(payment, { status: 'canceled' }) };
    });
  }

  async retrievePayment(id: string): Promise<PaymentAnswer> {
    await this.network.pause();
    if (this.#chance.happens(this.network.trouble)) return { kind: 'unknown', reason: 'the network' };
    const payment = this.payments.get(id);
    if (payment === undefined) return { kind: 'refused', code: 'resource_missing', message: id };
    return { kind: 'payment', payment };
  }

  async listPayments(customer: string): Promise<readonly Payment[]> {
    return [...this.payments.values()].filter(
      ({ id, ...payment }) => payment.customer === customer && isCardPayment(id),
    );
  }

  async findPayments(_customer: string, purchase: string): Promise<readonly Payment[]> {
    await this.network.pause();
    return [...this.payments.values()].filter(
      ({ id, ...payment }) => payment.purchase === purchase && isCardPayment(id),
    );
  }

  createRefund(request: RefundRequest, key: string): Promise<RefundAnswer> {
    const { refund, payment } = request;
    return this.network.send<RefundAnswer>(key, `refund ${refund} ${payment}`, () => this.returns.refund(request));
  }

  async findRefunds(where: { payment: string } | { since: number }): Promise<readonly Refund[]> {
    await this.network.pause();
    return this.returns.refunds.filter((refund) => !('payment' in where) || refund.payment === where.payment);
  }

  async findDisputes(): Promise<readonly Dispute[]> {
    await this.network.pause();
    return [...this.returns.disputes];
  }

  createInvoice({ purchase, customer, credits }: InvoiceRequest, key: string): Promise<PaymentAnswer> {
    return this.network.send<PaymentAnswer>(key, `invoice ${purchase}`, () => {
      const payment = this.#draft('in', 'requires_confirmation', { purchase, customer, amountCents: toCents(credits) });
      return { kind: 'payment', payment };
    });
  }

  sendInvoice(id: string, key: string): Promise<PaymentAnswer> {
    return this.network.send<PaymentAnswer>(key, `send ${id}`, () =>
      this.#change(id, 'requires_confirmation', 'processing'),
    );
  }

  voidInvoice(id: string, key: string): Promise<PaymentAnswer> {
    return this.network.send<PaymentAnswer>(key, `void ${id}`, () => {
      const isDraft = this.payments.get(id)?.status === 'requires_confirmation';
      return this.#change(id, isDraft ? 'requires_confirmation' : 'processing', 'canceled');
    });
  }

  retrieveInvoice(id: string): Promise<PaymentAnswer> {
    return this.retrievePayment(id);
  }

  async findInvoices(_customer: string, purchase: string): Promise<readonly Payment[]> {
    await this.network.pause();
    return [...this.payments.values()].filter(({ id, ...each }) => each.purchase === purchase && !isCardPayment(id));
  }

  async invoicePayments(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  #change(id: string, from: string, to: string): PaymentAnswer {
    const payment = this.payments.get(id);
    if (payment?.status !== from) return { kind: 'refused', code: 'invoice_not_editable', message: 'not now' };
    return { kind: 'payment', payment: this.#set(payment, { status: to }) };
  }

  #draft(prefix: string, status: string, asked: Pick<Payment, 'purchase' | 'customer' | 'amountCents'>): Payment {
    const payment = { ...asked, id: this.#id(prefix), status, receivedCents: 0, currency: 'usd', live: false };
    this.payments.set(payment.id, payment);
    return payment;
  }

  #capture(payment: Payment, card: string): Payment {
    this.charges.push({ payment: payment.id, card });
    return this.#set(payment, { status: 'succeeded', receivedCents: payment.amountCents });
  }

  #set(payment: Payment, change: Partial<Payment>): Payment {
    const changed = { ...payment, ...change };
    this.payments.set(payment.id, changed);
    return changed;
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#chance.hex(8)}${this.#count}`;
  }
}

function isCardPayment(id: string): boolean {
  return id.startsWith('pi_');
}
