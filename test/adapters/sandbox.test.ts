import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useSandbox } from '../helpers/sandbox';
import { describeGateway } from '../suites/payment-gateway-suite';
import { NO_DETAILS, paymentOf, Shop } from '../suites/payment-shop';

const { open, openShop, setClock } = useSandbox();

describeGateway('the sandbox', open);

describe('faults that can be tried', () => {
  test('a payment stays processing until it was read twice', async () => {
    const shop = await openShop();
    const payment = await shop.payment();

    const confirmed = paymentOf(await shop.confirm(payment, await shop.card('pm_sandbox_processing')));

    expect(confirmed).toMatchObject({ status: 'processing', receivedCents: 0 });
    expect(await shop.confirm(payment, await shop.card())).toMatchObject({ kind: 'refused' });
    expect(await shop.cancel(payment)).toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect(await shop.retrieve(payment)).toMatchObject({ status: 'processing', receivedCents: 0 });
    expect(await shop.retrieve(payment)).toMatchObject({ status: 'succeeded', receivedCents: payment.amountCents });
  });

  test('an answer can be lost after the charge: reading shows it, and the key repeats it', async () => {
    const shop = await openShop();
    const [payment, card] = [await shop.payment(), await shop.card('pm_sandbox_answerLost')];

    const answer = await shop.confirm(payment, card, 'confirm:1');

    expect(answer).toEqual({ kind: 'unknown', reason: expect.any(String) });
    const paid = await shop.retrieve(payment);
    expect(paid.status).toBe('succeeded');
    expect(await shop.confirm(payment, card, 'confirm:1')).toEqual({ kind: 'payment', payment: paid });
    expect(await shop.cancel(payment)).toMatchObject({ kind: 'refused' });
  });

  test('a request can be lost before the charge: nothing was taken, and the same key goes through', async () => {
    const shop = await openShop();
    const [payment, card] = [await shop.payment(), await shop.card('pm_sandbox_timeoutOnce')];

    expect((await shop.confirm(payment, card, 'confirm:1')).kind).toBe('unknown');
    expect(await shop.retrieve(payment)).toEqual(payment);
    expect(paymentOf(await shop.confirm(payment, card, 'confirm:1')).status).toBe('succeeded');
  });

  test('a processor that never answers takes nothing, and the payment can still be cancelled', async () => {
    const shop = await openShop();
    const [payment, card] = [await shop.payment(), await shop.card('pm_sandbox_unavailable')];

    expect((await shop.confirm(payment, card, 'confirm:1')).kind).toBe('unknown');
    expect((await shop.confirm(payment, card, 'confirm:1')).kind).toBe('unknown');
    expect(await shop.retrieve(payment)).toEqual(payment);
    expect(paymentOf(await shop.cancel(payment)).status).toBe('canceled');
  });

  test('a card can not be stored while the processor is away', async () => {
    const shop = await openShop();

    await expect(shop.card('pm_sandbox_storingUnavailable')).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});

describe('expiry', () => {
  test('a card pays through the last day of its month, and is then declined', async () => {
    const shop = await openShop();
    const [payment, late, card] = [await shop.payment(), await shop.payment(), await shop.card()];

    setClock('2031-12-31T23:59:59Z');
    const inTime = await shop.confirm(payment, card);
    setClock('2032-01-01T00:00:00Z');
    const tooLate = await shop.confirm(late, card);

    expect(inTime.kind).toBe('payment');
    expect(tooLate).toMatchObject({ kind: 'declined', decline: { code: 'expired_card' } });
  });

  test.each([
    [13, 2030, 'invalid_expiry_month'],
    [0, 2030, 'invalid_expiry_month'],
    [9, 2026, 'invalid_expiry_year'],
  ])('%i/%i is refused as %s', async (expMonth, expYear, code) => {
    const shop = await openShop();
    const card = await shop.card();

    const change = shop.gateway.updateCard(card, { ...NO_DETAILS, expMonth, expYear }, randomUUID());

    await expect(change).rejects.toMatchObject({ code: 'card_declined', details: { code } });
  });
});

describe('limits', () => {
  test.each([
    [0, 'amount_too_small'],
    [100_000_000, 'amount_too_large'],
  ])('%i cents are refused, and the key stays free', async (cents, code) => {
    const shop = await openShop();
    const request = shop.request(cents);

    expect(await shop.gateway.createPayment(request, 'create')).toMatchObject({ kind: 'refused', code });
    expect(await shop.gateway.createPayment(shop.request(50), 'create')).toMatchObject({ kind: 'payment' });
  });

  test('a key of a card call that comes back with other parameters is a conflict', async () => {
    const shop = await openShop();
    await shop.gateway.attachCard(shop.customer, 'pm_card_visa', NO_DETAILS, 'attach');

    const again = shop.gateway.attachCard(shop.customer, 'pm_card_amex', NO_DETAILS, 'attach');

    await expect(again).rejects.toMatchObject({ code: 'idempotency_conflict' });
  });

  test('a customer of another sandbox is not known here', async () => {
    const { gateway } = await open();

    const attach = gateway.attachCard('cus_elsewhere', 'pm_card_visa', NO_DETAILS, 'attach');

    await expect(attach).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});

const charge = (payment: string, paymentMethod: string) => ({ payment, paymentMethod, attended: true });

describe('what the sandbox remembers', () => {
  test('survives closing and opening the ledger: cards, payments and keys', async () => {
    const before = await open();
    const shop = await Shop.open(before.gateway);
    const [paid, unpaid, card] = [await shop.payment(), await shop.payment(), await shop.card()];
    const answer = await shop.confirm(paid, card, 'confirm:1');
    await before.close();

    const { gateway } = await open();

    expect(await gateway.retrievePayment(paid.id)).toEqual(answer);
    expect(await gateway.confirmPayment(charge(paid.id, card), 'confirm:1')).toEqual(answer);
    expect(await gateway.confirmPayment(charge(paid.id, card), 'confirm:2')).toMatchObject({ kind: 'refused' });
    expect(paymentOf(await gateway.confirmPayment(charge(unpaid.id, card), 'confirm:3')).status).toBe('succeeded');
  });

  test('is shared by all who have the ledger open: one payment confirmed by two at once is charged once', async () => {
    const [here, there] = [await open(), await open()];
    const shop = await Shop.open(here.gateway);
    const card = await shop.card();

    for (let round = 0; round < 20; round += 1) {
      const payment = await shop.payment();
      const answers = await Promise.all([
        here.gateway.confirmPayment(charge(payment.id, card), `${payment.id}:here`),
        there.gateway.confirmPayment(charge(payment.id, card), `${payment.id}:there`),
      ]);

      expect(answers.map((answer) => answer.kind).sort()).toEqual(['payment', 'refused']);
      expect(await shop.retrieve(payment)).toMatchObject({ status: 'succeeded', receivedCents: payment.amountCents });
    }
  });

  test('answers two who send the same key at once with one charge', async () => {
    const [here, there] = [await open(), await open()];
    const shop = await Shop.open(here.gateway);
    const card = await shop.card();

    for (let round = 0; round < 20; round += 1) {
      const { id } = await shop.payment();
      const [one, two] = await Promise.all([
        here.gateway.confirmPayment(charge(id, card), `${id}:confirm:1`),
        there.gateway.confirmPayment(charge(id, card), `${id}:confirm:1`),
      ]);

      expect(paymentOf(one).status).toBe('succeeded');
      expect(two).toEqual(one);
    }
  });
});
