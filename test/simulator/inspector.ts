import type { SqlStore } from '../../src/adapters/storage/sql-store';
import type { WalletService } from '../../src/contract/wallet-service';
import { formatCredits, fromCents, readCredits } from '../../src/core/credits';
import { isUnresolved, type PurchaseRecord } from '../../src/core/payment/purchase';
import type { SimulatedProcessor } from './processor';

/** Looks at the wallet and at the processor, and reports where they do not fit. */
export class Inspector {
  readonly #store: SqlStore;
  readonly #wallet: WalletService;
  readonly #processor: SimulatedProcessor;
  readonly #report: (what: string) => void;
  /** As they were when they were last looked at. */
  #topUps: { open: readonly string[]; known: ReadonlySet<string> } = { open: [], known: new Set() };

  constructor(store: SqlStore, wallet: WalletService, processor: SimulatedProcessor, report: (what: string) => void) {
    this.#store = store;
    this.#wallet = wallet;
    this.#processor = processor;
    this.#report = report;
  }

  /** Holds at every moment: nobody can spend more than the processor has taken. */
  async look(org: number): Promise<void> {
    const { balance } = await this.#wallet.credit.balance();
    const known = await this.#store.read(org, async ({ records }) => ({
      purchases: await records.purchases.list(),
      refunds: await records.refunds.list(),
    }));
    const heard = new Set(known.refunds.map(({ reference }) => reference));
    // What left without the wallet is missed only once somebody has told it.
    const unheard = this.#processor.returns.foreign.filter(({ id }) => !heard.has(id));
    const taken = fromCents(unheard.reduce((sum, each) => sum + each.amountCents, this.#processor.takenCents()));
    if (readCredits(balance.available) > taken)
      this.#report(`${balance.available} can be spent and ${formatCredits(taken)} was taken`);
    this.#checkTopUps(known.purchases.filter(({ trigger }) => trigger === 'recharge'));
    const { charges, asked, payments } = this.#processor;
    const purchases = [...payments.values()].map((payment) => payment.purchase);
    if (new Set(purchases).size !== purchases.length) this.#report('one purchase has two payments');
    if (new Set(charges.map((charge) => charge.payment)).size !== charges.length)
      this.#report('one payment was charged twice');
    const tries = asked.map(({ payment, card }) => `${payment} ${card}`);
    if (new Set(tries).size !== tries.length) this.#report('one card was asked twice for one payment');
    for (const purchase of known.purchases) {
      const payment = payments.get(purchase.payment ?? '');
      // Reconciling would credit a late charge all the same, so the fence itself is looked at.
      if (purchase.state === 'failed' && payment !== undefined && payment.status !== 'canceled')
        this.#report(`${purchase.id} is failed while its payment is ${payment.status}`);
    }
    const refunds = this.#processor.returns.refunds.map(({ refund }) => refund).filter((refund) => refund !== null);
    if (new Set(refunds).size !== refunds.length) this.#report('one refund was made twice');
  }

  /** While a top-up is open, or its page is, there is no other. */
  #checkTopUps(topUps: readonly PurchaseRecord[]): void {
    const open = new Set(topUps.filter(isUnresolved).map(({ id }) => id));
    if (open.size > 1) this.#report(`two top-ups are open at once: ${[...open]}`);
    const stayed = this.#topUps.open.filter((id) => open.has(id));
    const added = topUps.filter(({ id }) => !this.#topUps.known.has(id));
    if (stayed.length > 0 && added.length > 0) this.#report(`topped up beside ${stayed}: ${added.map(({ id }) => id)}`);
    this.#topUps = { open: [...open], known: new Set(topUps.map(({ id }) => id)) };
  }

  /** Holds when the dust has settled: charged is credited, and nothing is pending. */
  async lookAtTheEnd(org: number): Promise<void> {
    for (const purchase of await this.#store.read(org, (view) => view.records.purchases.list())) {
      const payment = [...this.#processor.payments.values()].find((each) => each.purchase === purchase.id);
      const charge = this.#processor.charges.find((each) => each.payment === payment?.id);
      if (purchase.state !== 'succeeded' && purchase.state !== 'failed')
        this.#report(`${purchase.id} stays ${purchase.state}`);
      if ((purchase.state === 'succeeded') !== (charge !== undefined))
        this.#report(`${purchase.id} is ${purchase.state} and was ${charge === undefined ? 'not ' : ''}charged`);
      const last = purchase.attempts.at(-1);
      if (charge !== undefined && last !== undefined && last.paymentMethod !== charge.card)
        this.#report(`${purchase.id} says that another card paid`);
    }
    const { balance } = await this.#wallet.credit.balance();
    if (readCredits(balance.posted) !== fromCents(this.#processor.takenCents()))
      this.#report(`${balance.posted} are in the books and ${this.#processor.takenCents()} cents were taken`);
    // A refund that nobody can find after a day is left to people, with its credits.
    const open = await this.#store.read(org, (view) => view.openRefunds());
    const parked = open.reduce((sum, refund) => sum + (refund.state === 'needs_review' ? refund.credits : 0), 0);
    if (readCredits(balance.held) !== parked)
      this.#report(`${balance.held} stay on hold: ${open.map((refund) => refund.state)}`);
    const proof = await this.#wallet.audit.verify({});
    if (!proof.ok)
      this.#report(`the books are not whole: ${JSON.stringify(proof.checks.filter((check) => !check.ok))}`);
  }
}
