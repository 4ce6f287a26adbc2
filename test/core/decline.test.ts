import { describe, expect, test } from 'vitest';
import { fromMicro } from '../../src/core/credits';
import { concludeEpisode, warned } from '../../src/core/decline-ladder';
import type { CardRecord } from '../../src/core/payment/card';
import { classifyDecline, shownCode } from '../../src/core/payment/decline';
import { type Attempt, type PurchaseRecord, placePurchase } from '../../src/core/payment/purchase';
import { RESUMED, type RechargeRuleRecord } from '../../src/core/recharge';
import type { Instant } from '../../src/core/time';

const MINUTE = 60_000;
const NOW = 1_000_000_000 as Instant;

const decline = (declineCode: string | null, code = 'card_declined', advice: string | null = null): Attempt => ({
  number: 1,
  card: 'card_1',
  paymentMethod: 'pm_1',
  sentAt: NOW,
  outcome: 'declined',
  code,
  declineCode,
  advice,
  message: 'no',
});

test.each([
  ['stolen_card', 'card_declined', null, 'hard'],
  [null, 'expired_card', null, 'hard'],
  ['generic_decline', 'card_declined', 'do_not_try_again', 'hard'],
  ['do_not_honor', 'card_declined', 'confirm_card_data', 'hard'],
  ['do_not_honor', 'card_declined', 'try_again_later', 'soft'],
  ['insufficient_funds', 'card_declined', null, 'soft'],
  ['duplicate_transaction', 'card_declined', null, 'soft'],
  ['a_code_of_tomorrow', 'card_declined', null, 'soft'],
  ['authentication_required', 'authentication_required', null, 'authentication'],
  ['approve_with_id', 'card_declined', null, 'authentication'],
  [null, 'processing_error', null, 'technical'],
  ['issuer_not_available', 'card_declined', null, 'technical'],
  [null, 'card_decline_rate_limit_exceeded', null, 'limited'],
  [null, 'payment_intent_rate_limit_exceeded', null, 'limited'],
])('a decline %s (%s, advice %s) is %s', (declineCode, code, advice, kind) => {
  expect(classifyDecline(decline(declineCode, code, advice))).toBe(kind);
});

test('what would tell a thief that a card is known as stolen is not shown', () => {
  expect(['lost_card', 'pickup_card', 'fraudulent', 'insufficient_funds'].map(shownCode)).toEqual([
    'generic_decline',
    'generic_decline',
    'generic_decline',
    'insufficient_funds',
  ]);
});

const RULE: RechargeRuleRecord = {
  id: 'recharge',
  enabled: true,
  below: fromMicro(50),
  amount: fromMicro(100),
  refillTo: null,
  monthlyCap: null,
  dailyCount: 5,
  cooldownMs: 0,
  maxFailures: 3,
  revision: 1,
  attempts: 1,
  ...RESUMED,
  blocked: [],
  failingSince: null,
  told: [],
  toldCap: null,
  lastChargeAt: null,
  lastAttemptAt: null,
  lastOutcome: null,
  createdAt: NOW,
  version: 1,
};
const CARD: CardRecord = {
  id: 'card_1',
  paymentMethod: 'pm_1',
  fingerprint: 'fp_1',
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2040,
  name: null,
  email: null,
  address: { line1: null, city: null, state: null, postalCode: null, country: null },
  role: 'primary',
  verifiedAt: NOW,
  removedAt: null,
  createdAt: NOW,
  version: 1,
};
const failed = (...attempts: Attempt[]): PurchaseRecord => ({
  ...placePurchase({
    id: 'pur_1',
    trigger: 'recharge',
    credits: fromMicro(100),
    memo: null,
    paymentMethod: 'card_1',
    cards: [CARD].map(({ id, paymentMethod }) => ({ card: id, paymentMethod })),
    customer: 'cus_1',
    createdAt: NOW,
  }),
  state: 'failed',
  attempts,
});

describe('after a failed top-up', () => {
  const concluded = (rule: RechargeRuleRecord, attempt: Attempt) =>
    concludeEpisode(rule, failed(attempt), [CARD], NOW).rule;

  test('a fault of the machinery is tried once more in five minutes, and then as any decline', () => {
    const first = concluded(RULE, decline(null, 'processing_error'));
    const second = concluded(first, decline(null, 'processing_error'));

    expect([first.retryAt, second.retryAt]).toEqual([NOW + 5 * MINUTE, NOW + 120 * MINUTE]);
  });

  test('too many tries put the next off by a day, and are no failure of the card', () => {
    const rule = concluded(RULE, decline(null, 'card_decline_rate_limit_exceeded'));

    expect(rule).toMatchObject({ failures: 0, retryAt: NOW + 24 * 60 * MINUTE, blocked: [], pausedAt: null });
  });
});

describe('after a purchase that somebody made', () => {
  const told = (attempt: Attempt) => warned(RULE, failed(attempt), [CARD], NOW);

  test('the rule leaves a card alone that was refused for good, and knows nothing else of it', () => {
    expect(told(decline('lost_card'))).toEqual({
      ...RULE,
      blocked: [{ card: 'card_1', code: 'lost_card', details: expect.any(String) }],
    });
    expect(told(decline('insufficient_funds'))).toBe(RULE);
  });

  test('the rule waits a day where too much was tried', () => {
    expect(told(decline(null, 'card_decline_rate_limit_exceeded')).retryAt).toBe(NOW + 24 * 60 * MINUTE);
  });
});
