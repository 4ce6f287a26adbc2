import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNotifier } from '../../src/adapters/notify/notifier';
import { createSandbox } from '../../src/adapters/payments/sandbox';
import { SqlStore } from '../../src/adapters/storage/sql-store';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { createSystem, digest } from '../../src/adapters/system';
import { createLocalWallet } from '../../src/app/local-wallet';
import type { WalletService } from '../../src/contract/wallet-service';
import { DEFAULT_MAXIMUM_PURCHASE } from '../../src/core/payment/limits';
import { type Instant, parseInstant } from '../../src/core/time';

/** A ledger in a folder of its own, with a clock that a test sets. */
export interface Books {
  readonly wallet: WalletService;
  readonly file: string;
  /** Another organisation of the same ledger. */
  inOrg(org: string): WalletService;
  setNow(time: string): void;
  close(): Promise<void>;
}

export async function openBooks(time: string, org = 'Acme'): Promise<Books> {
  const folder = mkdtempSync(path.join(tmpdir(), 'wallet-books-'));
  const file = path.join(folder, 'ledger.db');
  let now: Instant = parseInstant(time);
  const driver = await openSqlite({ file, create: true });
  const system = { ...createSystem(undefined), now: () => now };
  const open = (name: string) =>
    createLocalWallet({
      store: async () => new SqlStore(driver, digest),
      gateway: async () => ({ gateway: createSandbox(driver, system.now), keyMark: null }),
      processor: async () => ({ provider: 'sandbox', mode: 'sandbox', account: null }),
      admit: async () => undefined,
      isKeyRestricted: async () => false,
      system,
      actor: 'ada',
      org: name,
      renderReceipt: async () => Promise.reject(new Error('no receipt is drawn here')),
      notifier: async () => createNotifier({}),
      maxPurchase: DEFAULT_MAXIMUM_PURCHASE,
      close: async () => undefined,
    });
  return {
    wallet: open(org),
    file,
    inOrg: open,
    setNow: (next) => {
      now = parseInstant(next);
    },
    async close() {
      await driver.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
