import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../helpers/remote';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

let shop: StripeHome;
let server: Server;
beforeEach(async () => {
  shop = await createStripeHome();
  await shop.open('pm_card_authenticationRequired');
  server = await startServer(shop.home, ['--no-jobs'], { STRIPE_WEBHOOK_SECRET: shop.fake.signingSecret });
});
afterEach(async () => {
  await server.end();
  await shop.remove();
});

/** A purchase that is paid on Stripe's page, which the wallet has not heard of yet. */
async function payOnPage(): Promise<{ purchase: string; intent: string }> {
  const refused = await shop.home.wallet('buy 100 --yes --json');
  const { purchase } = refused.error().details as { purchase: string };
  const resolved = (await shop.home.ok(`purchase resolve ${purchase} --json`)).json() as {
    purchase: { hosted: string };
  };
  shop.fake.completePayment(resolved.purchase.hosted.split('/').at(-1) ?? '');
  const paid = shop.fake.intents().find(({ status }) => status === 'succeeded');
  return { purchase, intent: String(paid?.id) };
}

function event(type: string, object: object): { body: string; signature: string } {
  return shop.fake.sign({ id: `evt_${type}`, object: 'event', type, livemode: false, data: { object } });
}

async function deliver({ body, signature }: { body: string; signature?: string }): Promise<number> {
  const headers = signature === undefined ? {} : { 'stripe-signature': signature };
  return (await fetch(`${server.url}/webhooks/stripe`, { method: 'POST', body, headers })).status;
}

test('an event has a late payment credited once, however often and in whatever order events come', async () => {
  const { intent } = await payOnPage();
  const paid = event('payment_intent.succeeded', { id: intent });
  const closed = event('checkout.session.completed', { id: 'cs_1', payment_intent: intent });
  const created = event('payment_intent.created', { id: intent, status: 'requires_payment_method' });
  const unknown = event('radar.early_fraud_warning.created', { id: 'issfr_1' });

  const together = [paid, closed, paid, unknown, created, paid, created].map(deliver);
  expect(await Promise.all(together)).toEqual(together.map(() => 200));
  for (const late of [closed, paid]) expect(await deliver(late)).toBe(200);

  expect(await server.end()).toBe(143); // what is under way is finished first
  expect(server.log()).not.toContain('"job"');
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
});

test('an event that comes before the payment’s id is on record is kept to, and credited once', async () => {
  const env = { WALLET_FAILPOINT: 'create.after_recv' };
  const cut = await shop.home.wallet('buy 100 --yes', { env });
  const made = shop.fake.intents().map(({ id }) => String(id));
  shop.fake.finish(String(made[0]), 'succeeded'); // as by hand in the Dashboard
  const paid = event('payment_intent.succeeded', { id: made[0] });

  expect([cut.status, made.length]).toEqual([null, 1]);
  expect(await Promise.all([deliver(paid), deliver(paid)])).toEqual([200, 200]);

  await server.end();
  expect(shop.fake.intents()).toHaveLength(1);
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
});

test('an event of a failure that comes after the success takes nothing back', async () => {
  const { intent } = await payOnPage();
  await shop.home.ok('reconcile');
  const refused = await shop.home.wallet('buy 50 --yes --json'); // one that is open has everything looked up again
  const failed = event('payment_intent.payment_failed', { id: intent, status: 'requires_payment_method' });
  const purchases = async () => (await shop.home.ok('purchase list --json')).stdout;
  const [before, asked] = [await purchases(), shop.fake.requests.length];

  expect(await Promise.all([deliver(failed), deliver(failed)])).toEqual([200, 200]);

  await server.end();
  expect([refused.error().code, shop.fake.requests.length > asked]).toEqual(['authentication_required', true]);
  expect(before).toContain('"succeeded"');
  expect(await purchases()).toBe(before);
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
});

test('an event’s own word is not believed: what it claims is looked up, and credited only as Stripe shows it', async () => {
  const refused = await shop.home.wallet('buy 100 --yes --json');
  const { purchase } = refused.error().details as { purchase: string };
  const claim = { id: 'pi_invented', status: 'succeeded', amount_received: 10_000, metadata: { wallet_op: purchase } };

  expect(await deliver(event('payment_intent.succeeded', claim))).toBe(200);
  expect(await deliver(event('payment_intent.succeeded', { ...claim, metadata: { wallet_op: 'pur_unknown' } }))).toBe(
    200,
  );

  await server.end();
  expect(await shop.prove()).toEqual({ posted: '0.00', takenCents: 0 });
});

test('a refund made in the Dashboard leaves the balance by its event, once', async () => {
  const { intent } = await payOnPage();
  await shop.home.ok('reconcile');
  const refund = event('refund.created', shop.fake.refundByHand(intent, 4_000));

  expect(await Promise.all([deliver(refund), deliver(refund), deliver(refund)])).toEqual([200, 200, 200]);

  await server.end();
  expect(await shop.prove()).toEqual({ posted: '60.00', takenCents: 6_000 });
});

test('an event that is unsigned, signed by another, changed or older than 300 s is refused and does nothing', async () => {
  const { intent } = await payOnPage();
  const good = event('payment_intent.succeeded', { id: intent });
  const old = shop.fake.sign(JSON.parse(good.body), Date.now() - 310_000);
  const early = shop.fake.sign(JSON.parse(good.body), Date.now() + 310_000);
  const [time = '', mac = ''] = good.signature.split(',');
  const flipped = `v1=${mac[3] === '0' ? '1' : '0'}${mac.slice(4)}`;
  const bad = [
    { body: good.body },
    { body: good.body, signature: '' },
    { body: good.body, signature: time },
    { body: good.body, signature: mac },
    { body: good.body, signature: `${time},${flipped}` },
    { body: good.body, signature: `${time},${mac.replace('v1', 'v0')}` },
    { body: `${good.body} `, signature: good.signature },
    { body: good.body, signature: `t=${Number(time.slice(2)) + 1},${mac}` },
    old,
    early,
  ];
  const before = shop.fake.requests.length;

  for (const each of bad) expect(await deliver(each), JSON.stringify(each)).toBe(400);

  const rotated = { body: good.body, signature: `${time},${flipped},${mac}` };
  expect(shop.fake.requests.length).toBe(before);
  expect(await deliver(rotated)).toBe(200);
  await server.end();
  expect((await shop.prove()).posted).toBe('100.00');
});

test('without its secret, or with a blank one, the server takes no event', async () => {
  const signed = event('payment_intent.succeeded', { id: 'pi_1' });
  for (const secret of [{}, { STRIPE_WEBHOOK_SECRET: ' ' }]) {
    await server.end();
    server = await startServer(shop.home, ['--no-jobs'], secret);
    expect(await deliver(signed)).toBe(503);
  }
});

test('an event whose work is killed half way has credited nothing, and the next one settles', async () => {
  const { intent } = await payOnPage();
  const paid = event('payment_intent.succeeded', { id: intent });
  const env = { STRIPE_WEBHOOK_SECRET: shop.fake.signingSecret };
  await server.end();
  server = await startServer(shop.home, ['--no-jobs'], { ...env, WALLET_FAILPOINT: 'credit.before_commit' });

  await deliver(paid).catch(() => undefined); // cut off with the server, or answered just before
  const ended = await server.end();
  const { stdout } = await shop.home.ok('balance -q');
  server = await startServer(shop.home, ['--no-jobs'], env);

  expect([ended, stdout]).toEqual([null, '0.00\n']);
  expect(await deliver(paid)).toBe(200);
  await server.end();
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
});

test('an event that finds Stripe out of reach is answered, and the next one settles', async () => {
  const { intent } = await payOnPage();
  const paid = event('payment_intent.succeeded', { id: intent });
  shop.fake.revoked = true;
  expect(await deliver(paid)).toBe(200);
  await server.end();
  shop.fake.revoked = false;
  server = await startServer(shop.home, ['--no-jobs'], { STRIPE_WEBHOOK_SECRET: shop.fake.signingSecret });

  expect(await deliver(paid)).toBe(200);

  await server.end();
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
});

test('an event of money that went back has its owner looked up, and nobody else', async () => {
  await shop.home.ok('card add --payment-method pm_card_visa --role primary');
  await shop.home.ok('buy 30 --yes');
  await shop.home.ok('init --org other');
  await shop.home.ok('card add --payment-method pm_card_visa --org other');
  await shop.home.ok('buy 20 --yes --org other');
  const [mine, theirs] = shop.fake.intents().filter(({ status }) => status === 'succeeded');
  shop.fake.refundByHand(String(mine?.id), 3_000);
  shop.fake.refundByHand(String(theirs?.id), 500);
  const before = shop.fake.requests.length;

  const stranger = { object: 'refund', payment_intent: 'pi_of_another_shop' };
  expect(await deliver(event('refund.created', stranger))).toBe(200);
  expect(await deliver(event('refund.updated', { object: 'refund', payment_intent: theirs?.id }))).toBe(200);
  await server.end();

  const asked = shop.fake.requests.slice(before).filter((line) => line === 'GET /v1/payment_intents');
  const posted = async (org: string) => (await shop.home.ok(`balance -q --org ${org}`)).stdout.trim();
  expect([asked.length, await posted('acme'), await posted('other')]).toEqual([1, '30.00', '15.00']);
});
