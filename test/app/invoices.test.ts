import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Books, openBooks } from '../helpers/books';
import { openStripeShop } from '../helpers/stripe-shop';

let books: Books;

beforeAll(async () => {
  books = await openBooks('2026-10-05T12:00:00Z');
  const { wallet } = books;
  await wallet.organisation.init({ org: 'Acme', timeZone: 'Europe/Berlin' });
  await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.catalogue.addService({ service: 'fax', price: '0.3335', billing: 'postpaid' });
  await wallet.catalogue.addService({ service: 'telex', price: '1.001', billing: 'postpaid' });
  await wallet.usage.record({ app: 'crm', service: 'fax', quantity: '11' });
  await wallet.usage.record({ app: 'crm', service: 'telex', quantity: '3' });
});
afterAll(() => books.close());

const purchases = async () => (await books.wallet.purchases.list({})).purchases;

describe('an invoice', () => {
  it('is not made for a month that has not ended', async () => {
    await expect(books.wallet.invoices.run({ period: '2026-10' })).rejects.toMatchObject({ code: 'invalid_state' });
  });

  it('has a line for each service, is rounded once, and is paid by the card', async () => {
    books.setNow('2026-11-01T08:00:00Z');

    const { invoice } = await books.wallet.invoices.run({});

    // 11 × 0.3335 + 3 × 1.001 = 6.6715, which is 6.67.
    expect(invoice).toMatchObject({
      number: 'INV-000001',
      period: '2026-10',
      status: 'paid',
      lines: [
        { service: 'fax', quantity: 11, amount: '3.6685' },
        { service: 'telex', quantity: 3, amount: '3.003' },
      ],
      rounding: '-0.0015',
      total: '6.67',
    });
    expect(await purchases()).toMatchObject([{ trigger: 'invoice', credits: '6.67', status: 'succeeded' }]);
    expect((await books.wallet.credit.balance()).balance.posted).toBe('0.00');
    expect((await books.wallet.organisation.status()).postpaid).toEqual({ accrued: '0.00', overdue: '0.00' });
  });

  it('bills once, however often it is run', async () => {
    const again = await books.wallet.invoices.run({ period: '2026-10' });

    expect(again.invoice).toMatchObject({ number: 'INV-000001', status: 'paid' });
    expect(await purchases()).toHaveLength(1);
  });

  it('stays open where the card is declined, is overdue in time, and can be paid later', async () => {
    const { wallet } = books;
    const { cards } = await wallet.cards.list();
    const { card } = await wallet.cards.add({ paymentMethod: 'pm_card_chargeCustomerFail' });
    await wallet.cards.remove({ id: cards[0]?.id ?? '', replaceWith: card.id });
    // Usage of October that arrived in November: it is on no invoice yet.
    await wallet.usage.record({ app: 'crm', service: 'fax', quantity: '10', time: '2026-10-31' });
    books.setNow('2026-12-01T08:00:00Z');

    await expect(wallet.invoices.run({ period: '2026-11' })).rejects.toMatchObject({
      code: 'card_declined',
      why: 'nothing was charged; INV-000002 of 3.34 stays open',
      hint: 'wallet card list, then wallet invoice pay INV-000002',
    });
    books.setNow('2026-12-20T08:00:00Z');
    const open = (await wallet.invoices.show({ id: 'INV-000002' })).invoice;
    const { postpaid } = await wallet.organisation.status();
    await wallet.cards.add({ paymentMethod: 'pm_card_visa', role: 'backup' });
    const { invoice } = await wallet.invoices.pay({ id: open.id });

    expect(open).toMatchObject({ status: 'open', overdue: true, total: '3.34', rounding: '0.005' });
    expect(postpaid).toEqual({ accrued: '3.34', overdue: '3.34' });
    expect(invoice).toMatchObject({ status: 'paid', overdue: false });
    expect((await wallet.invoices.pay({ id: '2' })).invoice).toEqual(invoice);
    expect((await purchases()).filter(({ status }) => status === 'succeeded')).toHaveLength(2);
  });

  it('is not made where there is nothing to bill', async () => {
    expect(await books.wallet.invoices.run({ period: '2026-09' })).toEqual({ invoice: null, invoices: [] });
    await expect(books.wallet.invoices.show({ id: 'INV-9' })).rejects.toMatchObject({ code: 'unknown_invoice' });
  });

  it('leaves the ledger whole, and its payments out of the transactions', async () => {
    const { transactions } = await books.wallet.transactions.list({});
    const failed = (await books.wallet.audit.verify({ full: true })).checks.filter(({ ok }) => !ok);

    expect(new Set(transactions.map(({ type }) => type))).toEqual(new Set(['usage']));
    expect(failed).toEqual([]);
    expect((await books.wallet.invoices.list()).invoices.map(({ number }) => number)).toEqual([
      'INV-000002',
      'INV-000001',
    ]);
  });
});

const MONTH_MS = 31 * 86_400_000;

it('a bill below what Stripe charges waits for the next one', async () => {
  const shop = await openStripeShop();
  const { wallet } = shop;
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.catalogue.addService({ service: 'fax', price: '0.1', billing: 'postpaid' });
  await wallet.usage.record({ app: 'crm', service: 'fax', quantity: '4' });
  shop.advance(MONTH_MS);

  const small = await wallet.invoices.run({});
  const waiting = (await wallet.organisation.status()).postpaid;
  await wallet.usage.record({ app: 'crm', service: 'fax', quantity: '1' });
  shop.advance(MONTH_MS);
  const { invoice } = await wallet.invoices.run({});
  await shop.remove();

  expect([small.invoice, waiting.accrued]).toEqual([null, '0.40']);
  expect(invoice).toMatchObject({ number: 'INV-000001', status: 'paid', total: '0.50', lines: [{ quantity: 5 }] });
});
