import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

let shop: StripeHome;
beforeEach(async () => {
  shop = await createStripeHome();
});
afterEach(() => shop.remove());

interface Bought {
  readonly purchase: { readonly id: string; readonly status: string; readonly providerReference: string };
  readonly balance: { readonly posted: string; readonly held: string; readonly available: string };
}

async function buy(line = 'buy 100 --yes --json'): Promise<Bought> {
  return (await shop.home.ok(line)).json() as Bought;
}

describe('buying with Stripe', () => {
  test('costs one request to create and one to confirm, each with a key, none with telemetry', async () => {
    await shop.open('pm_card_visa');
    const before = shop.fake.requests.length;

    const { purchase, balance } = await buy();

    expect(shop.fake.requests.slice(before)).toEqual([
      'POST /v1/payment_intents',
      `POST /v1/payment_intents/${purchase.providerReference}/confirm`,
    ]);
    const sent = shop.fake.received.slice(before);
    expect(sent.map((request) => request.key)).toEqual([`${purchase.id}:create`, `${purchase.id}:confirm:1`]);
    expect(sent.every((request) => request.version === '2026-10-28.endive' && !request.telemetry)).toBe(true);
    expect(sent[1]?.body).toMatch(/off_session=true&error_on_requires_action=true/);
    expect({ status: purchase.status, posted: balance.posted }).toEqual({ status: 'succeeded', posted: '100.00' });
    expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
  });

  test('goes to the backup on the same payment when the primary is declined', async () => {
    await shop.open('pm_card_chargeCustomerFail', 'pm_card_visa');

    const { purchase } = await buy();

    expect(shop.fake.intents().map((intent) => intent.id)).toEqual([purchase.providerReference]);
    expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
  });

  test('fails behind a confirmed cancel when no card is left', async () => {
    await shop.open('pm_card_chargeCustomerFail');

    const outcome = await shop.home.wallet('buy 100 --yes --json');

    expect(outcome.status).toBe(6);
    expect(outcome.error()).toMatchObject({ code: 'card_declined', details: { declineCode: 'generic_decline' } });
    expect(shop.fake.intents().map((intent) => intent.status)).toEqual(['canceled']);
    expect(await shop.prove()).toEqual({ posted: '0.00', takenCents: 0 });
  });

  test('that needs authentication waits for a person, who pays on a page of Stripe’s, once', async () => {
    await shop.open('pm_card_authenticationRequired');
    const refused = await shop.home.wallet('buy 100 --yes --json');
    const { purchase: id } = refused.error().details as { purchase: string };
    expect({ status: refused.status, code: refused.error().code }).toEqual({
      status: 6,
      code: 'authentication_required',
    });

    const resolved = (await shop.home.ok(`purchase resolve ${id} --json`)).json() as Bought & {
      purchase: { hosted: string };
    };
    expect(resolved.purchase).toMatchObject({
      status: 'requires_action',
      hosted: expect.stringMatching(/^https:\/\/checkout/),
    });
    expect(shop.fake.intents().map((intent) => intent.status)).toEqual(['canceled']);
    shop.fake.completePayment(resolved.purchase.hosted.split('/').at(-1) ?? '');
    await shop.home.ok('reconcile');

    expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
  });

  test('is refused a second time while the first is unresolved, and settles by reading', async () => {
    await shop.open('pm_card_visa');
    shop.fake.fail(/confirm$/, { kind: 'drop', executed: true }, 9);
    const lost = await shop.home.wallet('buy 100 --yes --json');
    shop.fake.fail(/GET .*payment_intents/, { kind: 'status', status: 500 }, 9);
    const second = await shop.home.wallet('buy 100 --yes --json');
    shop.fake.heal();

    expect([lost.status, second.status]).toEqual([7, 7]);
    expect(second.error().code).toBe('payment_pending');
    const foreseen = (await shop.home.ok('reconcile --dry-run --json')).json();
    expect(foreseen).toMatchObject({
      dryRun: true,
      settled: [{ status: 'succeeded', credits: '100.00' }],
      pending: [],
    });
    expect((await shop.home.ok('balance -q')).stdout).toBe('0.00\n');
    // Once it can be read, the next purchase settles it on its way, and says so.
    const first = (lost.error().details as { purchase: string }).purchase;
    const { stderr } = await shop.home.ok('buy 50 --yes');
    expect(stderr).toContain(`settled first: ${first} of 100.00 credits has succeeded`);
    expect(await shop.prove()).toEqual({ posted: '150.00', takenCents: 15_000 });
  });
});

describe('money that goes back', () => {
  test('takes the credits out once, at most what is unused, and a late failure brings them back', async () => {
    await shop.open('pm_card_visa');
    const { purchase } = await buy();

    const part = (await shop.home.ok(`purchase refund ${purchase.id} --amount 30 --yes --json`)).json() as Bought;
    const beyond = await shop.home.wallet(`purchase refund ${purchase.id} --amount 70.01 --yes --json`);

    expect(part).toMatchObject({
      purchase: { status: 'partially_refunded', refunded: '30.00' },
      balance: { posted: '70.00' },
    });
    expect([beyond.status, beyond.error().details]).toEqual([8, { purchase: purchase.id, refundable: '70.00' }]);
    expect(await shop.prove()).toEqual({ posted: '70.00', takenCents: 7_000 });
    for (const refund of shop.fake.memory.all('refund')) refund.status = 'failed';
    await shop.home.ok('reconcile');
    await shop.home.ok('reconcile');
    expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
  });

  test('stays on hold while nobody knows whether it went, and is sent once', async () => {
    await shop.open('pm_card_visa');
    const { purchase } = await buy();
    shop.fake.fail(/POST \/v1\/refunds/, { kind: 'drop', executed: true }, 9);

    const lost = await shop.home.wallet(`purchase refund ${purchase.id} --yes --json`);
    const held = (await shop.home.ok('balance --json')).json() as Bought;
    shop.fake.heal();
    await shop.home.ok('reconcile');

    expect(lost.status).toBe(7);
    expect(held.balance).toMatchObject({ posted: '100.00', held: '100.00', available: '0.00' });
    expect(shop.fake.memory.all('refund')).toHaveLength(1);
    expect(await shop.prove()).toEqual({ posted: '0.00', takenCents: 0 });
  });

  test('made in the dashboard, or taken by the bank, leaves the balance once; a dispute gives it back when won, and takes it when lost after all', async () => {
    await shop.open('pm_card_visa');
    const { purchase } = await buy();
    const dispute = shop.fake.dispute(purchase.providerReference, 6_000);
    shop.fake.refundByHand(purchase.providerReference, 1_000);

    await shop.home.ok('reconcile');
    await shop.home.ok('reconcile');
    const disputed = (await shop.home.ok('balance --json')).json() as Bought;
    expect(disputed.balance.posted).toBe('30.00');
    expect((await shop.home.wallet(`purchase refund ${purchase.id} --yes`)).status).toBe(8);
    dispute.status = 'won';
    await shop.home.ok('reconcile');
    const won = await shop.prove();
    await shop.home.ok(`purchase resolve ${purchase.id}`);
    dispute.status = 'lost';
    const unbooked = await shop.home.wallet('verify --provider');
    await shop.home.ok('reconcile');
    await shop.home.ok('reconcile');

    expect(won).toEqual({ posted: '90.00', takenCents: 9_000 });
    expect(unbooked.status).toBe(11);
    expect(await shop.prove()).toEqual({ posted: '30.00', takenCents: 9_000 });
    expect((await shop.home.ok('verify --provider')).status).toBe(0);
    expect((await shop.home.wallet('buy 5 --yes')).stderr).toContain('frozen');
  });
});

describe('an invoice', () => {
  test('brings the credits when it is paid, and does not stand in the way of card purchases', async () => {
    await shop.open('pm_card_visa');
    expect((await shop.home.wallet('buy 500 --billing-account --yes')).status).toBe(6);
    await shop.home.ok('billing account set --email ap@acme.example --net-days 14 --po 4711');

    expect((await buy('buy 500 --billing-account --dry-run --json')).balance.posted).toBe('0.00');
    const { purchase, balance } = await buy('buy 500 --billing-account --yes --json');
    await buy('buy 10 --yes --json');

    expect({ status: purchase.status, posted: balance.posted }).toEqual({ status: 'pending', posted: '0.00' });
    const invoice = shop.fake.memory.get('invoice', purchase.providerReference);
    expect(invoice).toMatchObject({ status: 'open', total: 50_000, days_until_due: 14, sent: 1 });
    expect(invoice.custom_fields).toEqual([{ name: 'PO number', value: '4711' }]);
    Object.assign(invoice, { status: 'paid', amount_paid: 50_000 });
    await shop.home.ok('reconcile');
    expect((await shop.prove()).posted).toBe('510.00');
  });

  test('that is voided ends without credits', async () => {
    await shop.open();
    await shop.home.ok('billing account set --email ap@acme.example --net-days 14');
    const { purchase } = await buy('buy 500 --billing-account --yes --json');

    const cancelled = (await shop.home.ok(`purchase cancel ${purchase.id} --json`)).json() as Bought;

    expect(cancelled.purchase.status).toBe('failed');
    expect(shop.fake.memory.get('invoice', purchase.providerReference).status).toBe('void');
    expect((await shop.prove()).posted).toBe('0.00');
  });
});
