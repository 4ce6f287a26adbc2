import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { NO_DETAILS, type Shop } from './payment-shop';

/** What the port promises of cards: part of `describeGateway`. */
export function describeCards(shop: () => Shop): void {
  test('is stored as brand, last digits, expiry and fingerprint', async () => {
    const card = await shop().gateway.attachCard(shop().customer, 'pm_card_visa', NO_DETAILS, randomUUID());

    expect(card).toEqual({
      paymentMethod: expect.stringMatching(/^pm_[A-Za-z0-9]+$/),
      fingerprint: expect.stringMatching(/^\w+$/),
      brand: 'visa',
      last4: '4242',
      expMonth: expect.any(Number),
      expYear: expect.any(Number),
    });
  });

  test('is stored once under one key', async () => {
    const attach = () => shop().gateway.attachCard(shop().customer, 'pm_card_visa', NO_DETAILS, `${shop().org}:card`);

    expect(await attach()).toEqual(await attach());
  });

  test('that is stored twice has two ids and one fingerprint; another card has its own', async () => {
    const attach = (token: string) => shop().gateway.attachCard(shop().customer, token, NO_DETAILS, randomUUID());

    const [one, two] = [await attach('pm_card_visa'), await attach('pm_card_visa')];
    const other = await attach('pm_card_mastercard');

    expect(two.paymentMethod).not.toBe(one.paymentMethod);
    expect(two.fingerprint).toBe(one.fingerprint);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  test('that the bank refuses is not stored', async () => {
    await expect(shop().card('pm_card_chargeDeclined')).rejects.toMatchObject({
      code: 'card_declined',
      details: { code: 'card_declined', declineCode: 'generic_decline' },
    });
  });

  test('that does not exist is unknown, to every call', async () => {
    const { gateway } = shop();
    const missing = 'pm_000000000000000000000000';

    await expect(shop().card('pm_card_nonsense_of_ours')).rejects.toMatchObject({ code: 'unknown_card' });
    await expect(gateway.updateCard(missing, NO_DETAILS, randomUUID())).rejects.toMatchObject({ code: 'unknown_card' });
    await expect(gateway.detachCard(missing, randomUUID())).rejects.toMatchObject({ code: 'unknown_card' });
  });

  test('can have its expiry and billing details changed, and nothing else', async () => {
    const { gateway, customer } = shop();
    const card = await gateway.attachCard(customer, 'pm_card_visa', NO_DETAILS, randomUUID());
    const change = { ...NO_DETAILS, name: 'Ada Lovelace', expMonth: 3, expYear: card.expYear + 1 };

    const changed = await gateway.updateCard(card.paymentMethod, change, randomUUID());

    expect(changed).toEqual({ ...card, expMonth: 3, expYear: card.expYear + 1 });
  });

  test('that was detached can never be charged again', async () => {
    const [payment, card] = [await shop().payment(), await shop().card()];

    await shop().gateway.detachCard(card, randomUUID());

    expect((await shop().confirm(payment, card)).kind).toBe('refused');
    expect((await shop().retrieve(payment)).receivedCents).toBe(0);
  });

  test('can be detached again, under the same key and under another', async () => {
    const card = await shop().card();
    const detach = (key: string) => shop().gateway.detachCard(card, key);

    const first = [await detach(`${card}:detach`), await detach(`${card}:detach`)];

    expect([...first, await detach(randomUUID())]).toEqual([true, true, false]);
  });
}
