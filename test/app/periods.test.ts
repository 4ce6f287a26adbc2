import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, openBooks } from '../helpers/books';
import { randomBooks } from '../helpers/random-books';

let books: Books;
const opened: Books[] = [];

beforeAll(async () => {
  books = await openBooks('2026-10-05T12:00:00Z');
  opened.push(books);
  const { wallet } = books;
  await wallet.organisation.init({ org: 'Acme', timeZone: 'Europe/Berlin' });
  await wallet.credit.addGrant({ credits: '100', reason: 'start' });
  await wallet.credit.addGrant({ credits: '5', reason: 'lapses', expires: '2026-10-20', priority: '1' });
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.usage.record({ app: 'crm', service: 'sms', quantity: '100' });
  // It keeps 2 of the credits that lapse on 20 October until November.
  await wallet.holds.create({ app: 'crm', service: 'sms', credits: '2', expires: '30d' });
});
afterAll(() => Promise.all(opened.map((each) => each.close())));

const LATE = { app: 'crm', service: 'sms', quantity: '10', id: 'e-1', time: '2026-10-30T10:00:00Z' };

describe('a month', () => {
  it('that has not ended can not be closed, nor what is no month', async () => {
    await expect(books.wallet.periods.close({ period: '2026-10' })).rejects.toMatchObject({ code: 'invalid_state' });
    await expect(books.wallet.periods.close({ period: '2026-Q3' })).rejects.toMatchObject({ code: 'invalid_time' });
  });

  it('is closed once, with what had lapsed in it booked', async () => {
    books.setNow('2026-11-02T09:00:00Z');

    const { period } = await books.wallet.periods.close({ period: '2026-10' });

    expect(period).toMatchObject({ period: '2026-10', opening: '0.00', to: '2026-10-31T23:00:00Z' });
    expect((await books.wallet.reports.statement({ period: '2026-10' })).closing).toBe(period.closing);
    await expect(books.wallet.periods.close({ period: '2026-10' })).rejects.toMatchObject({ code: 'period_closed' });
    await expect(books.wallet.periods.close({ period: '2026-09' })).rejects.toMatchObject({ code: 'period_closed' });
  });

  it('that is closed keeps its statement to the byte, whatever arrives later', async () => {
    const { wallet } = books;
    const before = JSON.stringify(await wallet.reports.statement({ period: '2026-10' }));

    const { transaction } = await wallet.usage.record(LATE);
    await wallet.usage.postBatch({ rows: [{ ...LATE, id: 'e-2', line: 2 }] });
    await wallet.usage.reverse({ transaction: transaction.id, quantity: '3' });
    books.setNow('2026-11-10T12:00:00Z');
    await wallet.credit.addGrant({ credits: '1', reason: 'ends the hold, and with it what had lapsed' });

    expect(JSON.stringify(await wallet.reports.statement({ period: '2026-10' }))).toBe(before);
    expect(transaction).toMatchObject({ time: '2026-10-31T23:00:00Z', reference: 'late:2026-10-30T10:00:00Z' });
    const november = await wallet.reports.statement({ period: '2026-11' });
    expect(november.opening).toBe(JSON.parse(before).closing);
    expect(november.expired).toBe('-2.00');
    expect((await wallet.audit.verify({ full: true })).checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('does not make a duplicate of late usage a conflict', async () => {
    const again = await books.wallet.usage.record(LATE);

    expect(again).toMatchObject({ duplicate: true, transaction: { reference: 'late:2026-10-30T10:00:00Z' } });
    await expect(books.wallet.usage.record({ ...LATE, quantity: '11' })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
  });

  it('that is closed refuses a price that would reach into it', async () => {
    const set = books.wallet.catalogue.setService({ service: 'sms', price: '0.01', from: '2026-10-15' });

    await expect(set).rejects.toMatchObject({ code: 'period_closed' });
  });

  it('is listed with its digest', async () => {
    const { periods } = await books.wallet.periods.list();

    expect(periods).toMatchObject([{ period: '2026-10', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it('that is closed has its late usage priced as it was when it happened', async () => {
    const { wallet } = books;
    await wallet.catalogue.setService({ service: 'sms', price: '0.02', from: '2026-10-31T23:00:00Z' });

    const { transaction } = await wallet.usage.record({ ...LATE, id: 'e-3' });
    await wallet.usage.postBatch({ rows: [{ ...LATE, id: 'e-4' }] });
    const reversed = await wallet.usage.reverse({ transaction: transaction.id });
    const onTime = await wallet.usage.record({ ...LATE, id: 'e-5', time: '2026-10-31T23:00:00Z' });

    expect(transaction).toMatchObject({ time: '2026-10-31T23:00:00Z', unitPrice: '0.0079', amount: '-0.079' });
    expect(reversed.transaction.amount).toBe('0.079');
    expect(onTime.transaction.amount).toBe('-0.20');
    const { explanation } = await wallet.transactions.explain({ id: transaction.id });
    expect(explanation.join()).toContain('10 paid units at 0.0079');
    expect((await wallet.audit.verify({ full: true })).checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('that was left open is closed, with a seal of its own, with the one after it', async () => {
    books.setNow('2027-01-02T09:00:00Z');

    await books.wallet.periods.close({ period: '2026-12' });

    const { periods } = await books.wallet.periods.list();
    expect(periods.map(({ period }) => period)).toEqual(['2026-12', '2026-11', '2026-10']);
    expect(periods[0]?.opening).toBe(periods[1]?.closing);
    expect(periods[1]?.opening).toBe(periods[2]?.closing);
    expect((await books.wallet.audit.verify({ full: true })).ok).toBe(true);
  });
});

describe('a random ledger, closed month by month', () => {
  it.each([31, 32])('proves each (%i), and stays whole', async (seed) => {
    const random = await randomBooks(seed);
    opened.push(random);

    for (const period of ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10'])
      await random.wallet.periods.close({ period });

    const { periods } = await random.wallet.periods.list();
    expect(periods.slice(0, -1).map(({ opening }) => opening)).toEqual(periods.slice(1).map(({ closing }) => closing));
    expect((await random.wallet.audit.verify({ full: true })).ok).toBe(true);
  });
});
