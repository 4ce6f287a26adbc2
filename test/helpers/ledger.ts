import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNotifier } from '../../src/adapters/notify/notifier';
import { createSandbox } from '../../src/adapters/payments/sandbox';
import type { SqlDriver } from '../../src/adapters/storage/sql-driver';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { type Database, openDatabase } from '../../src/adapters/storage/sqlite-engine';
import { createSystem, digest } from '../../src/adapters/system';
import { createLocalWallet } from '../../src/app/local-wallet';
import type { WalletService } from '../../src/contract/wallet-service';
import { DEFAULT_MAXIMUM_PURCHASE } from '../../src/core/payment/limits';
import { type Instant, parseInstant } from '../../src/core/time';
import type { PaymentGateway } from '../../src/ports/payment-gateway';

/** A ledger file in a folder of its own, with the service over it in this process, and a clock that tests set. */
export interface TestLedger {
  readonly file: string;
  /** Where the clock stands. */
  now: Instant;
  /** What is drawn by chance: the machine's own numbers unless set before `open`. */
  random: () => string;
  /** What mail and webhooks are sent with; nothing unless set before `open`. */
  notifier: Parameters<typeof createNotifier>[0];
  /** What stands between the service and the sandbox processor: nothing unless set before `open`. */
  between: (sandbox: PaymentGateway) => PaymentGateway;
  /** The service on a connection of its own, as another process would have; for the ledger's first organisation unless named. */
  open(org?: string): WalletService;
  /** The file as the `sqlite3` shell has it: no foreign keys, no helpers. */
  edit(work: (database: Database) => void): void;
  remove(): Promise<void>;
}

export function createTestLedger(start = '2026-10-05T12:00:00Z'): TestLedger {
  const folder = mkdtempSync(join(tmpdir(), 'wallet-ledger-'));
  const file = join(folder, 'ledger.db');
  const wallets: WalletService[] = [];
  const ledger: TestLedger = {
    file,
    now: parseInstant(start),
    random: createSystem(undefined).random,
    notifier: {},
    between: (sandbox) => sandbox,
    open(org) {
      const wallet = openWallet(ledger, org);
      wallets.push(wallet);
      return wallet;
    },
    edit(work) {
      const database = openDatabase(file, { timeoutMs: 5_000 });
      try {
        database.pragma('foreign_keys = OFF');
        work(database);
      } finally {
        database.close();
      }
    },
    async remove() {
      for (const wallet of wallets) await wallet.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return ledger;
}

function openWallet(ledger: TestLedger, org: string | undefined): WalletService {
  const { file, random, notifier, between } = ledger;
  const now = () => ledger.now;
  let driver: SqlDriver | undefined;
  let store: SqlStore | undefined;
  const open = async (create: boolean) => {
    driver ??= await openSqlite({ file, create });
    return driver;
  };
  return createLocalWallet({
    // One for all calls, as a program has it: what it remembers of the settings is put to the test.
    store: async (options) => {
      const opened = await open(options?.create === true);
      store ??= new SqlStore(opened, digest);
      return store;
    },
    gateway: async () => ({ gateway: between(createSandbox(await open(false), now)), keyMark: null }),
    processor: async () => ({ provider: 'sandbox', mode: 'sandbox', account: null }),
    admit: async () => undefined,
    isKeyRestricted: async () => false,
    system: { ...createSystem(undefined), now, random },
    actor: 'ada',
    org,
    renderReceipt: async () => Promise.reject(new Error('no receipt is drawn here')),
    notifier: async () => createNotifier(notifier),
    maxPurchase: DEFAULT_MAXIMUM_PURCHASE,
    close: async () => driver?.close(),
  });
}

/** The code of the `WalletError` that the work ends in; undefined where it ends well. Anything else is thrown on. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}
