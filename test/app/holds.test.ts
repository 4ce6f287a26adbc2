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
  await wallet.catalogue.setService({ service: 'postcard', price: '1', from: '2026-01-01' });
  await wallet.credit.adjust({ direction: 'add', credits: '100', reason: 'a start' });
});
afterEach(() => ledger.remove());

const job = { app: 'crm', service: 'postcard' };

describe('a monthly limit and holds', () => {
  beforeEach(() => wallet.catalogue.limitApp({ app: 'crm', monthly: '10', onLimit: 'block' }));

  test('an open hold counts against the limit, one that is over no longer, though nothing has booked its end', async () => {
    await wallet.holds.create({ ...job, credits: '8', expires: '1h' });
    expect(await codeOf(wallet.usage.record({ ...job, quantity: '3' }))).toBe('budget_exceeded');
    ledger.now = parseInstant('2026-10-30T13:00:00Z');
    expect((await wallet.usage.afford({ ...job, quantity: '10' })).affordable).toBe(true);
    expect(await codeOf(wallet.usage.record({ ...job, quantity: '10' }))).toBeUndefined();
    expect(await codeOf(wallet.usage.record({ ...job, quantity: '1' }))).toBe('budget_exceeded');
  });

  test('what a capture takes beyond its hold is held to the limit; landing on it is allowed', async () => {
    const { hold } = await wallet.holds.create({ ...job, credits: '8' });
    expect(await codeOf(wallet.holds.capture({ id: hold.id, quantity: '11', overflow: true }))).toBe('budget_exceeded');
    const { balance } = await wallet.holds.capture({ id: hold.id, quantity: '10', overflow: true });
    expect(balance).toMatchObject({ posted: '90.00', held: '0.00' });
  });
});

describe('a clock that was set back', () => {
  test('over the end of a month: the hold is made and captured in the month of the log', async () => {
    ledger.now = parseInstant('2026-11-01T00:00:10Z');
    await wallet.usage.record({ ...job, quantity: '1' });
    ledger.now = parseInstant('2026-10-31T23:59:50Z');
    const { hold } = await wallet.holds.create({ ...job, quantity: '5', expires: '1h' });
    expect(hold.createdAt).toBe('2026-11-01T00:00:10Z');
    const { transaction } = await wallet.holds.capture({ id: hold.id, quantity: '4' });
    expect(transaction?.time).toBe('2026-11-01T00:00:10Z');
    expect((await wallet.audit.verify({ full: true })).ok).toBe(true);
  });

  test('to before the end of a hold that the log has passed: it is over, and is told so', async () => {
    const { hold } = await wallet.holds.create({ ...job, credits: '5', expires: '1h' });
    ledger.now = parseInstant('2026-10-30T15:00:00Z');
    await wallet.credit.adjust({ direction: 'add', credits: '1', reason: 'later' });
    ledger.now = parseInstant('2026-10-30T12:30:00Z');
    expect(await codeOf(wallet.holds.capture({ id: hold.id, quantity: '1' }))).toBe('invalid_state');
    expect(await codeOf(wallet.holds.release({ id: hold.id }))).toBe('invalid_state');
    expect((await wallet.credit.balance()).balance).toMatchObject({ posted: '101.00', held: '0.00' });
  });
});

test('a hold whose end comes while its capture is under way is over: it is never captured and expired both', async () => {
  const { hold } = await wallet.holds.create({ ...job, credits: '5', expires: '1h' });
  // The clock of a machine moves between two looks at it.
  const times = ['2026-10-30T12:59:59.999Z', '2026-10-30T13:00:00Z'].map((text) => parseInstant(text));
  let looks = 0;
  Object.defineProperty(ledger, 'now', { configurable: true, get: () => times[Math.min(looks++, 1)] });
  const code = await codeOf(wallet.holds.capture({ id: hold.id, quantity: '1' }));
  Object.defineProperty(ledger, 'now', { configurable: true, writable: true, value: times[1] });
  expect(['invalid_state', undefined]).toContain(code);
  expect((await wallet.credit.balance()).balance).toMatchObject({ held: '0.00' });
  expect((await wallet.audit.verify({ full: true })).checks.filter((check) => !check.ok)).toEqual([]);
});

describe('a hold for a postpaid service', () => {
  const postpaid = { app: 'crm', service: 'audio-transcription' };

  test('asks for a card, takes no credits, and is charged to the invoice, for no more units than it was made for', async () => {
    expect(await codeOf(wallet.holds.create({ ...postpaid, quantity: '10' }))).toBe('no_payment_method');
    await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    const { hold, balance } = await wallet.holds.create({ ...postpaid, quantity: '10' });
    expect(hold.credits).toBe('0.00');
    expect(balance).toMatchObject({ posted: '100.00', held: '0.00' });
    expect(await codeOf(wallet.holds.capture({ id: hold.id, quantity: '11' }))).toBe('invalid_state');
    const { transaction } = await wallet.holds.capture({ id: hold.id, quantity: '11', overflow: true });
    expect(transaction).toMatchObject({ amount: '0.00', invoiced: '0.264', quantity: 11 });
    expect((await wallet.audit.verify({ full: true })).ok).toBe(true);
  });

  test('holds the job to the limit of its app when it is charged', async () => {
    await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await wallet.catalogue.limitApp({ app: 'crm', monthly: '1', onLimit: 'block' });
    const { hold } = await wallet.holds.create({ ...postpaid, quantity: '40' });
    await wallet.usage.record({ ...postpaid, quantity: '10' });
    expect(await codeOf(wallet.holds.capture({ id: hold.id }))).toBe('budget_exceeded');
  });
});

test('a hold that the free quota covers ends by the clock like any other, and takes nothing', async () => {
  await wallet.catalogue.setService({ service: 'smart-match', price: '2', freeQuota: '10/month', from: '2026-01-01' });
  const { hold } = await wallet.holds.create({ app: 'crm', service: 'smart-match', quantity: '10', expires: '1h' });
  ledger.now = parseInstant('2026-10-30T13:00:00Z');
  await wallet.credit.adjust({ direction: 'add', credits: '1', reason: 'a write that sees it' });
  expect((await wallet.holds.show({ id: hold.id })).hold.status).toBe('expired');
  expect((await wallet.audit.verify({ full: true })).ok).toBe(true);
});
