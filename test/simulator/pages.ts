import { toCents } from '../../src/core/credits';
import { WalletError } from '../../src/core/errors';
import type { HostedPage, Payment } from '../../src/core/payment/purchase';
import type { Instant } from '../../src/core/time';
import type { HostedOutcome, HostedPages, PaymentRequest } from '../../src/ports/payment-gateway';

const DAY_MS = 86_400_000;

interface Page {
  readonly page: HostedPage;
  readonly request: PaymentRequest;
  payment: string | null;
  closed: boolean;
}

/** What the pages need of the processor behind them. */
export interface Till {
  now(): number;
  id(prefix: string): string;
  /** Whether a request gets lost on its way, or its answer on the way back. */
  fails(): 'never' | 'before' | 'after';
  pay(payment: Payment): void;
}

/** The processor's pages: paid by people, at most once each, and not after they were closed. */
export class SimulatedPages implements HostedPages {
  readonly #pages = new Map<string, Page>();
  readonly #keys = new Map<string, Page>();
  readonly #till: Till;

  constructor(till: Till) {
    this.#till = till;
  }

  async openCardSetup(): Promise<HostedPage> {
    throw new Error('not part of the simulation');
  }

  async openPayment(request: PaymentRequest, key: string): Promise<HostedPage> {
    return this.#send(() => {
      const known = this.#keys.get(key);
      if (known !== undefined) return known.page;
      const session = this.#till.id('cs');
      const page = {
        session,
        url: `https://pay.example/${session}`,
        expiresAt: (this.#till.now() + DAY_MS) as Instant,
      };
      const made = { page, request, payment: null, closed: false };
      this.#pages.set(session, made);
      this.#keys.set(key, made);
      return page;
    });
  }

  async read(session: string): Promise<HostedOutcome> {
    return this.#send(() => {
      const { payment, request } = this.#require(session);
      const status = payment !== null ? 'complete' : this.isOpen(session) ? 'open' : 'expired';
      return { status, payment, card: null, customer: request.customer };
    });
  }

  async expire(session: string): Promise<void> {
    return this.#send(() => {
      const page = this.#require(session);
      if (page.payment === null) page.closed = true;
    });
  }

  async openPortal(): Promise<string> {
    throw new Error('not part of the simulation');
  }

  isOpen(session: string): boolean {
    const { page, payment, closed } = this.#require(session);
    return payment === null && !closed && this.#till.now() < page.expiresAt;
  }

  /** Pages that somebody could pay now. */
  get open(): readonly string[] {
    return [...this.#pages.keys()].filter((session) => this.isOpen(session));
  }

  /** Nobody wants it any more. */
  close(session: string): void {
    this.#require(session).closed = true;
  }

  /** A person pays. */
  pay(session: string): void {
    const page = this.#require(session);
    const { purchase, customer, credits } = page.request;
    const amountCents = toCents(credits);
    const id = this.#till.id('pi');
    page.payment = id;
    this.#till.pay({
      id,
      status: 'succeeded',
      amountCents,
      receivedCents: amountCents,
      currency: 'usd',
      customer,
      live: false,
      purchase,
    });
  }

  #require(session: string): Page {
    const page = this.#pages.get(session);
    if (page === undefined) throw new Error(`there is no page ${session}`);
    return page;
  }

  #send<T>(run: () => T): T {
    const fails = this.#till.fails();
    if (fails === 'before') throw new WalletError('provider_unavailable', 'the network');
    const answer = run();
    if (fails === 'after') throw new WalletError('provider_unavailable', 'the network');
    return answer;
  }
}
