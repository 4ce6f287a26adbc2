import { afterEach } from 'vitest';
import { createStripe } from '../../src/adapters/payments/stripe';
import type { Pace } from '../../src/adapters/payments/stripe-client';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { createSystem, digest } from '../../src/adapters/system';
import type { Dependencies } from '../../src/app/dependencies';
import { createLocalWallet } from '../../src/app/local-wallet';
import type { Purchase } from '../../src/contract/purchases';
import type { WalletService } from '../../src/contract/wallet-service';
import { DEFAULT_MAXIMUM_PURCHASE } from '../../src/core/payment/limits';
import type { Instant } from '../../src/core/time';
import type { PaymentGateway } from '../../src/ports/payment-gateway';
import { createTestLedger } from './ledger';
import { StripeFake } from './stripe-fake';

/** The real waits, made short: what hangs is given up after a quarter of a second, and everything after six of them. */
const QUICK: Pace = {
  budgetMs: 1_500,
  longestTryMs: 250,
  shortestTryMs: 30,
  retries: 0,
  sdkPausesMs: 0,
  rateLimitPausesMs: [1, 2, 4, 8],
};

/** The service in this process, over a ledger file, with the real SDK talking to a Stripe of our own. */
export interface StripeShop {
  readonly fake: StripeFake;
  readonly wallet: WalletService;
  /** The same ledger as another of its organisations sees it. */
  as(org: string): WalletService;
  /** Lets time go by, here and at Stripe. */
  advance(ms: number): void;
  /** Buys 100 credits; a refusal counts, anything else is thrown on. Answers the purchase as it then stands. */
  buy(): Promise<Purchase>;
  /** Everything is well again and everything that was under way ends. */
  settle(): Promise<void>;
  /** What has to hold whatever happened: nothing pending, credits as charged, and both sides say the same. */
  prove(): Promise<{ posted: string; taken: string; pending: number; verified: readonly string[] }>;
  remove(): Promise<void>;
}

interface ShopOptions {
  readonly mode?: 'test' | 'live';
  /** After so many calls a command has no time left for more. */
  readonly callsOfACommand?: number;
  /** What whoever made a call waits for before it sees the answer. */
  readonly asleep?: (call: string) => Promise<unknown> | undefined;
}

/** Opens shops that are taken away after each test. */
export function useStripeShops(): typeof openStripeShop {
  let shops: StripeShop[] = [];
  afterEach(async () => {
    for (const shop of shops) await shop.remove();
    shops = [];
  });
  return async (...how) => {
    const shop = await openStripeShop(...how);
    shops.push(shop);
    return shop;
  };
}

export async function openStripeShop(
  tokens: readonly string[] = ['pm_card_visa'],
  { mode = 'test', ...troubles }: ShopOptions = {},
): Promise<StripeShop> {
  const fake = await StripeFake.start();
  fake.memory.livemode = mode === 'live';
  const ledger = createTestLedger();
  const driver = await openSqlite({ file: ledger.file, create: true });
  const settings = { key: `sk_${mode}_fake`, mode, base: new URL(fake.url) };
  let now = Date.now();
  const tick = () => {
    now += 1;
    return now as Instant;
  };
  const deps: Dependencies = {
    store: async () => new SqlStore(driver, digest),
    gateway: async () => ({
      gateway: troubled(createStripe(settings, 'instance', QUICK), troubles),
      keyMark: null,
    }),
    processor: async () => ({ provider: 'stripe', mode, account: fake.memory.account }),
    admit: async () => undefined,
    isKeyRestricted: async () => false,
    system: { ...createSystem(undefined), now: () => tick() },
    actor: 'ada',
    org: undefined,
    renderReceipt: async () => Promise.reject(new Error('no receipt is drawn here')),
    notifier: async () => Promise.reject(new Error('nothing is sent here')),
    maxPurchase: DEFAULT_MAXIMUM_PURCHASE,
    close: async () => driver.close(),
  };
  const wallet = createLocalWallet(deps);
  await wallet.organisation.init({ org: 'acme', provider: 'stripe' });
  for (const [index, paymentMethod] of tokens.entries())
    await wallet.cards.add({ paymentMethod, ...(index === 1 ? { role: 'backup' as const } : {}) });
  const shop: StripeShop = {
    fake,
    wallet,
    as: (org) => createLocalWallet({ ...deps, org }),
    advance(ms) {
      now += ms;
      fake.advance(ms);
    },
    async buy() {
      await attempt(wallet.purchases.buy({ credits: '100' }));
      const [purchase] = (await wallet.purchases.list({ limit: 1 })).purchases;
      if (purchase === undefined) throw new Error('nothing was bought');
      return purchase;
    },
    async settle() {
      fake.heal();
      for (let turn = 0; turn < 3; turn += 1) await attempt(wallet.purchases.reconcile());
    },
    async prove() {
      const { balance } = await wallet.credit.balance();
      const { checks } = await wallet.audit.verify({ full: true, provider: true });
      const { purchases } = await wallet.purchases.list({});
      return {
        posted: balance.posted,
        taken: (fake.takenCents() / 100).toFixed(2),
        pending: purchases.filter(({ status }) => status === 'pending').length,
        verified: checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
      };
    },
    async remove() {
      await wallet.close();
      await fake.stop();
      await ledger.remove();
    },
  };
  return shop;
}

/** The processor as it looks when its time is used up after so many calls, or to whoever falls asleep over one. */
function troubled(
  gateway: PaymentGateway,
  { callsOfACommand: most = Number.POSITIVE_INFINITY, asleep }: ShopOptions,
): PaymentGateway {
  let calls = 0;
  return new Proxy(gateway, {
    get(target, name: keyof PaymentGateway) {
      if (name === 'isOutOfTime') return calls >= most || target.isOutOfTime;
      const value: unknown = target[name];
      if (typeof value !== 'function') return value;
      calls += 1;
      return async (...parameters: unknown[]) => {
        const answer: unknown = await Reflect.apply(value, target, parameters);
        await asleep?.(name);
        return answer;
      };
    },
  });
}

/** Waits for the end, good or refused. What is no refusal of ours is a bug, and thrown on. */
export async function attempt(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'WalletError' && 'code' in error) return String(error.code);
    throw error;
  }
}
