import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WalletService } from '../../src/contract/wallet-service';
import { type Instant, parseInstant } from '../../src/core/time';
import { createDestinations } from '../helpers/destinations';
import { createTestLedger, type TestLedger } from '../helpers/ledger';

const SECRET = `whsec_${Buffer.from('twenty-four characters!!').toString('base64')}`;
const MAIL = ['ada@example.com'];

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

const use = (quantity: number, app = 'crm', service = 'sms', time?: string) =>
  wallet.usage.record({ app, service, quantity: String(quantity), ...(time === undefined ? {} : { time }) });

async function titles(): Promise<readonly string[]> {
  const { notices } = await wallet.alerts.history({});
  return [...notices].reverse().map(({ title }) => title);
}

const later = (ms: number) => {
  ledger.now = (ledger.now + ms) as Instant;
};
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('A low balance', () => {
  beforeEach(() => wallet.alerts.addLowBalance({ below: '50', to: MAIL }));

  test('is told in the write that brings it about, once, and so is its end', async () => {
    await use(50);
    expect(await titles()).toEqual([]);
    await use(1);
    await use(1);
    expect(await titles()).toEqual(['The balance is below 50.00']);
    later(1); // ids sort by the millisecond
    await wallet.credit.addGrant({ credits: '10', reason: 'more' });
    later(1);
    await use(20);
    expect(await titles()).toEqual([
      'The balance is below 50.00',
      'The balance is back at 50.00 or more',
      'The balance is below 50.00',
    ]);
  });

  test('counts what is held, and what expires by itself', async () => {
    const { hold } = await wallet.holds.create({ app: 'crm', service: 'sms', credits: '60' });
    await wallet.holds.release({ id: hold.id });
    expect(await titles()).toHaveLength(2);
    await wallet.credit.addGrant({ credits: '5', reason: 'x', expires: '2026-10-06' });
    await use(50);
    expect(await titles()).toHaveLength(2);
    later(3 * DAY);
    await wallet.alerts.check({});
    expect((await titles()).filter((title) => title === 'The balance is below 50.00')).toHaveLength(1);
  });

  test('that was so when the alert was set is told by the first check', async () => {
    const { alert } = await wallet.alerts.addLowBalance({ below: '500', to: MAIL });
    const { fired } = await wallet.alerts.check({});
    expect(fired).toEqual([
      expect.objectContaining({ alert: alert.id, kind: 'low-balance', value: '100.00', threshold: '500.00' }),
    ]);
    expect((await wallet.alerts.check({})).fired).toEqual([]);
  });

  test('that a dry run or a refused write would bring about is not told', async () => {
    await wallet.usage.record({ app: 'crm', service: 'sms', quantity: '80', dryRun: true });
    await expect(use(500)).rejects.toMatchObject({ code: 'insufficient_credits' });
    expect(await titles()).toEqual([]);
  });

  test('is not told while auto top-up works, and is told when it does not', async () => {
    await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await wallet.recharge.set({ below: '50', amount: '100', monthlyCap: '100' });
    await use(60);
    expect(await titles()).toEqual([]);
    expect((await wallet.recharge.check({})).outcome).toBe('recharged');
    later(DAY);
    await use(95); // now the cap is in the way
    expect(await titles()).toEqual(['The balance is below 50.00']);
  });

  test('is told when auto top-up is on and nobody runs it', async () => {
    await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await wallet.recharge.set({ below: '50', amount: '100' });
    await use(60);
    later(15 * MINUTE);
    expect((await wallet.alerts.check({})).fired).toHaveLength(1);
  });

  test('is told although auto top-up is switched on, where there is no card', async () => {
    await wallet.recharge.set({ below: '50', amount: '100' });
    await use(60);
    expect(await titles()).toEqual(['The balance is below 50.00']);
  });

  test('is not told any more once the alert was removed', async () => {
    const { alerts } = await wallet.alerts.list();
    await wallet.alerts.remove({ id: alerts[0]?.id ?? '' });
    await use(60);
    expect(await titles()).toEqual([]);
    await expect(wallet.alerts.remove({ id: alerts[0]?.id ?? '' })).rejects.toMatchObject({ code: 'unknown_alert' });
  });
});

describe('Spending', () => {
  test('is counted by app and service, and told once a period', async () => {
    await wallet.alerts.addSpend({ over: '10', per: 'day', app: 'crm', service: 'sms', to: MAIL });
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
    await wallet.alerts.addSpend({ over: '10', per: 'day', to: MAIL });
    await use(5, 'crm', 'sms', '2026-10-04T10:00:00Z');
    expect(await titles()).toEqual([]);
    await use(2);
    expect(await titles()).toEqual(['Spending is over 10.00 this day']);
  });

  test('that is reversed below the threshold is told, and armed again', async () => {
    await wallet.alerts.addSpend({ over: '10', per: 'month', to: MAIL });
    const { transaction } = await use(12);
    later(1); // ids sort by the millisecond
    await wallet.usage.reverse({ transaction: transaction.id });
    later(1);
    await use(11);
    expect(await titles()).toEqual([
      'Spending is over 10.00 this month',
      'Spending is no longer over 10.00',
      'Spending is over 10.00 this month',
    ]);
  });

  test('past a budget that only warns is told in the write that passes it, once a month', async () => {
    await wallet.catalogue.limitApp({ app: 'crm', monthly: '10', onLimit: 'warn' });
    await use(10);
    expect(await titles()).toEqual([]);
    await use(1);
    await use(1);
    await wallet.alerts.check({});
    expect(await titles()).toEqual(['App crm has used up its limit for 2026-10']);
  });
});

describe('A check', () => {
  test('tells of cards and grants about to end, each once', async () => {
    const { card } = await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await wallet.cards.edit({ id: card.id, expiry: '10/2026' });
    await wallet.credit.addGrant({ credits: '7', reason: 'x', expires: '2026-10-10' });
    const { fired } = await wallet.alerts.check({});
    expect(fired.map(({ kind, alert }) => `${kind} ${alert}`).sort()).toEqual([
      'card-expiring null',
      'grant-expiring null',
    ]);
    expect(fired[0]?.deliveries).toEqual([expect.objectContaining({ destination: 'ops@example.com' })]);
    expect((await wallet.alerts.check({})).fired).toEqual([]);
  });

  test('sends a built-in alert where it was routed to, and nowhere else', async () => {
    const { url, received } = await places.webhook();
    await wallet.alerts.route({ kind: 'grant-expiring', to: [url] });
    await wallet.credit.addGrant({ credits: '7', reason: 'x', expires: '2026-10-10' });
    expect(await wallet.alerts.check({})).toMatchObject({ delivered: 1, failed: 0 });
    expect(received).toHaveLength(1);
  });

  test('as a dry run tells what it would tell, and keeps nothing', async () => {
    await wallet.alerts.addLowBalance({ below: '500', to: MAIL });
    expect(await wallet.alerts.check({ dryRun: true })).toMatchObject({ fired: [{ value: '100.00' }], dryRun: true });
    expect(await titles()).toEqual([]);
  });
});

describe('The outbox', () => {
  test('is delivered once by two runners at once, signed, and under one id at every attempt', async () => {
    const { url, received } = await places.webhook((response, count) =>
      response.writeHead(count < 3 ? 500 : 200).end(),
    );
    await wallet.alerts.addLowBalance({ below: '50', to: [url] });
    await use(60);
    const runs = await Promise.all([wallet.alerts.check({}), ledger.open().alerts.check({})]);
    expect(received).toHaveLength(1);
    expect(runs.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
    for (const wait of [1, 5]) {
      later(wait * MINUTE);
      await wallet.alerts.check({});
    }
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const { headers, body } = received[2] as (typeof received)[number];
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      data: { kind: 'low-balance', value: '40.00', threshold: '50.00' },
    });
    expect(await wallet.alerts.check({})).toMatchObject({ delivered: 0, failed: 0, dead: 0 });
    expect((await wallet.organisation.status()).undelivered).toEqual({ waiting: 0, dead: [] });
  });

  test('gives up after eight attempts, status says so, and it goes out again under its id when somebody wants it', async () => {
    let code = 503;
    const { url, received } = await places.webhook((response) => response.writeHead(code).end());
    await wallet.alerts.addLowBalance({ below: '50', to: [url] });
    await use(60);
    for (let i = 0; i < 20; i += 1) {
      await wallet.alerts.check({});
      later(DAY / 2);
    }
    expect(received).toHaveLength(8);
    const { undelivered } = await wallet.organisation.status();
    expect(undelivered.dead).toEqual([
      expect.objectContaining({ attempts: 8, error: 'it answered 503', title: 'The balance is below 50.00' }),
    ]);
    const id = undelivered.dead[0]?.id ?? '';
    expect(await wallet.alerts.retry({ dryRun: true })).toMatchObject({ deliveries: [{ id, status: 'dead' }] });
    expect(await wallet.alerts.retry({ id })).toMatchObject({ deliveries: [{ id, status: 'waiting', attempts: 1 }] });
    await expect(wallet.alerts.retry({ id })).rejects.toMatchObject({ code: 'invalid_state' });
    code = 200;
    ledger.edit((database) => database.prepare("UPDATE deliveries SET state = 'dead'").run());
    expect(await wallet.alerts.retry({})).toMatchObject({ deliveries: [{ id, status: 'delivered' }] });
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    await expect(wallet.alerts.retry({ id: 'msg_nobody' })).rejects.toMatchObject({ code: 'unknown_alert' });
    expect(await wallet.alerts.retry({})).toEqual({ deliveries: [] });
  });

  test('keeps what a runner took and never came back for', async () => {
    const { url, received } = await places.webhook();
    await wallet.alerts.addLowBalance({ below: '50', to: [url] });
    await use(60);
    ledger.edit((database) =>
      database.prepare("UPDATE deliveries SET state = 'sending', attempts = 1, next_at = ?").run(ledger.now + MINUTE),
    );
    await wallet.alerts.check({});
    expect(received).toHaveLength(0);
    later(MINUTE);
    await wallet.alerts.check({});
    expect(received).toHaveLength(1);
  });

  test('that nobody can be reached from holds up no payment', async () => {
    const hanging = await places.webhook(() => undefined);
    await wallet.alerts.addLowBalance({ below: '90', to: [hanging.url] });
    await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
    await use(60);
    const checking = wallet.alerts.check({});
    while (hanging.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const other = ledger.open();
    expect((await other.purchases.buy({ credits: '100' })).purchase.status).toBe('succeeded');
    await places.close(); // the connection ends, and with it the wait
    expect(await checking).toMatchObject({ delivered: 0, failed: 1 });
    expect((await other.organisation.status()).undelivered.waiting).toBe(2);
  });

  test('waits for settings that are missing without counting it as an attempt', async () => {
    await wallet.alerts.addLowBalance({ below: '50', to: MAIL });
    await use(60);
    expect((await wallet.alerts.check({})).failures).toEqual([
      { destination: 'ada@example.com', error: 'WALLET_SMTP_URL is not set' },
    ]);
    const mail = await places.mailServer();
    ledger.notifier = { smtpUrl: mail.url };
    later(5 * MINUTE);
    expect((await ledger.open().alerts.check({})).delivered).toBe(1);
    expect(mail.letters[0]).toContain('Acme: The balance is below 50.00');
  });

  test('of a test goes out at once to everybody, roles included', async () => {
    const mail = await places.mailServer();
    ledger.notifier = { smtpUrl: mail.url };
    const { alert } = await wallet.alerts.addLowBalance({ below: '50', to: [...MAIL, 'role:admin'] });
    const { deliveries } = await ledger.open().alerts.test({ id: alert.id });
    expect(deliveries.map(({ destination, status }) => [destination, status])).toEqual([
      ['ada@example.com', 'delivered'],
      ['ops@example.com', 'delivered'],
    ]);
    expect(mail.letters).toHaveLength(2);
  });

  test('goes to everybody who has the role now, and to its contact while nobody has', async () => {
    const { alert } = await wallet.alerts.addLowBalance({ below: '50', to: ['role:admin', 'role:accountant'] });
    const told = async () => {
      later(1);
      return (await wallet.alerts.test({ id: alert.id })).deliveries.map(({ destination }) => destination);
    };
    expect(await told()).toEqual(['ops@example.com']);
    await wallet.access.addUser({ user: 'grace', email: 'grace@example.com', role: 'admin' });
    await wallet.access.addUser({ user: 'alan', email: 'alan@example.com', role: 'accountant' });
    expect(await told()).toEqual(['alan@example.com', 'grace@example.com']);
  });

  test('is no part of the seal, and the alerts are', async () => {
    await wallet.alerts.addLowBalance({ below: '50', to: MAIL });
    await use(60);
    await wallet.alerts.check({});
    expect((await wallet.audit.verify({})).ok).toBe(true);
    ledger.edit((database) => database.prepare('UPDATE alerts SET threshold = 1').run());
    expect((await ledger.open().audit.verify({})).ok).toBe(false);
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
    await expect(wallet.alerts.addLowBalance(request)).rejects.toMatchObject({ code });
    expect((await wallet.alerts.list()).alerts).toEqual([]);
  });

  test('for an app, a service, a period or a kind that does not exist', async () => {
    const terms = { over: '5', per: 'day', to: MAIL };
    await expect(wallet.alerts.addSpend({ ...terms, app: 'crmm' })).rejects.toMatchObject({ code: 'unknown_app' });
    await expect(wallet.alerts.addSpend({ ...terms, service: 'smss' })).rejects.toMatchObject({
      code: 'unknown_service',
    });
    await expect(wallet.alerts.addSpend({ ...terms, per: 'year' })).rejects.toMatchObject({ code: 'invalid_value' });
    await expect(wallet.alerts.route({ kind: 'recharge-faild', to: MAIL })).rejects.toMatchObject({
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
