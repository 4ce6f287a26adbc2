import { SqlStore } from '../../src/adapters/storage/sql-store';
import { openSqlite } from '../../src/adapters/storage/sqlite-driver';
import { digest } from '../../src/adapters/system';
import { parseInstant } from '../../src/core/time';
import type { TestLedger } from './ledger';

/** Puts at least one row of every kind into the ledger: two organisations, cards, purchases, grants, usage, holds, keys. */
export async function furnish(ledger: TestLedger): Promise<void> {
  const wallet = ledger.open();
  const { organisation, cards, purchases, billing, catalogue, credit, usage, holds } = wallet;
  await organisation.init({ org: 'Acme', timeZone: 'Europe/Berlin', email: 'ada@example.com' });
  await cards.add({ paymentMethod: 'pm_card_visa', name: 'Ada', address: { city: 'Berlin' } });
  await cards.add({ paymentMethod: 'pm_card_mastercard', role: 'backup' });
  const { purchase } = await purchases.buy({ credits: '20', memo: 'first', idempotencyKey: 'buy-1' });
  await purchases.refund({ id: purchase.id, amount: '1' });
  await billing.set({ email: 'ap@example.com', netDays: '30', purchaseOrder: 'PO 7' });
  await addOpenSetup(ledger);
  await catalogue.setService({ service: 'sms', tiers: '0:0.01,50:0.005', freeQuota: '10/month' });
  await catalogue.addApp({ app: 'crm' });
  await catalogue.addApp({ app: 'shop' });
  await catalogue.limitApp({ app: 'shop', monthly: '5', onLimit: 'warn' });
  await credit.addGrant({ credits: '0.5', reason: 'welcome', expires: '2026-11-30', priority: '10' });
  const event = { app: 'crm', service: 'sms', user: 'bob', campaign: 'autumn', memo: 'first job' };
  await usage.record({ ...event, quantity: '30', id: 'evt-1', idempotencyKey: 'use-1' });
  const split = await usage.record({ ...event, quantity: '100', id: 'evt-2' });
  ledger.now = parseInstant('2026-10-06T12:00:00Z');
  await usage.record({ app: 'shop', service: 'email', quantity: '250', id: 'evt-3' });
  await usage.record({ app: 'shop', service: 'audio-transcription', quantity: '12' });
  const taken = await holds.create({ app: 'crm', service: 'email', quantity: '100', campaign: 'autumn' });
  await holds.create({ app: 'shop', service: 'email', credits: '1.5', expires: '48h' });
  await holds.capture({ id: taken.hold.id, quantity: '60' });
  await usage.reverse({ transaction: split.transaction.id, quantity: '40', reason: 'typed twice' });
  await credit.adjust({ direction: 'remove', credits: '0.25', reason: 'rounding' });
  const rows = Array.from({ length: 5 }, (_, i) => ({
    ...event,
    quantity: String(i + 1),
    id: `row-${i}`,
    line: i + 2,
  }));
  await usage.postBatch({ rows, source: 'october.csv' });

  const other = ledger.open('Beta');
  await other.organisation.init({ org: 'Beta' });
  await other.catalogue.addApp({ app: 'crm' });
  await other.credit.adjust({ direction: 'add', credits: '7', reason: 'a start' });
  await other.usage.record({ app: 'crm', service: 'email', quantity: '9', id: 'evt-1' });
  await other.close();
  await wallet.close();
}

/** The sandbox has no pages to store cards on, so what one would leave is put there as the use case does it. */
async function addOpenSetup(ledger: TestLedger): Promise<void> {
  const driver = await openSqlite({ file: ledger.file, create: false });
  const facts = { actor: 'ada', action: 'card.setup', subject: 'a card', reason: null, at: ledger.now };
  const page = { session: 'cs_test_1', url: 'https://checkout.stripe.com/c/pay/cs_test_1', expiresAt: ledger.now };
  await new SqlStore(driver, digest).write(1, facts, async (unit) => {
    const record = {
      id: 'setup_1',
      state: 'open',
      role: 'backup',
      page,
      card: null,
      createdAt: ledger.now,
      version: 1,
    } as const;
    await unit.records.setups.insert(record);
  });
  await driver.close();
}
