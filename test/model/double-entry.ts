import { expect } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/storage/sqlite-engine';
import type { WalletService } from '../../src/contract/wallet-service';
import type { Instant } from '../../src/core/time';
import { createTestLedger, type TestLedger } from '../helpers/ledger';
import { compareBooks } from './comparison';
import { FIRST_TERMS, SINCE } from './first-terms';
import { NaiveLedger, type NaiveTerms, Refusal } from './naive-ledger';
import { APPS, type Command, type Event, SERVICES, type Terms } from './random-commands';
import { decimal, monthOf, time, ZONE } from './written';

/** The clocks go back the night after, and the month ends the week after. */
export const START = '2026-10-24T09:00:00Z';

/** The wallet and the naive model side by side: every command goes to both, and both have to say the same. */
export class DoubleEntry {
  readonly ledger: TestLedger;
  readonly wallet: WalletService;
  readonly #database: Database;
  model = new NaiveLedger();
  readonly #useIds: string[] = [];
  readonly #holdIds: string[] = [];
  readonly #events: (Event & { readonly id: string; readonly time: string })[] = [];

  private constructor(ledger: TestLedger, wallet: WalletService) {
    this.ledger = ledger;
    this.wallet = wallet;
    this.#database = openDatabase(ledger.file, { readonly: true, timeoutMs: 5_000 });
  }

  static async open(): Promise<DoubleEntry> {
    const ledger = createTestLedger(START);
    const wallet = ledger.open();
    await wallet.organisation.init({ org: 'Acme', timeZone: ZONE });
    const both = new DoubleEntry(ledger, wallet);
    await both.wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    for (const app of APPS) await both.wallet.catalogue.addApp({ app });
    for (const service of SERVICES) await both.price(service, SINCE, FIRST_TERMS[service] as Terms);
    return both;
  }

  async run(command: Command): Promise<void> {
    const { credit, purchases, holds, catalogue } = this.wallet;
    switch (command.do) {
      case 'clock':
        this.ledger.now = (this.ledger.now + command.by) as Instant;
        return;
      case 'buy':
        return this.both(
          () => purchases.buy({ credits: decimal(command.cents * 10_000) }),
          (model, at) => model.bring('purchased', command.cents * 10_000, at),
        );
      case 'grant': {
        const { micro, priority, lasts } = command;
        const expires = lasts === null ? Number.POSITIVE_INFINITY : this.ledger.now + lasts;
        const dated = lasts === null ? {} : { expires: time(expires) };
        return this.both(
          () => credit.addGrant({ credits: decimal(micro), reason: 'gift', priority: String(priority), ...dated }),
          (model, at) => model.bring('promotional', micro, at, priority, expires),
        );
      }
      case 'adjust':
        return this.both(
          () => credit.adjust({ direction: command.direction, credits: decimal(command.micro), reason: 'fix' }),
          (model, at) =>
            command.direction === 'add' ? model.bring('promotional', command.micro, at) : model.spend(command.micro),
        );
      case 'void':
        return this.voidGrant(command.which);
      case 'use':
        return this.use(command, command.again);
      case 'batch':
        return this.batch(command.events);
      case 'reverse':
        return this.reverse(command.which, command.quantity);
      case 'hold':
        return this.hold(command);
      case 'capture': {
        const [index, id] = pick(this.#holdIds, command.which);
        if (id === undefined) return;
        const { quantity, overflow } = command;
        return this.both(
          async () =>
            this.#useIds.push(
              (await holds.capture({ id, quantity: String(quantity), overflow })).transaction?.id ?? '',
            ),
          (model, at) => model.capture(model.holds[index] as never, quantity, overflow, at, monthOf(at)),
        );
      }
      case 'release': {
        const [index, id] = pick(this.#holdIds, command.which);
        if (id === undefined) return;
        return this.both(
          () => holds.release({ id }),
          (model) => model.end(model.holds[index] as never, 'released'),
        );
      }
      case 'limit': {
        const onLimit = command.block ? 'block' : 'warn';
        await catalogue.limitApp({ app: command.app, monthly: decimal(command.micro), onLimit });
        this.model.limits[command.app] = { monthly: command.micro, block: command.block };
        return;
      }
      case 'price':
        return this.price(command.service, this.ledger.now + command.from, command);
    }
  }

  private async price(service: string, from: number, { tiers, quota, postpaid }: Terms): Promise<void> {
    await this.wallet.catalogue.setService({
      service,
      from: time(from),
      tiers: tiers.map(([start, price]) => `${start}:${decimal(price)}`).join(','),
      freeQuota: quota === 0 ? '0' : `${quota}/month`,
      billing: postpaid ? 'postpaid' : 'prepaid',
    });
    const versions: NaiveTerms[] = this.model.terms[service] ?? [];
    this.model.terms[service] = [...versions, { from, tiers, quota, postpaid }];
  }

  private async use(command: Event, again: boolean): Promise<void> {
    const earlier = this.#events.at(-1);
    // A clock that was set back may find an event too far ahead to take even a second time.
    if (again && earlier !== undefined && Date.parse(earlier.time) < this.ledger.now + 86_400_000) {
      const { app, service, quantity, id } = earlier;
      const answer = await this.wallet.usage.record({
        app,
        service,
        quantity: String(quantity),
        id,
        time: earlier.time,
      });
      expect(answer.duplicate).toBe(true);
      return;
    }
    const { app, service, quantity, at } = command;
    const when = this.ledger.now + (at ?? 0);
    const id = `evt-${this.#events.length}-${this.#useIds.length}`;
    const timed = at === null ? {} : { time: time(when) };
    await this.both(
      async () => {
        const { transaction } = await this.wallet.usage.record({
          app,
          service,
          quantity: String(quantity),
          id,
          ...timed,
        });
        this.#useIds.push(transaction.id);
        this.#events.push({ ...command, id, time: time(when) });
      },
      (model) => model.use(app, service, quantity, when, monthOf(when)),
    );
  }

  private async batch(events: readonly Event[]): Promise<void> {
    const rows = events.map(({ app, service, quantity, at }, i) => {
      const when = this.ledger.now + (at ?? 0);
      return { line: i + 2, app, service, quantity: String(quantity), time: time(when), when };
    });
    const refused: { line: number; code: string }[] = [];
    let answered: readonly { line: number; code: string }[] = [];
    await this.both(
      async () => {
        const { rejects } = await this.wallet.usage.postBatch({ rows: rows.map(({ when: _, ...row }) => row) });
        answered = rejects.map(({ line, code }) => ({ line, code }));
      },
      (model, at) => {
        for (const { line, app, service, quantity, when } of rows) {
          try {
            model.use(app, service, Number(quantity), when, monthOf(when));
            model.written = at;
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            refused.push({ line, code: error.message });
          }
        }
      },
      false,
    );
    expect(answered).toEqual(refused);
    const posted = await this.wallet.transactions.list({ types: ['usage'], order: 'asc', limit: 10_000 });
    const known = new Set(this.#useIds);
    const fresh = posted.transactions.map(({ id }) => id).filter((id) => !known.has(id));
    // Ids end in the place in the log, which is the order in which the model posted.
    this.#useIds.push(...fresh.sort((a, b) => (a.slice(-16) < b.slice(-16) ? -1 : 1)));
  }

  private async reverse(which: number, quantity: number | null): Promise<void> {
    const [index, transaction] = pick(this.#useIds, which);
    if (transaction === undefined) return;
    const asked = quantity === null ? {} : { quantity: String(quantity) };
    await this.both(
      () => this.wallet.usage.reverse({ transaction, ...asked }),
      (model, at) => {
        const use = model.uses[index] as NaiveLedger['uses'][number];
        model.reverse(use, quantity ?? use.units.length, at, monthOf(at));
      },
    );
  }

  private async hold({ app, service, quantity, micro, lasts }: Extract<Command, { do: 'hold' }>): Promise<void> {
    const asked = micro === null ? { quantity: String(quantity) } : { credits: decimal(micro) };
    await this.both(
      async () => {
        const { hold } = await this.wallet.holds.create({ app, service, expires: `${lasts / 3_600_000}h`, ...asked });
        this.#holdIds.push(hold.id);
      },
      (model, at) => {
        const { units, postpaid } = model.price(service, quantity, at, monthOf(at));
        const cost = units.reduce((sum, unit) => sum + unit.cost, 0);
        if (micro !== null && postpaid) throw new Refusal('invalid_state');
        if (micro === null) model.checkLimit(app, monthOf(at), cost);
        const credits = micro ?? (postpaid ? 0 : cost);
        model.hold(
          { app, service, quantity: micro === null ? quantity : null, credits, expires: at + lasts },
          monthOf(at),
        );
      },
    );
  }

  private async voidGrant(which: number): Promise<void> {
    const { grants } = await this.wallet.credit.listGrants({ all: true, limit: 10_000 });
    const [index, grant] = pick(grants, which);
    if (grant === undefined) return;
    await this.both(
      () => this.wallet.credit.voidGrant({ id: grant.id }),
      (model) => {
        const found = model.grants[index] as NaiveLedger['grants'][number];
        if (found.remaining === found.held) throw new Refusal('invalid_state');
        found.remaining = found.held;
      },
    );
  }

  /** Does it in both. What one refuses, the other must refuse for the same reason; a refusal leaves nothing behind. */
  private async both(
    real: () => Promise<unknown>,
    naive: (model: NaiveLedger, at: number) => unknown,
    writes = true,
  ): Promise<void> {
    const draft = this.model.copy();
    const at = Math.max(this.ledger.now, draft.written);
    let refusal: string | undefined;
    try {
      draft.settle(at);
      naive(draft, at);
      draft.lapse(at);
      if (writes) draft.written = at;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error.message;
    }
    const code = await real().then(
      () => undefined,
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
    expect(code).toBe(refusal);
    if (refusal === undefined) this.model = draft;
  }

  compare(): Promise<void> {
    const model = this.model.copy();
    model.settle(this.ledger.now);
    return compareBooks({ wallet: this.wallet, database: this.#database, holdIds: this.#holdIds }, model);
  }

  /** At the end: the ledger proves itself, and its list of transactions comes to the balance. */
  async prove(): Promise<void> {
    const { checks } = await this.wallet.audit.verify({ full: true });
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    const { totals } = await this.wallet.transactions.totals({});
    expect(totals).toMatchObject({ invoiced: decimal(this.model.invoiced) });
  }

  async close(): Promise<void> {
    this.#database.close();
    await this.ledger.remove();
  }
}

function pick<T>(from: readonly T[], which: number): readonly [number, T | undefined] {
  return from.length === 0 ? [0, undefined] : [which % from.length, from[which % from.length]];
}
