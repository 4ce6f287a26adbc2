import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { testTokens } from '../../src/adapters/payments/sandbox-cards';
import { useSandbox } from '../helpers/sandbox';
import { NO_DETAILS, paymentOf } from '../suites/payment-shop';

const { openShop } = useSandbox();

describe("Stripe's test cards", () => {
  test.each([
    ['pm_card_visa', 'visa', '4242'],
    ['pm_card_visa_debit', 'visa', '5556'],
    ['pm_card_mastercard', 'mastercard', '4444'],
    ['pm_card_mastercard_debit', 'mastercard', '8210'],
    ['pm_card_mastercard_prepaid', 'mastercard', '5100'],
    ['pm_card_amex', 'amex', '8431'],
    ['pm_card_discover', 'discover', '9424'],
    ['pm_card_diners', 'diners', '0004'],
    ['pm_card_jcb', 'jcb', '0505'],
    ['pm_card_unionpay', 'unionpay', '0005'],
    ['pm_card_us', 'visa', '4242'],
    ['pm_card_de', 'visa', '0016'],
    ['pm_card_authenticationRequiredSetupForOffSession', 'visa', '0446'],
  ])('%s is a %s ending in %s, and pays', async (token, brand, last4) => {
    const shop = await openShop();

    const card = await shop.gateway.attachCard(shop.customer, token, NO_DETAILS, randomUUID());
    const paid = paymentOf(await shop.confirm(await shop.payment(), card.paymentMethod));

    expect(card).toMatchObject({ brand, last4, expMonth: 12, expYear: 2031 });
    expect(paid.status).toBe('succeeded');
  });

  test.each([
    ['chargeDeclined', 'card_declined', 'generic_decline'],
    ['chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['chargeDeclinedFraudulent', 'card_declined', 'fraudulent'],
    ['chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['chargeDeclinedExpiredCard', 'expired_card', null],
    ['chargeDeclinedIncorrectCvc', 'incorrect_cvc', null],
    ['chargeDeclinedProcessingError', 'processing_error', null],
  ])('%s is refused when it is stored, in both spellings: %s, %s', async (name, code, declineCode) => {
    const shop = await openShop();
    const refusal = { code: 'card_declined', details: { code, declineCode }, why: expect.any(String) };

    await expect(shop.card(`pm_card_${name}`)).rejects.toMatchObject(refusal);
    await expect(shop.card(`pm_card_visa_${name}`)).rejects.toMatchObject(refusal);
  });

  test.each([
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
    ['pm_card_authenticationRequired', 'authentication_required', 'authentication_required'],
    ['pm_card_authenticationRequiredOnSetup', 'authentication_required', 'authentication_required'],
    ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_threeDSecure2Required', 'authentication_required', 'authentication_required'],
    ['pm_sandbox_declined', 'card_declined', 'generic_decline'],
    ['pm_sandbox_insufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_sandbox_doNotHonor', 'card_declined', 'do_not_honor'],
    ['pm_sandbox_tryAgainLater', 'card_declined', 'try_again_later'],
    ['pm_sandbox_velocityExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_sandbox_processingError', 'processing_error', null],
    ['pm_sandbox_expiredCard', 'expired_card', null],
    ['pm_sandbox_lostCard', 'card_declined', 'lost_card'],
    ['pm_sandbox_stolenCard', 'card_declined', 'stolen_card'],
    ['pm_sandbox_fraudulent', 'card_declined', 'fraudulent'],
  ])('%s is stored, and declined when it is charged: %s, %s', async (token, code, declineCode) => {
    const shop = await openShop();

    const answer = await shop.confirm(await shop.payment(), await shop.card(token));

    expect(answer).toMatchObject({ kind: 'declined', decline: { code, declineCode } });
  });

  test('are each in the table once', () => {
    expect(new Set(testTokens()).size).toBe(testTokens().length);
    expect(testTokens().length).toBeGreaterThan(90);
  });

  test('do not tell anybody that a card counts as lost, stolen or fraudulent', async () => {
    const shop = await openShop();
    const confirm = async (token: string) => shop.confirm(await shop.payment(), await shop.card(token));

    for (const token of ['pm_sandbox_lostCard', 'pm_sandbox_stolenCard', 'pm_sandbox_fraudulent']) {
      expect(await confirm(token)).toMatchObject({ decline: { message: 'the bank declined the card' } });
    }
  });
});

describe('what is no test card', () => {
  test.each([
    ['pm_card_vise', 'did you mean pm_card_visa?'],
    ['PM_CARD_AMEX', 'did you mean pm_card_amex?'],
    ['pm_card_chargeDeclinedd', 'did you mean pm_card_chargeDeclined?'],
    ['pm_1PqRsTuVwXyZ', 'wallet card add --payment-method pm_card_visa'],
    ['x'.repeat(100_000), 'wallet card add --payment-method pm_card_visa'],
  ])('%.30s is unknown, with good ones named', async (token, hint) => {
    const shop = await openShop();

    await expect(shop.card(token)).rejects.toMatchObject({
      code: 'unknown_card',
      why: expect.stringContaining('pm_card_visa, pm_card_mastercard, pm_card_amex'),
      hint,
    });
  });

  test.each(['4242424242424242', '5555 5555 5555 4444', 'sk_test_abc123'])('%s is refused unseen', async (secret) => {
    const shop = await openShop();

    const error: unknown = await shop.card(secret).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'secret_refused' });
    expect(JSON.stringify(error) + String(error)).not.toContain(secret);
  });
});
