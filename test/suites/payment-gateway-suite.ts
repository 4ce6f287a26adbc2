import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromCents } from '../../src/core/credits';
import type { PaymentGateway } from '../../src/ports/payment-gateway';
import { describeCards } from './payment-card-suite';
import { paymentOf, refused, Shop } from './payment-shop';

export interface OpenGateway {
  readonly gateway: PaymentGateway;
  close(): Promise<void>;
}

const UNCONFIRMED = expect.stringMatching(/^requires_(payment_method|confirmation)$/);
const ALREADY_DECIDED = refused('payment_intent_unexpected_state');

/** Proves what the port promises, on any processor in test mode that knows Stripe's test cards. */
export function describeGateway(name: string, open: () => Promise<OpenGateway>): void {
  describe(`${name} keeps the promises of the port`, () => {
    let opened: OpenGateway;
    let shop: Shop;
    beforeEach(async () => {
      opened = await open();
      shop = await Shop.open(opened.gateway);
    });
    afterEach(() => opened.close());

    describe('a payment that is created', () => describeCreate(() => shop));
    describe('a payment that is confirmed', () => describeConfirm(() => shop));
    describe('a payment that was declined', () => describeDecline(() => shop));
    describe('a payment that is cancelled', () => describeCancel(() => shop));
    describe('a payment that is read back', () => describeRead(() => shop));
    describe('a card', () => describeCards(() => shop));
  });
}

function describeCreate(shop: () => Shop): void {
  test('is unconfirmed, has taken nothing, and is what was asked for', async () => {
    const request = shop().request(12_345);

    const payment = paymentOf(await shop().gateway.createPayment(request, request.purchase));

    expect(payment).toEqual({
      id: expect.stringMatching(/^pi_/),
      status: UNCONFIRMED,
      amountCents: 12_345,
      receivedCents: 0,
      currency: 'usd',
      customer: shop().customer,
      live: false,
      purchase: request.purchase,
    });
  });

  test('is made once, however often its key is sent, also at once', async () => {
    const request = shop().request();
    const create = () => shop().gateway.createPayment(request, request.purchase);

    // A processor may leave all but one of those that come at once unanswered.
    const atOnce = await Promise.all([create(), create(), create()]);
    const payment = paymentOf(await create());

    expect(['payment', 'unknown']).toEqual(expect.arrayContaining(atOnce.map((answer) => answer.kind)));
    expect(await shop().gateway.findPayments(shop().customer, request.purchase)).toEqual([payment]);
  });

  test('keeps its key to itself: other parameters are refused and change nothing', async () => {
    const request = shop().request(10_000);
    const first = paymentOf(await shop().gateway.createPayment(request, request.purchase));

    const other = await shop().gateway.createPayment({ ...request, credits: fromCents(20_000) }, request.purchase);

    expect(other).toEqual(refused('idempotency_error'));
    expect(await shop().retrieve(first)).toEqual(first);
  });

  test('needs a customer who exists', async () => {
    const request = { ...shop().request(), customer: 'cus_00000000000000' };

    expect(await shop().gateway.createPayment(request, request.purchase)).toEqual(refused('resource_missing'));
  });
}

function describeConfirm(shop: () => Shop): void {
  test('has taken the whole amount', async () => {
    const payment = await shop().payment(12_345);

    const confirmed = paymentOf(await shop().confirm(payment, await shop().card()));

    expect(confirmed).toEqual({ ...payment, status: 'succeeded', receivedCents: 12_345 });
    expect(await shop().retrieve(payment)).toEqual(confirmed);
  });

  test('answers the same key with the first answer', async () => {
    const [payment, card] = [await shop().payment(), await shop().card()];
    const first = await shop().confirm(payment, card, `${payment.purchase}:confirm:1`);

    expect(await shop().confirm(payment, card, `${payment.purchase}:confirm:1`)).toEqual(first);
  });

  test('refuses the same key with another card', async () => {
    const [payment, card, other] = [await shop().payment(), await shop().card(), await shop().card()];
    await shop().confirm(payment, card, `${payment.purchase}:confirm:1`);

    const again = await shop().confirm(payment, other, `${payment.purchase}:confirm:1`);

    expect(again).toEqual(refused('idempotency_error'));
  });

  test('succeeds at most once, whatever is sent later', async () => {
    const [payment, card, other] = [await shop().payment(), await shop().card(), await shop().card()];
    const paid = paymentOf(await shop().confirm(payment, card));

    expect(await shop().confirm(payment, card)).toEqual(ALREADY_DECIDED);
    expect(await shop().confirm(payment, other)).toEqual(ALREADY_DECIDED);
    expect(await shop().retrieve(payment)).toEqual(paid);
  });

  test('succeeds at most once, however many confirm it at once', async () => {
    const payment = await shop().payment();
    const cards = await Promise.all(Array.from({ length: 5 }, () => shop().card()));

    const answers = await Promise.all(cards.map((card) => shop().confirm(payment, card)));

    expect(answers.filter((answer) => answer.kind === 'payment').length).toBeLessThanOrEqual(1);
    expect(await shop().retrieve(payment)).toMatchObject({ status: 'succeeded', receivedCents: payment.amountCents });
  });

  test('needs a card that exists', async () => {
    const payment = await shop().payment();

    expect(await shop().confirm(payment, 'pm_000000000000000000000000')).toEqual(refused('resource_missing'));
    expect((await shop().retrieve(payment)).status).toEqual(UNCONFIRMED);
  });

  test("can't take from another customer's card", async () => {
    const theirs = await (await Shop.open(shop().gateway)).card();
    const payment = await shop().payment();

    expect((await shop().confirm(payment, theirs)).kind).toBe('refused');
    expect((await shop().retrieve(payment)).receivedCents).toBe(0);
  });
}

function describeDecline(shop: () => Shop): void {
  test('says why, has taken nothing, and is open again', async () => {
    const payment = await shop().payment();

    const answer = await shop().confirm(payment, await shop().card('pm_card_chargeCustomerFail'));

    expect(answer).toMatchObject({
      kind: 'declined',
      payment: { id: payment.id, receivedCents: 0 },
      decline: { code: 'card_declined', declineCode: 'generic_decline', message: expect.any(String) },
    });
    expect(await shop().retrieve(payment)).toMatchObject({ status: 'requires_payment_method', receivedCents: 0 });
  });

  test('can be paid with another card', async () => {
    const payment = await shop().payment();
    await shop().confirm(payment, await shop().card('pm_card_chargeCustomerFail'));

    const paid = paymentOf(await shop().confirm(payment, await shop().card()));

    expect(paid).toEqual({ ...payment, status: 'succeeded', receivedCents: payment.amountCents });
    expect(await shop().gateway.findPayments(shop().customer, payment.purchase)).toEqual([paid]);
  });

  test('repeats the decline to its key, even after another card paid', async () => {
    const [payment, bad] = [await shop().payment(), await shop().card('pm_card_chargeCustomerFail')];
    const declined = await shop().confirm(payment, bad, `${payment.purchase}:confirm:1`);
    const paid = paymentOf(await shop().confirm(payment, await shop().card(), `${payment.purchase}:confirm:2`));

    expect(await shop().confirm(payment, bad, `${payment.purchase}:confirm:1`)).toEqual(declined);
    expect(await shop().retrieve(payment)).toEqual(paid);
  });

  test('for want of authentication is a decline of its own, not a payment that waits', async () => {
    const payment = await shop().payment();

    const answer = await shop().confirm(payment, await shop().card('pm_card_authenticationRequired'));

    expect(answer).toMatchObject({ kind: 'declined', decline: { code: 'authentication_required' } });
    expect((await shop().retrieve(payment)).status).toBe('requires_payment_method');
  });
}

function describeCancel(shop: () => Shop): void {
  test('can take nothing any more, and stays cancelled', async () => {
    const payment = await shop().payment();

    const cancelled = paymentOf(await shop().cancel(payment));

    expect(cancelled).toEqual({ ...payment, status: 'canceled' });
    expect(await shop().confirm(payment, await shop().card())).toEqual(ALREADY_DECIDED);
    expect(await shop().retrieve(payment)).toEqual(cancelled);
  });

  test('may have been declined before', async () => {
    const payment = await shop().payment();
    await shop().confirm(payment, await shop().card('pm_card_chargeCustomerFail'));

    expect(paymentOf(await shop().cancel(payment)).status).toBe('canceled');
  });

  test('answers the same key with the first answer', async () => {
    const payment = await shop().payment();
    const first = await shop().cancel(payment, `${payment.purchase}:cancel`);

    expect(await shop().cancel(payment, `${payment.purchase}:cancel`)).toEqual(first);
  });

  test('is refused once it succeeded', async () => {
    const payment = await shop().payment();
    const paid = paymentOf(await shop().confirm(payment, await shop().card()));

    expect(await shop().cancel(payment)).toEqual(ALREADY_DECIDED);
    expect(await shop().retrieve(payment)).toEqual(paid);
  });

  test('either took the money or never will, when it is confirmed at the same moment', async () => {
    const [payment, card] = [await shop().payment(), await shop().card()];

    const [confirmed, cancelled] = await Promise.all([shop().confirm(payment, card), shop().cancel(payment)]);

    const { status, receivedCents } = await shop().retrieve(payment);
    expect([confirmed.kind, cancelled.kind].filter((kind) => kind === 'payment').length).toBeLessThanOrEqual(1);
    expect(receivedCents).toBe(status === 'succeeded' ? payment.amountCents : 0);
    expect(['succeeded', 'canceled']).toContain(status);
  });
}

function describeRead(shop: () => Shop): void {
  test('is refused where it does not exist', async () => {
    const [missing, card] = [{ ...(await shop().payment()), id: 'pi_000000000000000000000000' }, await shop().card()];

    expect(await shop().gateway.retrievePayment(missing.id)).toEqual(refused('resource_missing'));
    expect(await shop().confirm(missing, card)).toEqual(refused('resource_missing'));
    expect(await shop().cancel(missing)).toEqual(refused('resource_missing'));
  });

  test('is found by its customer and purchase, and by no other', async () => {
    const [payment, other] = [await shop().payment(), await shop().payment()];
    const { gateway, customer } = shop();

    expect(await gateway.findPayments(customer, payment.purchase)).toEqual([payment]);
    expect(await gateway.findPayments(customer, other.purchase)).toEqual([other]);
    expect(await gateway.findPayments(customer, 'pur_never_made')).toEqual([]);
    expect(await gateway.findPayments((await Shop.open(gateway)).customer, payment.purchase)).toEqual([]);
  });
}
