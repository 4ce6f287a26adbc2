import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStripe } from '../../src/adapters/payments/stripe';
import { openPostgres } from '../../src/adapters/storage/postgres-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { createSystem, digest } from '../../src/adapters/system';
import { createLocalWallet } from '../../src/app/local-wallet';
import type { WalletService } from '../../src/contract/wallet-service';
import { DEFAULT_MAXIMUM_PURCHASE } from '../../src/core/payment/limits';
import { openPair, type PostgresPair } from '../helpers/postgres-server';
import { StripeFake } from '../helpers/stripe-fake';

/** What says that it may be tried again, under the same id or key. */
const PASSING = ['ledger_unavailable', 'ledger_busy', 'payment_pending'];
const EVENTS_EACH = 12;
const PURCHASES = 6;

let pair: PostgresPair;
let fake: StripeFake;
const machines: WalletService[] = [];
beforeAll(async () => {
  [pair, fake] = await Promise.all([openPair(), StripeFake.start()]);
  await ask(pair.primary.url('postgres'), 'CREATE DATABASE wallet');
  await ask(pair.primary.url('postgres'), 'CREATE DATABASE lonely');
  for (let i = 0; i < 2; i += 1) machines.push(await openMachine('wallet'));
  const [first] = machines as [WalletService];
  await first.organisation.init({ org: 'acme', provider: 'stripe' });
  await first.cards.add({ paymentMethod: 'pm_card_visa' });
  await first.catalogue.addApp({ app: 'crm' });
  await first.credit.adjust({ direction: 'add', credits: '100', reason: 'start' });
}, 60_000);
afterAll(async () => {
  for (const machine of machines) await machine.close();
  await fake.stop();
  await pair.remove();
});

async function ask(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(url);
  await client.connect();
  const result = await client.query(sql);
  await client.end();
  return result;
}

/** The service with connections of its own, on the address of both servers. */
async function openMachine(database: string, patience: { patienceMs?: number } = {}): Promise<WalletService> {
  const driver = await openPostgres({ url: pair.url(database), create: true, ...patience });
  const settings = { key: 'sk_test_fake', mode: 'test', base: new URL(fake.url) } as const;
  return createLocalWallet({
    store: async () => new SqlStore(driver, digest),
    gateway: async () => ({ gateway: createStripe(settings, 'instance'), keyMark: null }),
    processor: async () => ({ provider: 'stripe', mode: 'test', account: fake.memory.account }),
    admit: async () => undefined,
    isKeyRestricted: async () => false,
    system: createSystem(undefined),
    actor: 'ada',
    org: undefined,
    renderReceipt: async () => Promise.reject(new Error('no receipt is drawn here')),
    notifier: async () => Promise.reject(new Error('nothing is sent here')),
    maxPurchase: DEFAULT_MAXIMUM_PURCHASE,
    close: () => driver.close(),
  });
}

/** Does it until it is answered; what can pass is tried again under the same id. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !PASSING.includes((error as { code: string }).code)) throw error;
    }
  }
}

/** The primary is gone, and its standby takes writes from now on. */
async function takeOver(): Promise<void> {
  await pair.primary.kill();
  await ask(pair.standby.url('postgres'), 'SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote() END');
}

/** What it was refused with; an empty object if it was done. */
const failureOf = (work: Promise<object>): Promise<object> =>
  work.then(
    () => ({}),
    (error: object) => error,
  );

test('a change that the standby has not got is not called done, and is there once when it is back', async () => {
  const [hasty, patient] = [await openMachine('lonely', { patienceMs: 1_000 }), await openMachine('lonely')];
  await hasty.organisation.init({ org: 'acme', provider: 'stripe' });
  await hasty.catalogue.addApp({ app: 'crm' });
  await hasty.credit.adjust({ direction: 'add', credits: '1', reason: 'start' });
  const event = (id: string) => ({ app: 'crm', service: 'sms', quantity: '1', id });
  const posted = async () => (await patient.credit.balance()).balance.posted;
  const sendAway = () =>
    ask(
      pair.primary.url('postgres'),
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = 'lonely'",
    );

  await pair.standby.stop();
  const waiting = await failureOf(hasty.usage.record(event('waiting')));
  const unseen = await posted();
  expect((await sendAway()).rowCount).toBe(1); // the server itself waits without end
  const cancelled = failureOf(patient.usage.record(event('cancelled')));
  await expect.poll(async () => (await sendAway()).rowCount).toBe(1);
  expect(await cancelled).toMatchObject({ code: 'ledger_unavailable', why: expect.stringContaining('its standby') });
  await pair.standby.start();

  expect(waiting).toMatchObject({ code: 'ledger_unavailable', why: expect.stringContaining('may be away') });
  expect(unseen).toBe('1.00');
  for (const id of ['waiting', 'cancelled', 'waiting']) await persist(() => hasty.usage.record(event(id)));
  expect(await posted()).toBe('0.9842');
  for (const machine of [hasty, patient]) await machine.close();
}, 60_000);

test('a primary that is killed under load and its standby that takes over lose nothing and charge nothing twice', async () => {
  const [first, second] = machines as [WalletService, WalletService];
  const confirmed = new Map<string, string>();
  let failover: Promise<void> | undefined;
  const worker = async (machine: WalletService, name: number) => {
    for (let i = 0; i < EVENTS_EACH; i += 1) {
      const event = { app: 'crm', service: 'sms', quantity: '1', id: `w${name}-${i}` };
      const { transaction } = await persist(() => machine.usage.record(event));
      confirmed.set(event.id, transaction.id);
      if (confirmed.size >= 20) failover ??= takeOver();
    }
  };
  const buyer = async () => {
    for (let i = 0; i < PURCHASES; i += 1)
      await persist(() => second.purchases.buy({ credits: '3', idempotencyKey: `buy-${i}` }));
  };
  await Promise.all([...Array.from({ length: 6 }, (_, i) => worker(i % 2 ? second : first, i)), buyer()]);
  expect(failover).toBeDefined();
  await failover;

  const { transactions } = await second.transactions.list({ types: ['usage'], limit: 1_000 });
  expect(new Map(transactions.map(({ externalId, id }) => [externalId, id]))).toEqual(confirmed);
  expect(transactions).toHaveLength(6 * EVENTS_EACH);
  expect(fake.takenCents()).toBe(PURCHASES * 300);
  const { ok } = await first.audit.verify({ full: true, provider: true });
  expect(ok).toBe(true);
  const { balance } = await first.credit.balance();
  expect(balance.posted).toBe((100 + 3 * PURCHASES - 0.0079 * 6 * EVENTS_EACH).toFixed(4));
}, 60_000);

test('an old primary that comes back beside the new one takes no change, and has no card charged', async () => {
  await takeOver();
  const [known] = machines as [WalletService];
  await persist(() => known.usage.record({ app: 'crm', service: 'sms', quantity: '1', id: 'after' }));
  const look = async () => [fake.takenCents(), fake.intents().length, (await known.purchases.list({})).purchases];
  const before = await look();
  await pair.primary.start();

  // Its address stands first, so a program that starts now asks it first.
  const misled = await openMachine('wallet', { patienceMs: 500 });
  const failure = await failureOf(misled.purchases.buy({ credits: '3' }));
  await misled.close();

  // What it knew as open it may look up first, and can not write down either.
  expect(PASSING).toContain((failure as { code?: string }).code);
  expect(await look()).toEqual(before);
}, 60_000);
