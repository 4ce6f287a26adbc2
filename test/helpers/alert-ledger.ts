import { afterEach, beforeEach } from 'vitest';
import type { WalletService } from '../../src/contract/wallet-service';
import type { Instant } from '../../src/core/time';
import { createDestinations } from './destinations';
import { createTestLedger, type TestLedger } from './ledger';

export const SECRET = `whsec_${Buffer.from('twenty-four characters!!').toString('base64')}`;
export const MAIL = ['ada@example.com'];
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** A ledger of each test's own with a hundred credits in it, and places for its alerts to go to. */
export function useAlertLedger() {
  const places = createDestinations();
  let ledger: TestLedger;
  let wallet: WalletService;

  beforeEach(async () => {
    ledger = createTestLedger('2026-10-05T12:00:00Z');
    ledger.notifier = { webhookSecret: SECRET };
    wallet = ledger.open();
    await wallet.organisation.init({ org: 'Acme', email: 'ops@example.com' });
    await wallet.catalogue.setService({ service: 'sms', price: '1' });
    await wallet.catalogue.setService({ service: 'email', price: '1' });
    await wallet.catalogue.addApp({ app: 'crm' });
    await wallet.catalogue.addApp({ app: 'shop' });
    await wallet.credit.addGrant({ credits: '100', reason: 'welcome' });
  });
  afterEach(async () => {
    await ledger.remove();
    await places.close();
  });

  return {
    places,
    get ledger() {
      return ledger;
    },
    get wallet() {
      return wallet;
    },
    /** Uses so many units, of which each costs one credit. */
    use: (quantity: number, app = 'crm', service = 'sms', time?: string) =>
      wallet.usage.record({ app, service, quantity: String(quantity), ...(time === undefined ? {} : { time }) }),
    /** What was told, the oldest first. */
    async titles(): Promise<readonly string[]> {
      const { notices } = await wallet.alerts.history({});
      return [...notices].reverse().map(({ title }) => title);
    },
    later(ms: number): void {
      ledger.now = (ledger.now + ms) as Instant;
    },
  };
}
