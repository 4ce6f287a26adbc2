import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { DAY, MAIL, MINUTE, SECRET, useAlertLedger } from '../helpers/alert-ledger';

const about = useAlertLedger();
const { use, later } = about;

test('the outbox is delivered once by two runners at once, signed, and under one id at every attempt', async () => {
  const { url, received } = await about.places.webhook((response, count) =>
    response.writeHead(count < 3 ? 500 : 200).end(),
  );
  await about.wallet.alerts.addLowBalance({ below: '50', to: [url] });
  await use(60);
  const runs = await Promise.all([about.wallet.alerts.check({}), about.ledger.open().alerts.check({})]);
  expect(received).toHaveLength(1);
  expect(runs.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  for (const wait of [1, 5]) {
    later(wait * MINUTE);
    await about.wallet.alerts.check({});
  }
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const { headers, body } = received[2] as (typeof received)[number];
  expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
    data: { kind: 'low-balance', value: '40.00', threshold: '50.00' },
  });
  expect(await about.wallet.alerts.check({})).toMatchObject({ delivered: 0, failed: 0, dead: 0 });
  expect((await about.wallet.organisation.status()).undelivered).toEqual({ waiting: 0, dead: [] });
});

test('the outbox gives up after eight attempts, status says so, and it goes out again under its id when somebody wants it', async () => {
  let code = 503;
  const { url, received } = await about.places.webhook((response) => response.writeHead(code).end());
  await about.wallet.alerts.addLowBalance({ below: '50', to: [url] });
  await use(60);
  for (let i = 0; i < 20; i += 1) {
    await about.wallet.alerts.check({});
    later(DAY / 2);
  }
  expect(received).toHaveLength(8);
  const { undelivered } = await about.wallet.organisation.status();
  expect(undelivered.dead).toEqual([
    expect.objectContaining({ attempts: 8, error: 'it answered 503', title: 'The balance is below 50.00' }),
  ]);
  const id = undelivered.dead[0]?.id ?? '';
  expect(await about.wallet.alerts.retry({ dryRun: true })).toMatchObject({ deliveries: [{ id, status: 'dead' }] });
  expect(await about.wallet.alerts.retry({ id })).toMatchObject({
    deliveries: [{ id, status: 'waiting', attempts: 1 }],
  });
  await expect(about.wallet.alerts.retry({ id })).rejects.toMatchObject({ code: 'invalid_state' });
  code = 200;
  about.ledger.edit((database) => database.prepare("UPDATE deliveries SET state = 'dead'").run());
  expect(await about.wallet.alerts.retry({})).toMatchObject({ deliveries: [{ id, status: 'delivered' }] });
  expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
  await expect(about.wallet.alerts.retry({ id: 'msg_nobody' })).rejects.toMatchObject({ code: 'unknown_alert' });
  expect(await about.wallet.alerts.retry({})).toEqual({ deliveries: [] });
});

test('the outbox keeps what a runner took and never came back for', async () => {
  const { url, received } = await about.places.webhook();
  await about.wallet.alerts.addLowBalance({ below: '50', to: [url] });
  await use(60);
  about.ledger.edit((database) =>
    database
      .prepare("UPDATE deliveries SET state = 'sending', attempts = 1, next_at = ?")
      .run(about.ledger.now + MINUTE),
  );
  await about.wallet.alerts.check({});
  expect(received).toHaveLength(0);
  later(MINUTE);
  await about.wallet.alerts.check({});
  expect(received).toHaveLength(1);
});

test('the outbox that nobody can be reached from holds up no payment', async () => {
  const hanging = await about.places.webhook(() => undefined);
  await about.wallet.alerts.addLowBalance({ below: '90', to: [hanging.url] });
  await about.wallet.cards.add({ paymentMethod: 'pm_card_visa' });
  await use(60);
  const checking = about.wallet.alerts.check({});
  while (hanging.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const other = about.ledger.open();
  expect((await other.purchases.buy({ credits: '100' })).purchase.status).toBe('succeeded');
  await about.places.close(); // the connection ends, and with it the wait
  expect(await checking).toMatchObject({ delivered: 0, failed: 1 });
  expect((await other.organisation.status()).undelivered.waiting).toBe(2);
});

test('the outbox waits for settings that are missing without counting it as an attempt', async () => {
  await about.wallet.alerts.addLowBalance({ below: '50', to: MAIL });
  await use(60);
  expect((await about.wallet.alerts.check({})).failures).toEqual([
    { destination: 'ada@example.com', error: 'WALLET_SMTP_URL is not set' },
  ]);
  const mail = await about.places.mailServer();
  about.ledger.notifier = { smtpUrl: mail.url };
  later(5 * MINUTE);
  expect((await about.ledger.open().alerts.check({})).delivered).toBe(1);
  expect(mail.letters[0]).toContain('Acme: The balance is below 50.00');
});

test('the outbox of a test goes out at once to everybody, roles included', async () => {
  const mail = await about.places.mailServer();
  about.ledger.notifier = { smtpUrl: mail.url };
  const { alert } = await about.wallet.alerts.addLowBalance({ below: '50', to: [...MAIL, 'role:admin'] });
  const { deliveries } = await about.ledger.open().alerts.test({ id: alert.id });
  expect(deliveries.map(({ destination, status }) => [destination, status])).toEqual([
    ['ada@example.com', 'delivered'],
    ['ops@example.com', 'delivered'],
  ]);
  expect(mail.letters).toHaveLength(2);
});

test('the outbox goes to everybody who has the role now, and to its contact while nobody has', async () => {
  const { alert } = await about.wallet.alerts.addLowBalance({ below: '50', to: ['role:admin', 'role:accountant'] });
  const told = async () => {
    later(1);
    return (await about.wallet.alerts.test({ id: alert.id })).deliveries.map(({ destination }) => destination);
  };
  expect(await told()).toEqual(['ops@example.com']);
  await about.wallet.access.addUser({ user: 'grace', email: 'grace@example.com', role: 'admin' });
  await about.wallet.access.addUser({ user: 'alan', email: 'alan@example.com', role: 'accountant' });
  expect(await told()).toEqual(['alan@example.com', 'grace@example.com']);
});

test('the outbox is no part of the seal, and the alerts are', async () => {
  await about.wallet.alerts.addLowBalance({ below: '50', to: MAIL });
  await use(60);
  await about.wallet.alerts.check({});
  expect((await about.wallet.audit.verify({})).ok).toBe(true);
  about.ledger.edit((database) => database.prepare('UPDATE alerts SET threshold = 1').run());
  expect((await about.ledger.open().audit.verify({})).ok).toBe(false);
});
