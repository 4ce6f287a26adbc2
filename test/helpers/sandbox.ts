import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createSandbox } from '../../src/adapters/payments/sandbox';
import type { SqlDriver } from '../../src/adapters/storage/sql-driver';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { type Instant, parseInstant } from '../../src/core/time';
import type { OpenGateway } from '../suites/payment-gateway-suite';
import { Shop } from '../suites/payment-shop';

/** A ledger file in a folder of its own for each test of the file that calls this, and a clock that tests can set. */
export function useSandbox() {
  let folder: string;
  let drivers: SqlDriver[];
  let now: Instant;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wallet-sandbox-'));
    now = parseInstant('2026-10-05T12:00:00Z');
    drivers = [];
  });
  afterEach(async () => {
    for (const driver of drivers) await driver.close();
    rmSync(folder, { recursive: true });
  });

  /** Another connection to the same file: what a second process would have. */
  async function open(): Promise<OpenGateway> {
    const driver = await openSqlite({ file: join(folder, 'ledger.db'), create: true });
    drivers.push(driver);
    return { gateway: createSandbox(driver, () => now), close: () => driver.close() };
  }
  return {
    open,
    openShop: async () => Shop.open((await open()).gateway),
    setClock: (time: string) => {
      now = parseInstant(time);
    },
  };
}
