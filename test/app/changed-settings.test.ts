import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WalletService } from '../../src/contract/wallet-service';
import { createTestLedger, type TestLedger } from '../helpers/ledger';

// A program that posts all day remembers the settings. Here another one changes them in between.

let ledger: TestLedger;
let poster: WalletService;
let other: WalletService;
let posted = 0;

beforeEach(async () => {
  ledger = createTestLedger();
  [poster, other] = [ledger.open(), ledger.open()];
  await other.organisation.init({ org: 'Acme' });
  await other.catalogue.addApp({ app: 'crm' });
  await other.catalogue.setService({ service: 'postcard', price: '1', from: '2026-01-01' });
  await other.credit.adjust({ direction: 'add', credits: '100', reason: 'start' });
  await post();
  await post();
});

afterEach(() => ledger.remove());

function post() {
  posted += 1;
  return poster.usage.record({ app: 'crm', service: 'postcard', quantity: '1', id: `event-${posted}` });
}

test('whoever may no longer do what they did is refused the next time', async () => {
  const adjust = () => poster.credit.adjust({ direction: 'add', credits: '1', reason: 'gift' });
  await adjust();
  await other.access.addUser({ user: 'ada', email: 'ada@example.com', role: 'admin' });
  await adjust();
  await other.catalogue.addApp({ app: 'mail' });
  await other.access.setRole({ user: 'ada', role: 'app', app: 'mail' });
  await expect(adjust()).rejects.toMatchObject({ code: 'forbidden' });
  await expect(post()).rejects.toMatchObject({ code: 'unknown_app' });
});

test('a new price holds from the next posting on', async () => {
  ledger.now = (ledger.now + 1_000) as typeof ledger.now;
  await other.catalogue.setService({ service: 'postcard', price: '2.5' });
  expect((await post()).transaction).toMatchObject({ amount: '-2.50' });
});

test('an app that was archived spends nothing more, and one with a limit no more than that', async () => {
  await other.catalogue.limitApp({ app: 'crm', monthly: '3', onLimit: 'block' });
  await post();
  await expect(post()).rejects.toMatchObject({ code: 'budget_exceeded' });
  await other.catalogue.archiveApp({ app: 'crm' });
  await expect(post()).rejects.toMatchObject({ code: 'invalid_state' });
});

test('a posting into a period that was closed is booked after it', async () => {
  ledger.now = (ledger.now + 40 * 86_400_000) as typeof ledger.now;
  await post();
  await other.periods.close({ period: '2026-10' });
  const late = await poster.usage.record({
    app: 'crm',
    service: 'postcard',
    quantity: '1',
    id: 'late',
    time: '2026-10-20T00:00:00Z',
  });
  expect(late.transaction.time).toBe('2026-11-01T00:00:00Z');
});
