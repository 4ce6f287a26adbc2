import { fromCents, toCents } from '../../src/core/credits';
import type { Payment } from '../../src/core/payment/purchase';
import type { Dispute, Refund } from '../../src/core/payment/refund';
import { holdsMoney } from '../../src/core/payment/refund';
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
import { SimulatedPages } from './pages';
import type { Chance } from './random';

const DAY_MS = 86_400_000;
/** Longer than any caller waits, shorter than the day after which keys are forgotten. */
const LATEST_MS = 600_000;

export type CardKind = 'pays' | 'declines' | 'asks' | 'takes_days';

/** A process that was killed: what it was doing stops right there. */
export class Killed extends Error {}

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
  readonly refunds: Refund[] = [];
  readonly disputes: Dispute[] = [];
  /** Things that happened here by themselves since events were last sent. */
  news = 0;
  /** Every time a card was really asked, and every charge that was made. */
  readonly asked: Charge[] = [];
  readonly charges: Charge[] = [];
  /** How likely each thing is to go wrong; all is well at 0. */
  trouble = 0;
  readonly #cards = new Map<string, CardKind>();
  readonly #keys = new Map<string, { request: string; answer: PaymentAnswer | RefundAnswer; at: number }>();
  readonly #late: { readonly at: number; readonly run: () => void }[] = [];
  readonly #chance: Chance;
  readonly #now: () => number;
  #count = 0;

  constructor(chance: Chance, now: () => number) {
    this.#chance = chance;
    this.#now = now;
    this.hosted = new SimulatedPages({
      now,
      id: (prefix) => this.#id(prefix),
      fails: () => (chance.happens(this.trouble) ? (chance.happens(0.5) ? 'before' : 'after') : 'never'),
      pay: (payment) => {
        this.payments.set(payment.id, payment);
        this.charges.push({ payment: payment.id, card: 'a page' });
        this.news += 1;
      },
    });
  }

  /** Carries out what was on its way for so long. */
  arrive(): void {
    const due = this.#late.filter((each) => each.at <= this.#now()).sort((a, b) => a.at - b.at);
    for (const each of due) {
      this.#late.splice(this.#late.indexOf(each), 1);
      each.run();
    }
  }

  get isQuiet(): boolean {
    return (
      this.#late.length === 0 &&
      this.hosted.open.length === 0 &&
      this.refunds.every((refund) => refund.status !== 'pending') &&
      this.disputes.every((dispute) => dispute.status !== 'needs_response')
    );
  }

  takenCents(): number {
    const taken = [...this.payments.values()].reduce((sum, payment) => sum + payment.receivedCents, 0);
    const back = this.refunds.reduce((sum, refund) => sum + (refund.status === 'failed' ? 0 : refund.amountCents), 0);
    return taken - back - this.disputes.reduce((sum, each) => sum + (holdsMoney(each) ? each.amountCents : 0), 0);
  }

  /** Money that left without the wallet: by hand in the Dashboard, or taken by the bank. */
  get foreign(): readonly (Refund | Dispute)[] {
    return [...this.refunds.filter(({ refund }) => refund === null), ...this.disputes.filter(holdsMoney)];
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

  /** Something happens to a payment that nobody here asked for: a refund by hand, or a dispute. */
  interfere(): void {
    const paid = [...this.payments.values()].filter(
      ({ id, status }) => status === 'succeeded' && id.startsWith('pi_') && this.#keptOf(id) > 0,
    );
    const payment = paid[this.#chance.below(paid.length || 1)];
    if (payment === undefined) return;
    this.news += 1;
    const amountCents = 1 + this.#chance.below(this.#keptOf(payment.id));
    if (this.#chance.happens(0.5))
      this.refunds.push({
        id: this.#id('re'),
        payment: payment.id,
        amountCents,
        status: 'succeeded',
        refund: null,
        failure: null,
      });
    else if (this.disputes.every((dispute) => dispute.payment !== payment.id))
      this.disputes.push({
        id: this.#id('dp'),
        payment: payment.id,
        amountCents,
        status: 'needs_response',
        refundable: false,
      });
  }

  /** The bank decides. */
  settleDisputes(): void {
    for (const [at, dispute] of this.disputes.entries())
      if (dispute.status === 'needs_response') {
        this.news += 1;
        this.disputes[at] = { ...dispute, status: this.#chance.happens(0.5) ? 'won' : 'lost' };
      }
  }

  /** What is left of a payment: all that may still go back. */
  #keptOf(id: string): number {
    const refunded = this.refunds.filter(({ payment, status }) => payment === id && status !== 'failed');
    const disputed = this.disputes.filter((dispute) => dispute.payment === id && holdsMoney(dispute));
    const gone = [...refunded, ...disputed].reduce((sum, { amountCents }) => sum + amountCents, 0);
    return (this.payments.get(id)?.receivedCents ?? 0) - gone;
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
    return this.#send(key, `create ${purchase}`, () => {
      const asked = { purchase, customer, amountCents: toCents(request.credits) };
      return { kind: 'payment', payment: this.#draft('pi', 'requires_payment_method', asked) };
    });
  }

  confirmPayment({ payment: id, paymentMethod: card }: CardCharge, key: string): Promise<PaymentAnswer> {
    return this.#send<PaymentAnswer>(key, `confirm ${id} ${card}`, () => {
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
    return this.#send<PaymentAnswer>(key, `cancel ${id}`, () => {
      const payment = this.payments.get(id);
      if (payment?.status !== 'requires_payment_method')
        return { kind: 'refused', code: 'payment_intent_unexpected_state', message: 'not now' };
      return { kind: 'payment', payment: this.#set(payment, { status: 'canceled' }) };
    });
  }

  async retrievePayment(id: string): Promise<PaymentAnswer> {
    await this.#pause();
    if (this.#chance.happens(this.trouble)) return { kind: 'unknown', reason: 'the network' };
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
    await this.#pause();
    return [...this.payments.values()].filter(
      ({ id, ...payment }) => payment.purchase === purchase && isCardPayment(id),
    );
  }

  createRefund({ refund, payment, credits }: RefundRequest, key: string): Promise<RefundAnswer> {
    return this.#send<RefundAnswer>(key, `refund ${refund} ${payment}`, () => {
      const amountCents = toCents(credits);
      if (amountCents > this.#keptOf(payment))
        return { kind: 'refused', code: 'charge_already_refunded', message: 'less than that is left' };
      const waits = this.#chance.happens(0.3);
      const made = {
        id: this.#id('re'),
        payment,
        amountCents,
        status: waits ? 'pending' : 'succeeded',
        refund,
        failure: null,
      };
      this.refunds.push(made);
      return { kind: 'refund', refund: made };
    });
  }

  async findRefunds(where: { payment: string } | { since: number }): Promise<readonly Refund[]> {
    await this.#pause();
    return this.refunds.filter((refund) => !('payment' in where) || refund.payment === where.payment);
  }

  /** Refunds that are on their way arrive, or come back. */
  settleRefunds(): void {
    for (const [at, refund] of this.refunds.entries())
      if (refund.status === 'pending')
        this.refunds[at] = { ...refund, status: this.#chance.happens(0.5) ? 'succeeded' : 'failed' };
  }

  async findDisputes(): Promise<readonly Dispute[]> {
    await this.#pause();
    return [...this.disputes];
  }

  createInvoice({ purchase, customer, credits }: InvoiceRequest, key: string): Promise<PaymentAnswer> {
    return this.#send<PaymentAnswer>(key, `invoice ${purchase}`, () => {
      const payment = this.#draft('in', 'requires_confirmation', { purchase, customer, amountCents: toCents(credits) });
      return { kind: 'payment', payment };
    });
  }

  sendInvoice(id: string, key: string): Promise<PaymentAnswer> {
    return this.#send<PaymentAnswer>(key, `send ${id}`, () => this.#change(id, 'requires_confirmation', 'processing'));
  }

  voidInvoice(id: string, key: string): Promise<PaymentAnswer> {
    return this.#send<PaymentAnswer>(key, `void ${id}`, () => {
      const isDraft = this.payments.get(id)?.status === 'requires_confirmation';
      return this.#change(id, isDraft ? 'requires_confirmation' : 'processing', 'canceled');
    });
  }

  retrieveInvoice(id: string): Promise<PaymentAnswer> {
    return this.retrievePayment(id);
  }

  async findInvoices(_customer: string, purchase: string): Promise<readonly Payment[]> {
    await this.#pause();
    return [...this.payments.values()].filter(({ id, ...each }) => each.purchase === purchase && !isCardPayment(id));
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

  /** One request over that network. */
  async #send<T extends PaymentAnswer | RefundAnswer>(key: string, request: string, run: () => T): Promise<T> {
    const unknown = { kind: 'unknown', reason: 'the network' } as T;
    await this.#pause();
    const act = () => this.#once(key, request, run);
    if (!this.#chance.happens(this.trouble)) return act();
    const kind = this.#chance.below(5);
    if (kind === 0) return unknown; // lost on its way
    if (kind === 1) {
      // It is carried out at its own time, though nobody may look before a day later.
      const at = this.#now() + this.#chance.below(LATEST_MS);
      this.#late.push({ at, run: () => void this.#once(key, request, run, at) });
      return unknown;
    }
    if (kind === 2) throw new Killed('before it was sent');
    act();
    if (kind === 3) throw new Killed('before it was answered');
    return unknown; // carried out, and the answer lost
  }

  #once<T extends PaymentAnswer | RefundAnswer>(key: string, request: string, run: () => T, at = this.#now()): T {
    const known = this.#keys.get(key);
    const isFresh = known !== undefined && at - known.at < DAY_MS;
    // A key stands for one request, so its answer has that request's type.
    if (isFresh && known.request === request) return known.answer as T;
    if (isFresh) return { kind: 'refused', code: 'idempotency_error', message: 'other parameters' } as T;
    const answer = run();
    this.#keys.set(key, { request, answer, at });
    return answer;
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

  /** Lets other workers in, now and then several steps of them. */
  async #pause(): Promise<void> {
    for (let turn = this.#chance.below(4); turn > 0; turn -= 1) await new Promise(setImmediate);
  }
}

function isCardPayment(id: string): boolean {
  return id.startsWith('pi_');
}
