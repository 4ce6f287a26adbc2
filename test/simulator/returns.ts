import { toCents } from '../../src/core/credits';
import type { Payment } from '../../src/core/payment/purchase';
import { type Dispute, holdsMoney, type Refund } from '../../src/core/payment/refund';
import type { RefundAnswer, RefundRequest } from '../../src/ports/payment-gateway';
import type { Chance } from './random';

interface Surroundings {
  readonly payments: ReadonlyMap<string, Payment>;
  id(prefix: string): string;
  /** Something came about that events would tell. */
  happened(): void;
}

/** Money that goes back: refunds, asked for or made by hand, and what banks take in disputes. */
export class SimulatedReturns {
  readonly refunds: Refund[] = [];
  readonly disputes: Dispute[] = [];
  readonly #chance: Chance;
  readonly #world: Surroundings;

  constructor(chance: Chance, world: Surroundings) {
    this.#chance = chance;
    this.#world = world;
  }

  get isQuiet(): boolean {
    return (
      this.refunds.every((refund) => refund.status !== 'pending') &&
      this.disputes.every((dispute) => dispute.status !== 'needs_response')
    );
  }

  goneCents(): number {
    const back = this.refunds.reduce((sum, refund) => sum + (refund.status === 'failed' ? 0 : refund.amountCents), 0);
    return this.disputes.reduce((sum, each) => sum + (holdsMoney(each) ? each.amountCents : 0), back);
  }

  /** Money that left without the wallet: by hand in the Dashboard, or taken by the bank. */
  get foreign(): readonly (Refund | Dispute)[] {
    return [...this.refunds.filter(({ refund }) => refund === null), ...this.disputes.filter(holdsMoney)];
  }

  /** Something happens to a payment that nobody here asked for: a refund by hand, or a dispute. */
  interfere(): void {
    const paid = [...this.#world.payments.values()].filter(
      ({ id, status }) => status === 'succeeded' && id.startsWith('pi_') && this.#keptOf(id) > 0,
    );
    const payment = paid[this.#chance.below(paid.length || 1)];
    if (payment === undefined) return;
    this.#world.happened();
    const amountCents = 1 + this.#chance.below(this.#keptOf(payment.id));
    if (this.#chance.happens(0.5))
      this.refunds.push({
        id: this.#world.id('re'),
        payment: payment.id,
        amountCents,
        status: 'succeeded',
        refund: null,
        failure: null,
      });
    else if (this.disputes.every((dispute) => dispute.payment !== payment.id))
      this.disputes.push({
        id: this.#world.id('dp'),
        payment: payment.id,
        amountCents,
        status: 'needs_response',
        refundable: false,
      });
  }

  /** The bank decides; of what was won, now and then another way after all. */
  settleDisputes(): void {
    for (const [at, dispute] of this.disputes.entries()) {
      const isOpen = dispute.status === 'needs_response';
      const isTurned = dispute.status === 'won' && this.#keptOf(dispute.payment) >= dispute.amountCents;
      if (!isOpen && !(isTurned && this.#chance.happens(0.2))) continue;
      this.#world.happened();
      this.disputes[at] = { ...dispute, status: isOpen && this.#chance.happens(0.5) ? 'won' : 'lost' };
    }
  }

  /** What is left of a payment: all that may still go back. */
  #keptOf(id: string): number {
    const refunded = this.refunds.filter(({ payment, status }) => payment === id && status !== 'failed');
    const disputed = this.disputes.filter((dispute) => dispute.payment === id && holdsMoney(dispute));
    const gone = [...refunded, ...disputed].reduce((sum, { amountCents }) => sum + amountCents, 0);
    return (this.#world.payments.get(id)?.receivedCents ?? 0) - gone;
  }

  /** Gives back at most what is left of the payment, at once or later. */
  refund({ refund, payment, credits }: RefundRequest): RefundAnswer {
    const amountCents = toCents(credits);
    if (amountCents > this.#keptOf(payment))
      return { kind: 'refused', code: 'charge_already_refunded', message: 'less than that is left' };
    const status = this.#chance.happens(0.3) ? 'pending' : 'succeeded';
    const made = { id: this.#world.id('re'), payment, amountCents, status, refund, failure: null };
    this.refunds.push(made);
    return { kind: 'refund', refund: made };
  }

  /** Refunds that are on their way arrive, or come back. */
  settleRefunds(): void {
    for (const [at, refund] of this.refunds.entries())
      if (refund.status === 'pending')
        this.refunds[at] = { ...refund, status: this.#chance.happens(0.5) ? 'succeeded' : 'failed' };
  }
}
