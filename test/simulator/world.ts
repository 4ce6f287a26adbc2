import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNotifier } from '../../src/adapters/notify/notifier';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { createSystem, digest } from '../../src/adapters/system';
import { createLocalWallet } from '../../src/app/local-wallet';
import type { WalletService } from '../../src/contract/wallet-service';
import { formatCredits, fromCents } from '../../src/core/credits';
import { WalletError } from '../../src/core/errors';
import { DEFAULT_MAXIMUM_PURCHASE } from '../../src/core/payment/limits';
import type { Instant } from '../../src/core/time';
import { blankOrganisation } from '../helpers/organisation-record';
import { Inspector } from './inspector';
import { Killed } from './network';
import { type CardKind, SimulatedProcessor } from './processor';
import { Chance } from './random';
import { ACTS, type Theme, themeOf } from './themes';

const START = Date.parse('2026-10-05T12:00:00Z');
const MINUTE_MS = 60_000;
const CARDS: readonly CardKind[] = ['pays', 'declines', 'asks', 'takes_days'];
const TROUBLES = [0.1, 0.3, 0.6] as const;
const JUMPS_MS = [0, 20_000, 5 * MINUTE_MS, 70 * MINUTE_MS, 25 * 60 * MINUTE_MS, -30 * MINUTE_MS];

/** The ledger that all worlds live in, each as an organisation of its own. */
export async function openLedger(folder = tmpdir()) {
  const home = mkdtempSync(path.join(folder, 'wallet-world-'));
  const driver = await openSqlite({ file: path.join(home, 'ledger.db'), create: true });
  const store = new SqlStore(driver, digest);
  await store.found({
    instance: 'sim',
    provider: 'sandbox',
    mode: 'sandbox',
    account: null,
    createdAt: START as Instant,
  });
  return {
    store,
    close: async () => {
      await driver.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Lives through one seeded world. Answers what went wrong with the money; undefined where nothing did. */
export async function live(store: SqlStore, seed: number): Promise<string | undefined> {
  const world = await World.create(store, seed);
  for (let round = 3 + world.chance.below(6); round > 0 && world.fault === undefined; round -= 1) await world.round();
  await world.calmDown();
  return world.fault;
}

class World {
  readonly chance: Chance;
  readonly processor: SimulatedProcessor;
  readonly #store: SqlStore;
  readonly #wallet: WalletService;
  readonly #org: string;
  orgNumber = 0;
  #now = START;
  #killing = 0;
  readonly #theme: Theme;
  readonly #inspector: Inspector;
  fault: string | undefined;

  private constructor(store: SqlStore, seed: number) {
    this.chance = new Chance(seed);
    this.#theme = themeOf(seed);
    this.#store = store;
    this.#org = `seed ${seed}`;
    this.processor = new SimulatedProcessor(this.chance, () => this.#now);
    this.#wallet = createLocalWallet({
      store: async () => store,
      processor: async () => ({ provider: 'sandbox', mode: 'sandbox', account: null }),
      admit: async () => undefined,
      isKeyRestricted: async () => false,
      gateway: async () => ({ gateway: this.processor, keyMark: null }),
      system: {
        ...createSystem(undefined),
        now: () => this.#now as Instant,
        random: () => this.chance.hex(14),
        reached: (point) => {
          if (this.chance.happens(this.#killing)) throw new Killed(point);
        },
      },
      actor: 'sim',
      org: this.#org,
      timeZone: undefined,
      renderReceipt: async () => Promise.reject(new Error('no receipt is drawn here')),
      notifier: async () => createNotifier({}),
      maxPurchase: DEFAULT_MAXIMUM_PURCHASE,
      close: async () => undefined,
    });
    this.#inspector = new Inspector(store, this.#wallet, this.processor, (what) => this.#report(what));
  }

  static async create(store: SqlStore, seed: number): Promise<World> {
    const world = new World(store, seed);
    const { chance } = world;
    const at = START as Instant;
    const record = blankOrganisation({
      id: `org_${chance.hex(20)}`,
      // Thousands of worlds share a store: none may have another's tag.
      tag: seed.toString(16).padStart(6, '0').slice(-6),
      name: world.#org,
      createdAt: at,
    });
    const facts = { actor: 'sim', action: 'organisation.init', subject: record.name, reason: null, at };
    world.orgNumber = await store.createOrganisation(record, facts, async (_unit, org) => org.number);
    const kinds = [CARDS[chance.below(CARDS.length)] ?? 'pays', CARDS[chance.below(2)] ?? 'pays'];
    await world.#wallet.cards.add({ paymentMethod: kinds[0] ?? 'pays' });
    if (chance.happens(0.6)) await world.#wallet.cards.add({ paymentMethod: kinds[1] ?? 'pays', role: 'backup' });
    if (world.#theme === 'outside') {
      await world.#wallet.billing.set({ email: 'ap@acme.example', netDays: '30' });
      await world.#wallet.recharge.set({ below: '1000', amount: '10', cooldown: '1m' });
    }
    world.processor.network.trouble = TROUBLES[chance.below(3)] ?? 0.1;
    world.#killing = chance.happens(0.5) ? 0.15 : 0;
    return world;
  }

  /** Time goes by, messages arrive, and one or two people or cron jobs do something. */
  async round(): Promise<void> {
    this.#now += JUMPS_MS[this.chance.below(JUMPS_MS.length)] ?? 0;
    this.processor.network.arrive();
    if (this.chance.happens(0.2)) this.processor.finish();
    if (this.chance.happens(0.3)) this.processor.returns.settleRefunds();
    if (this.#theme === 'outside' && this.chance.happens(0.4)) this.processor.returns.interfere();
    if (this.chance.happens(0.2)) this.processor.returns.settleDisputes();
    await this.#hearEvents();
    const workers = (this.#theme === 'refunds' ? 2 : 1) + this.chance.below(3);
    await Promise.all(Array.from({ length: workers }, () => this.#act()));
    if (this.chance.happens(0.2)) await this.#buyTwice();
    await this.#inspector.look(this.orgNumber);
  }

  /** Nothing fails any more: whatever is open must come to its end. */
  async calmDown(): Promise<void> {
    this.processor.network.trouble = 0;
    this.#killing = 0;
    for (let turn = 0; turn < 8 && this.fault === undefined; turn += 1) {
      this.#now += 5 * 60 * MINUTE_MS;
      this.processor.network.arrive();
      this.processor.finish();
      this.processor.returns.settleRefunds();
      this.processor.returns.settleDisputes();
      await this.#attempt(() => this.#wallet.purchases.reconcile());
      await this.#inspector.look(this.orgNumber);
      if (turn > 0 && (await this.#isQuiet())) break;
    }
    await this.#inspector.lookAtTheEnd(this.orgNumber);
  }

  /** Events come late, several times over, together or never; each has everything looked up that it may be about. */
  async #hearEvents(): Promise<void> {
    const deliveries = this.processor.news === 0 ? 0 : this.chance.below(4);
    this.processor.news = 0;
    const hear = () => this.#attempt(() => this.#wallet.purchases.reconcile());
    await Promise.all(Array.from({ length: deliveries }, hear));
  }

  async #act(): Promise<void> {
    const { purchases, recharge, cards } = this.#wallet;
    const kinds = ACTS[this.#theme];
    const kind = kinds[this.chance.below(kinds.length)] ?? 'buy';
    if (kind === 'buy') return this.#buy();
    if (kind === 'reconcile') return this.#attempt(() => purchases.reconcile());
    if (kind === 'check') return this.#attempt(() => recharge.check({}));
    if (kind === 'card') return this.#attempt(() => cards.add({ paymentMethod: 'pays', role: 'primary' }));
    const all = (await purchases.list({})).purchases;
    const from = kind === 'refund' ? all.filter((purchase) => purchase.status === 'succeeded') : all;
    const one = from[this.chance.below(from.length || 1)];
    if (one !== undefined) await this.#attempt(() => purchases[kind]({ id: one.id }));
  }

  async #buy(again = this.chance.happens(0.3)): Promise<void> {
    const credits = formatCredits(fromCents(1_000));
    const onAccount = this.#theme === 'outside' && this.chance.happens(0.4) ? { billingAccount: true } : {};
    await this.#attempt(() => this.#wallet.purchases.buy({ credits, ...onAccount, ...(again ? { again } : {}) }));
  }

  /** A second purchase beside one whose outcome is unknown is refused. Nobody else is at work meanwhile. */
  async #buyTwice(): Promise<void> {
    const before = await this.#inDoubt();
    const known = (await this.#wallet.purchases.list({})).purchases.length;
    await this.#attempt(() => this.#wallet.purchases.buy({ credits: formatCredits(fromCents(1_000)) }));
    const after = await this.#inDoubt();
    const made = (await this.#wallet.purchases.list({})).purchases.length - known;
    const stillOpen = before.find((id) => after.includes(id));
    if (stillOpen !== undefined && made > 0) this.#report(`bought beside ${stillOpen}`);
  }

  /** Nothing is open here and nothing is on its way there. */
  async #isQuiet(): Promise<boolean> {
    const open = await this.#store.read(this.orgNumber, async (view) => [
      ...(await view.unresolvedPurchases()),
      ...(await view.openRefunds()),
    ]);
    return open.length === 0 && this.processor.isQuiet;
  }

  async #inDoubt(): Promise<readonly string[]> {
    const open = await this.#store.read(this.orgNumber, (view) => view.unresolvedPurchases());
    // Said in the world's own words: a rule is not judged by itself.
    return open
      .filter(({ state, paymentMethod }) => state !== 'needs_person' && paymentMethod !== 'billing_account')
      .map(({ id }) => id);
  }

  /** Refusals and kills are part of life; anything else is a fault. */
  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Killed || error instanceof WalletError) return;
      this.#report(`it broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  #report(what: string): void {
    this.fault ??= `${this.#org}: ${what}`;
  }
}
