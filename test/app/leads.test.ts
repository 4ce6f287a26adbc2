import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, openBooks } from '../helpers/books';

let books: Books;

beforeAll(async () => {
  books = await openBooks('2026-10-20T12:00:00Z');
  const { wallet } = books;
  await wallet.organisation.init({ org: 'Acme' });
  await wallet.credit.addGrant({ credits: '100', reason: 'start' });
  for (const app of ['crm', 'shop']) await wallet.catalogue.addApp({ app });
  const usage = { app: 'crm', service: 'sms', quantity: '1000', time: '2026-10-02' };
  await wallet.usage.record({ ...usage, campaign: 'spring' });
  await wallet.usage.record({ ...usage, campaign: 'autumn', app: 'shop' });
});
afterAll(() => books.close());

const SPRING = { app: 'crm', service: 'sms', campaign: 'spring', delivered: '980', leads: '7', time: '2026-10-03' };

describe('leads', () => {
  it('are recorded once for one id, and refused with other content', async () => {
    const { wallet } = books;

    const first = await wallet.leads.record({ ...SPRING, id: 'l-1' });
    const again = await wallet.leads.record({ ...SPRING, id: 'l-1' });

    expect(first.lead).toMatchObject({ id: 'l-1', delivered: 980, leads: 7, time: '2026-10-03T00:00:00Z' });
    expect(again).toMatchObject({ duplicate: true, lead: first.lead });
    await expect(wallet.leads.record({ ...SPRING, id: 'l-1', leads: '8' })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
  });

  it.each([
    ['campaign', { campaign: 'sprign' }, 'unknown_campaign'],
    ['app', { app: 'web' }, 'unknown_app'],
    ['service', { service: 'fax' }, 'unknown_service'],
    ['number of leads', { leads: '-1' }, 'invalid_quantity'],
    ['number delivered', { delivered: '1.5' }, 'invalid_quantity'],
  ])('with a bad %s are refused', async (_what, wrong, code) => {
    await expect(books.wallet.leads.record({ ...SPRING, ...wrong })).rejects.toMatchObject({ code });
  });

  it('cost what their usage cost, exactly, and zero leads have no cost each', async () => {
    await books.wallet.leads.import({
      rows: [{ ...SPRING, line: 2, campaign: 'autumn', app: 'shop', delivered: '3', leads: '0', id: 'l-2' }],
    });

    const report = await books.wallet.reports.costPerLead({ by: ['campaign'], period: '2026-10' });

    expect(report.rows).toEqual([
      { campaign: 'autumn', cost: '7.90', delivered: 3, leads: 0, costPerDelivery: '2.633333', costPerLead: null },
      // 7.9 / 980 = 0.00806122…; 7.9 / 7 = 1.12857142…
      {
        campaign: 'spring',
        cost: '7.90',
        delivered: 980,
        leads: 7,
        costPerDelivery: '0.008061',
        costPerLead: '1.128571',
      },
    ]);
    expect(report.total).toMatchObject({ cost: '15.80', delivered: 983, leads: 7, costPerLead: '2.257143' });
  });

  it('of a file are listed where they are refused, and the rest is recorded', async () => {
    const rows = [
      { ...SPRING, line: 2, id: 'l-3' },
      { ...SPRING, line: 3, campaign: 'winter' },
      { ...SPRING, line: 4, id: 'l-3' },
    ];

    const answer = await books.wallet.leads.import({ rows });

    expect(answer).toMatchObject({
      read: 3,
      posted: 1,
      duplicates: 1,
      rejects: [{ line: 3, code: 'unknown_campaign' }],
    });
  });

  it('are sealed in the chain, and leave the ledger whole', async () => {
    expect((await books.wallet.audit.verify({ full: true })).ok).toBe(true);
  });

  it('can not be reported by what they do not know', async () => {
    await expect(books.wallet.reports.costPerLead({ by: ['user'] })).rejects.toMatchObject({ code: 'invalid_value' });
    const filtered = books.wallet.reports.costPerLead({ by: ['app'], users: ['ada'] });
    await expect(filtered).rejects.toMatchObject({ code: 'invalid_usage' });
  });
});
