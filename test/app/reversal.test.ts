import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WalletService } from '../../src/contract/wallet-service';
import { parseInstant } from '../../src/core/time';
import { codeOf, createTestLedger, type TestLedger } from '../helpers/ledger';

let ledger: TestLedger;
let wallet: WalletService;

beforeEach(async () => {
  ledger = createTestLedger('2026-10-30T12:00:00Z');
  wallet = ledger.open();
  await wallet.organisation.init({ org: 'Acme' });
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.catalogue.setService({ service: 'sms', tiers: '0:1,10:0.5', from: '2026-01-01' });
  await wallet.credit.adjust({ direction: 'add', credits: '100', reason: 'a start' });
});
afterEach(() => ledger.remove());

const job = { app: 'crm', service: 'sms' };
const posted = async () => (await wallet.credit.balance()).balance.posted;

describe('usage of last month, reversed this month', () => {
  test.each([
    ['all of it, then as much again', '12', '12', '88.00'],
    ['all of it, then less', '12', '5', '95.00'],
    ['all of it, then more: the first tier lasts until the month has seen ten', '12', '24', '77.00'],
  ])('%s', async (_title, before, after, left) => {
    const { transaction } = await wallet.usage.record({ ...job, quantity: before });
    ledger.now = parseInstant('2026-11-02T12:00:00Z');
    await wallet.usage.reverse({ transaction: transaction.id });
    expect(await posted()).toBe('100.00');
    await wallet.usage.record({ ...job, quantity: after });
    expect(await posted()).toBe(left);
    expect((await wallet.audit.verify({ full: true })).ok).toBe(true);
  });
});

describe('prices that were set since, though they reach back', () => {
  test.each(['2026-10-30T12:00:00Z', '2026-10-30T13:00:00Z'])('set at %s', async (when) => {
    const { transaction } = await wallet.usage.record({ ...job, quantity: '20' });
    expect(transaction).toMatchObject({ amount: '-15.00', unitPrice: null });
    ledger.now = parseInstant(when);
    await wallet.catalogue.setService({ service: 'sms', tiers: '0:7,3:9', from: '2026-10-01' });
    const { transaction: back } = await wallet.usage.reverse({ transaction: transaction.id, quantity: '12' });
    expect(back.amount).toBe('7.00');
    const { explanation } = await wallet.transactions.explain({ id: transaction.id });
    expect(explanation.join('\n')).toContain('price version 2 of sms');
    expect((await wallet.audit.verify({ full: true })).ok).toBe(true);
  });
});

test('each unit is given back once, in any parts', async () => {
  const { transaction } = await wallet.usage.record({ ...job, quantity: '20' });
  for (const quantity of ['1', '12', '6']) await wallet.usage.reverse({ transaction: transaction.id, quantity });
  expect(await posted()).toBe('99.00');
  expect(await codeOf(wallet.usage.reverse({ transaction: transaction.id, quantity: '2' }))).toBe('invalid_state');
  await wallet.usage.reverse({ transaction: transaction.id });
  expect(await posted()).toBe('100.00');
  expect(await codeOf(wallet.usage.reverse({ transaction: transaction.id }))).toBe('invalid_state');
});

test('a clock that was set back after a price was set does not hide that price', async () => {
  await wallet.catalogue.setService({ service: 'sms', tiers: '0:2,10:1' });
  ledger.now = parseInstant('2026-10-30T11:59:00Z');
  const { transaction } = await wallet.usage.record({ ...job, quantity: '12', time: '2026-10-30T12:00:00Z' });
  expect(transaction.amount).toBe('-22.00');
  const { transaction: back } = await wallet.usage.reverse({ transaction: transaction.id, quantity: '4' });
  expect(back.amount).toBe('6.00');
});
