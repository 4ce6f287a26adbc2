import { beforeEach, describe, expect, test } from 'vitest';
import { parseInstant } from '../../src/core/time';
import { DAY, MAIL, MINUTE, useAlertLedger } from '../helpers/alert-ledger';
import { createTestLedger } from '../helpers/ledger';

const about = useAlertLedger();
const { use, titles, later } = about;

describe('A low balance', () => {
  beforeEach(() => about.wallet.alerts.addLowBalance({ below: '50', to: MAIL }));

  test('is told in the write that brings it about, once, and so is its end', async () => {
    await use(50);
    expect(await titles()).toEqual([]);
    await use(1);
    await use(1);
    expect(await titles()).toEqual(['The balance is below 50.00']);
    later(1); // ids sort by the millisecond
    await about.wallet.credit.addGrant({ credits: '10', reason: 'more' });
    later(1);
    await use(20);
    expect(await titles()).toEqual([
      'The balance is below 50.00',
      'The balance is back at 50.00 or more',
      'The balance is below 50.00',
    ]);
  });

  test('counts what is held, and what expires by itself', async () => {
    const { hold } = await about.wallet.holds.create({ app: 'crm', service: 'sms', credits: '60' });
    await about.wallet.holds.release({ id: hold.id });
    expect(await titles()).toHaveLength(2);
    await about.wallet.credit.addGrant({ credits: '5', reason: 'x', expires: '2026-10-06' });
    await use(50);
    expect(await titles()).toHaveLength(2);
    later(3 * DAY);
    await about.wallet.alerts.check({});
    expect((await titles()).filter((title) => title === 'The balance is below 50.00')).toHaveLength(1);
  });

  test('that was so when the alert was set is told by the first check', async () => {
    const { alert } = await about.wallet.alerts.addLowBalance({ below: '500', to: MAIL });
    const { fired } = await about.wallet.alerts.check({});
    expect(fired).toEqual([
      expect.objectContaining({ alert: alert.id, kind: 'low-balance', value: '100.00', threshold: '500.00' }),
    ]);
    expect((await about.wallet.alerts.check({})).fired).toEqual([]);
  });

  test('that a dry run or a refused write would bring about is not told', async () => {
    await about.wallet.usage.record({ app: 'crm', service: 'sms', quantity: '80', dryRun: true });
    await expect(use(500)).rejects.toMatchObject({ code: 'insufficient_credits' });
    expect(await titles()).toEqual([]);
  });

  test('is not told while auto top-up works, and is told when it does not', async () => {
    await about.wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await about.wallet.recharge.set({ below: '50', amount: '100', monthlyCap: '100' });
    await use(60);
    expect(await titles()).toEqual([]);
    expect((await about.wallet.recharge.check({})).outcome).toBe('recharged');
    later(DAY);
    await use(95); // now the cap is in the way
    expect(await titles()).toEqual(['The balance is below 50.00']);
  });

  test('is told when auto top-up is on and nobody runs it', async () => {
    await about.wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await about.wallet.recharge.set({ below: '50', amount: '100' });
    await use(60);
    later(15 * MINUTE);
    expect((await about.wallet.alerts.check({})).fired).toHaveLength(1);
  });

  test('is told although auto top-up is switched on, where there is no card', async () => {
    await about.wallet.recharge.set({ below: '50', amount: '100' });
    await use(60);
    expect(await titles()).toEqual(['The balance is below 50.00']);
  });

  test('is not told any more once the alert was removed', async () => {
    const { alerts } = await about.wallet.alerts.list();
    await about.wallet.alerts.remove({ id: alerts[0]?.id ?? '' });
    await use(60);
    expect(await titles()).toEqual([]);
    await expect(about.wallet.alerts.remove({ id: alerts[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'unknown_alert',
    });
  });
});

describe('Spending', () => {
  test('is counted by app and service, and told once a period', async () => {
    await about.wallet.alerts.addSpend({ over: '10', per: 'day', app: 'crm', service: 'sms', to: MAIL });
    await use(11, 'shop');
    await use(11, 'crm', 'email');
    await use(10);
    expect(await titles()).toEqual([]);
    await use(1);
    await use(1);
    expect(await titles()).toEqual(['Spending of app crm on sms is over 10.00 this day']);
    later(DAY);
    await use(10);
    expect(await titles()).toHaveLength(1);
    await use(1);
    expect(await titles()).toHaveLength(2);
  });

  test('of before the alert was set counts, and what is recorded late for another day does not', async () => {
    await use(9);
    await about.wallet.alerts.addSpend({ over: '10', per: 'day', to: MAIL });
    await use(5, 'crm', 'sms', '2026-10-04T10:00:00Z');
    expect(await titles()).toEqual([]);
    await use(2);
    expect(await titles()).toEqual(['Spending is over 10.00 this day']);
  });

  test('that is reversed below the threshold is told, and armed again', async () => {
    await about.wallet.alerts.addSpend({ over: '10', per: 'month', to: MAIL });
    const { transaction } = await use(12);
    later(1); // ids sort by the millisecond
    await about.wallet.usage.reverse({ transaction: transaction.id });
    later(1);
    await use(11);
    expect(await titles()).toEqual([
      'Spending is over 10.00 this month',
      'Spending is no longer over 10.00',
      'Spending is over 10.00 this month',
    ]);
  });

  test('past a budget that only warns is told in the write that passes it, once a month', async () => {
    await about.wallet.catalogue.limitApp({ app: 'crm', monthly: '10', onLimit: 'warn' });
    await use(10);
    expect(await titles()).toEqual([]);
    await use(1);
    await use(1);
    await about.wallet.alerts.check({});
    expect(await titles()).toEqual(['App crm has used up its limit for 2026-10']);
  });
});

describe('A check', () => {
  test('tells of cards and grants about to end, each once', async () => {
    const { card } = await about.wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await about.wallet.cards.edit({ id: card.id, expiry: '10/2026' });
    await about.wallet.credit.addGrant({ credits: '7', reason: 'x', expires: '2026-10-10' });
    const { fired } = await about.wallet.alerts.check({});
    expect(fired.map(({ kind, alert }) => `${kind} ${alert}`).sort()).toEqual([
      'card-expiring null',
      'grant-expiring null',
    ]);
    expect(fired[0]?.deliveries).toEqual([expect.objectContaining({ destination: 'ops@example.com' })]);
    expect((await about.wallet.alerts.check({})).fired).toEqual([]);
  });

  test('sends a built-in alert where it was routed to, and nowhere else', async () => {
    const { url, received } = await about.places.webhook();
    await about.wallet.alerts.route({ kind: 'grant-expiring', to: [url] });
    await about.wallet.credit.addGrant({ credits: '7', reason: 'x', expires: '2026-10-10' });
    expect(await about.wallet.alerts.check({})).toMatchObject({ delivered: 1, failed: 0 });
    expect(received).toHaveLength(1);
  });

  test('as a dry run tells what it would tell, and keeps nothing', async () => {
    await about.wallet.alerts.addLowBalance({ below: '500', to: MAIL });
    expect(await about.wallet.alerts.check({ dryRun: true })).toMatchObject({
      fired: [{ value: '100.00' }],
      dryRun: true,
    });
    expect(await titles()).toEqual([]);
  });
});

describe('An alert is refused', () => {
  test.each([
    ['a threshold of nothing', { below: '0', to: MAIL }, 'invalid_amount'],
    ['a negative threshold', { below: '-5', to: MAIL }, 'invalid_amount'],
    ['nobody to tell', { below: '50', to: [] }, 'invalid_usage'],
    ['an empty destination', { below: '50', to: [''] }, 'invalid_usage'],
    ['a bad address', { below: '50', to: ['ada@'] }, 'invalid_value'],
    ['a role nobody has', { below: '50', to: ['role:king'] }, 'invalid_value'],
    ['plain http elsewhere', { below: '50', to: ['http://example.com/'] }, 'invalid_value'],
    ['a private address', { below: '50', to: ['https://192.168.0.1/'] }, 'invalid_value'],
    ['a file', { below: '50', to: ['file:///etc/passwd'] }, 'invalid_value'],
  ])('with %s', async (_what, request, code) => {
    await expect(about.wallet.alerts.addLowBalance(request)).rejects.toMatchObject({ code });
    expect((await about.wallet.alerts.list()).alerts).toEqual([]);
  });

  test('for an app, a service, a period or a kind that does not exist', async () => {
    const terms = { over: '5', per: 'day', to: MAIL };
    await expect(about.wallet.alerts.addSpend({ ...terms, app: 'crmm' })).rejects.toMatchObject({
      code: 'unknown_app',
    });
    await expect(about.wallet.alerts.addSpend({ ...terms, service: 'smss' })).rejects.toMatchObject({
      code: 'unknown_service',
    });
    await expect(about.wallet.alerts.addSpend({ ...terms, per: 'year' })).rejects.toMatchObject({
      code: 'invalid_value',
    });
    await expect(about.wallet.alerts.route({ kind: 'recharge-faild', to: MAIL })).rejects.toMatchObject({
      hint: 'did you mean recharge-failed?',
    });
  });
});

test('the time a spend alert counts by is the organisation’s', async () => {
  const other = createTestLedger('2026-10-05T20:00:00Z');
  try {
    const here = other.open();
    await here.organisation.init({ org: 'Acme', timeZone: 'Asia/Tokyo' });
    await here.catalogue.setService({ service: 'sms', price: '1' });
    await here.catalogue.addApp({ app: 'crm' });
    await here.credit.addGrant({ credits: '100', reason: 'x' });
    await here.alerts.addSpend({ over: '10', per: 'day', to: MAIL });
    await here.usage.record({ app: 'crm', service: 'sms', quantity: '9', time: '2026-10-05T14:59:59Z' }); // the 5th there
    await here.usage.record({ app: 'crm', service: 'sms', quantity: '9' }); // the 6th there
    expect((await here.alerts.history({})).notices).toEqual([]);
    other.now = parseInstant('2026-10-06T14:59:59Z');
    await here.usage.record({ app: 'crm', service: 'sms', quantity: '2' });
    expect((await here.alerts.history({})).notices).toHaveLength(1);
  } finally {
    await other.remove();
  }
});
