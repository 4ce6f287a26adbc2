import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Fault, misbehave, send } from './stripe-fake-faults';
import { parseForm, readBody, StripeRefusal } from './stripe-fake-http';
import { attachCard, capture, StripeMemory, type Wire } from './stripe-fake-objects';
import { answer } from './stripe-fake-routes';

const DAY_MS = 86_400_000;
/** The API version the program says it speaks; another would mean other parameters. */
const VERSION = '2026-10-28.endive';

interface Plan {
  readonly match: RegExp;
  readonly fault: Fault;
  left: number;
}

interface Kept {
  readonly fingerprint: string;
  readonly at: number;
  status: number | undefined;
  body: string;
}

/** A stateful Stripe of our own on loopback: the official SDK talks to it as to the real one. */
export class StripeFake {
  readonly memory = new StripeMemory();
  /** Every request that arrived, as `POST /v1/refunds`. */
  readonly requests: string[] = [];
  /** The headers and body of each, in the same order. */
  readonly received: { key: string | undefined; version: string | undefined; telemetry: boolean; body: string }[] = [];
  readonly signingSecret = 'whsec_fakefakefakefake';
  refundOutcome = 'succeeded';
  /** Paths a restricted key may not use. */
  readonly denied = new Set<string>();
  /** Paths it may only read. */
  readonly deniedWrites = new Set<string>();
  revoked = false;
  readonly #keys = new Map<string, Kept>();
  readonly #plans: Plan[] = [];
  readonly #server: Server;
  #skewMs = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<StripeFake> {
    const fake = new StripeFake();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next `times` requests that match meet the fault. */
  fail(match: RegExp, fault: Fault, times = 1): void {
    this.#plans.push({ match, fault, left: times });
  }

  heal(): void {
    this.#plans.length = 0;
  }

  /** Moves Stripe's clock: keys are forgotten after a day. */
  advance(ms: number): void {
    this.#skewMs += ms;
    this.memory.advance(ms);
  }

  count(match: RegExp): number {
    return this.requests.filter((request) => match.test(request)).length;
  }

  intents(): Wire[] {
    return this.memory.all('payment_intent');
  }

  /** What the cards really paid, in cents, less what went back. */
  takenCents(): number {
    const taken = this.intents().reduce((sum, intent) => sum + intent.amount_received, 0);
    const back = this.memory.all('refund').filter((refund) => !/failed|canceled/.test(refund.status));
    return taken - back.reduce((sum, refund) => sum + refund.amount, 0);
  }

  /** A person fills in the hosted page of a card setup. */
  completeSetup(session: string, token: string): Wire {
    const object = this.memory.get('checkout.session', session);
    const card = attachCard(this.memory, token, object.customer);
    const setup = this.memory.create('seti', 'setup_intent', { status: 'succeeded', payment_method: card.id });
    return Object.assign(object, { status: 'complete', setup_intent: setup.id, url: null });
  }

  /** A person pays on the hosted page. */
  completePayment(session: string): void {
    const object = this.memory.get('checkout.session', session);
    const intent = this.#paid(object.amount_total, object.customer, object.intent_metadata);
    Object.assign(object, { status: 'complete', payment_status: 'paid', payment_intent: intent.id, url: null });
  }

  /** The customer pays an invoice: by a payment of Stripe's own, without our metadata. */
  payInvoice(id: string): Wire {
    const invoice = this.memory.get('invoice', id);
    const intent = this.#paid(invoice.total, invoice.customer, {});
    const payment = { type: 'payment_intent', payment_intent: intent.id };
    const payments = { object: 'list', data: [{ object: 'invoice_payment', payment }], has_more: false };
    Object.assign(invoice, { status: 'paid', amount_paid: invoice.total, payments });
    return intent;
  }

  #paid(amount: number, customer: string, metadata: Wire): Wire {
    const sum = { amount, currency: 'usd', amount_received: 0, status: 'requires_payment_method' };
    const intent = this.memory.create('pi', 'payment_intent', { ...sum, customer, metadata });
    capture(this.memory, intent);
    return intent;
  }

  /** Somebody refunds a payment in the Dashboard. */
  refundByHand(intent: string, amount: number): Wire {
    return this.memory.create('re', 'refund', {
      amount,
      currency: 'usd',
      payment_intent: intent,
      status: 'succeeded',
      metadata: {},
      failure_reason: null,
    });
  }

  /** A payment under way ends. */
  finish(intent: string, outcome: 'succeeded' | 'failed'): void {
    const object = this.memory.get('payment_intent', intent);
    if (outcome === 'succeeded') capture(this.memory, object);
    else object.status = 'requires_payment_method';
  }

  /** The bank disputes a payment. */
  dispute(intent: string, amount?: number): Wire {
    const object = this.memory.get('payment_intent', intent);
    return this.memory.create('dp', 'dispute', {
      amount: amount ?? object.amount,
      currency: 'usd',
      payment_intent: intent,
      charge: object.latest_charge,
      status: 'needs_response',
      is_charge_refundable: false,
      reason: 'fraudulent',
    });
  }

  /** A webhook body with the signature Stripe would send. */
  sign(event: Wire, atMs = Date.now()): { body: string; signature: string } {
    const body = JSON.stringify(event);
    const time = Math.floor(atMs / 1000);
    const mac = createHmac('sha256', this.signingSecret).update(`${time}.${body}`).digest('hex');
    return { body, signature: `t=${time},v1=${mac}` };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const body = await readBody(request);
    const line = `${request.method} ${url.pathname}`;
    this.requests.push(line);
    const key = request.headers['idempotency-key'] as string | undefined;
    const version = request.headers['stripe-version'] as string | undefined;
    const telemetry = request.headers['x-stripe-client-telemetry'] !== undefined;
    this.received.push({ key, version, telemetry, body });
    const run = () => this.#answer(request, url, body, key);
    const plan = this.#plans.find((each) => each.left > 0 && each.match.test(line));
    if (plan === undefined) {
      send(response, run());
      return;
    }
    plan.left -= 1;
    misbehave(plan.fault, { request, response, memory: this.memory, run });
  }

  /** Carries the request out once per idempotency key. */
  #answer(request: IncomingMessage, url: URL, body: string, key: string | undefined): Answer {
    const refusal = this.#refusal(request, url);
    if (refusal !== undefined) return { status: refusal.status, body: JSON.stringify(refusal.body) };
    const ask = { form: parseForm(request.method === 'GET' ? url.search.slice(1) : body) };
    const fingerprint = createHash('sha256').update(`${request.method}${url.pathname}\n${body}`).digest('hex');
    const known = key === undefined || request.method === 'GET' ? undefined : this.#find(key);
    if (known !== undefined) return this.#replay(known, fingerprint);
    const { answered, kept } = this.#run(request.method ?? 'GET', url.pathname, ask.form);
    if (key !== undefined && kept) this.#keys.set(key, { fingerprint, at: this.#now(), ...answered });
    return answered;
  }

  #run(method: string, path: string, form: Parameters<typeof answer>[3]['form']): { answered: Answer; kept: boolean } {
    try {
      const object = answer(this.memory, method, path, { form, refundOutcome: this.refundOutcome });
      return { answered: { status: 200, body: JSON.stringify(object) }, kept: true };
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
      return { answered: { status: error.status, body: JSON.stringify(error.body) }, kept: error.kept };
    }
  }

  #replay(known: Kept, fingerprint: string): Answer {
    if (known.fingerprint === fingerprint) return { status: known.status ?? 200, body: known.body };
    const { status, body } = new StripeRefusal(400, {
      type: 'idempotency_error',
      message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
    });
    return { status, body: JSON.stringify(body) };
  }

  #find(key: string): Kept | undefined {
    const known = this.#keys.get(key);
    return known !== undefined && this.#now() - known.at < DAY_MS ? known : undefined;
  }

  #refusal(request: IncomingMessage, url: URL): StripeRefusal | undefined {
    const key = /^Bearer ((?:sk|rk)_(?:test|live)_\w+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined || this.revoked)
      return new StripeRefusal(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
    const denied = [...this.denied, ...(request.method === 'GET' ? [] : this.deniedWrites)];
    const path = denied.find((each) => url.pathname.startsWith(each));
    if (path !== undefined)
      return new StripeRefusal(403, {
        type: 'invalid_request_error',
        message:
          "Permission denied. The provided key 'rk_test_***fake' does not have the required permissions for this endpoint " +
          `on account '${this.memory.account}'. Enabling "${path.slice(4)} Write" ('${path.slice(4)}_write') permissions ` +
          'on this key would allow this request to continue.',
      });
    if (request.headers['stripe-version'] === VERSION) return undefined;
    return new StripeRefusal(400, { type: 'invalid_request_error', message: 'unexpected API version' });
  }

  #now(): number {
    return Date.now() + this.#skewMs;
  }
}
