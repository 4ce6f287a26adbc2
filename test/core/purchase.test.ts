import { describe, expect, test } from 'vitest';
import { fromMicro } from '../../src/core/credits';
import {
  type Attempt,
  cancelKey,
  confirmKey,
  createKey,
  type Payment,
  type PurchaseRecord,
  type PurchaseState,
} from '../../src/core/payment/purchase';
import {
  needsReview,
  provesSuccess,
  withAttempt,
  withCancel,
  withDecline,
  withFailure,
  withPayment,
  withSuccess,
} from '../../src/core/payment/purchase-steps';
import type { Instant } from '../../src/core/time';

const NOW = 5_000 as Instant;
const CARDS = [
  { card: 'card_1', paymentMethod: 'pm_1' },
  { card: 'card_2', paymentMethod: 'pm_2' },
];
const attempt = (number: number, outcome: Attempt['outcome'] = null): Attempt => ({
  number,
  ...(CARDS[number - 1] as (typeof CARDS)[number]),
  sentAt: NOW,
  outcome,
  code: null,
  declineCode: null,
  message: null,
});
const BASE = {
  id: 'pur_1',
  trigger: 'manual',
  credits: fromMicro(20_000_000),
  refunded: fromMicro(0),
  paymentMethod: 'card_1',
  cards: CARDS,
  attempts: [],
  customer: 'cus_1',
  payment: null,
  failure: null,
  entry: null,
  memo: null,
  createdAt: NOW,
  settledAt: null,
  version: 1,
  lookedAt: null,
  disputed: false,
};
const PAYMENT: Payment = {
  id: 'pi_1',
  status: 'succeeded',
  amountCents: 2_000,
  receivedCents: 2_000,
  currency: 'usd',
  customer: 'cus_1',
  live: false,
  purchase: 'pur_1',
};
const DECLINE = { code: 'card_declined', declineCode: 'insufficient_funds', message: 'no' };

const STATES: Readonly<Record<PurchaseState, Partial<PurchaseRecord>>> = {
  intent: {},
  open: { payment: 'pi_1' },
  confirming: { payment: 'pi_1', attempts: [attempt(1)] },
  processing: { payment: 'pi_1', attempts: [attempt(1)] },
  closing: { payment: 'pi_1', attempts: [attempt(1, 'declined'), attempt(2, 'declined')] },
  needs_person: { payment: 'pi_1', attempts: [attempt(1, 'declined'), attempt(2, 'declined')] },
  needs_review: { payment: 'pi_1' },
  succeeded: { payment: 'pi_1', attempts: [attempt(1, 'succeeded')], entry: 3, settledAt: NOW },
  failed: { payment: 'pi_1', attempts: [attempt(1, 'declined')], settledAt: NOW },
};
const at = (state: PurchaseState): PurchaseRecord => ({ ...BASE, ...STATES[state], state }) as PurchaseRecord;

/** Where each step leads from each state; every state that is not named refuses the step. */
const STEPS: Readonly<
  Record<string, [(p: PurchaseRecord) => PurchaseRecord, Partial<Record<PurchaseState, PurchaseState>>]>
> = {
  'a payment is stored': [(p) => withPayment(p, PAYMENT), { intent: 'open' }],
  'an attempt starts': [(p) => withAttempt(p, NOW), { open: 'confirming' }],
  'the card is declined': [(p) => withDecline(p, DECLINE), { confirming: 'open' }],
  'it is credited': [
    (p) => withSuccess(p, 3, NOW),
    {
      intent: 'succeeded',
      open: 'succeeded',
      confirming: 'succeeded',
      processing: 'succeeded',
      closing: 'succeeded',
      needs_person: 'succeeded',
      needs_review: 'succeeded',
      failed: 'succeeded',
    },
  ],
  'it fails': [
    (p) => withFailure(p, NOW),
    {
      intent: 'failed',
      open: 'failed',
      confirming: 'failed',
      processing: 'failed',
      closing: 'failed',
      needs_person: 'failed',
      needs_review: 'failed',
    },
  ],
  'it is to be reviewed': [
    (p) => needsReview(p, PAYMENT),
    {
      intent: 'needs_review',
      open: 'needs_review',
      confirming: 'needs_review',
      processing: 'needs_review',
      closing: 'needs_review',
      needs_person: 'needs_review',
      needs_review: 'needs_review',
    },
  ],
};

describe.each(Object.entries(STEPS))('%s', (_title, [step, leads]) => {
  test.each(Object.keys(STATES) as PurchaseState[])('from %s', (state) => {
    const to = leads[state];
    if (to === undefined) expect(() => step(at(state))).toThrow('assertion failed');
    else expect(step(at(state)).state).toBe(to);
  });
});

describe('a cancel', () => {
  test.each<[PurchaseState, PurchaseState | undefined]>([
    ['intent', 'intent'],
    ['open', 'closing'],
    ['confirming', 'closing'],
    ['processing', 'closing'],
    ['closing', 'closing'],
    ['needs_person', 'closing'],
    ['needs_review', undefined],
    ['succeeded', undefined],
    ['failed', undefined],
  ])('from %s leads to %s', (state, to) => expect(withCancel(at(state))?.state).toBe(to));

  test('before the payment is known goes up as a fence once it is', () => {
    const cancelled = withCancel(at('intent')) as PurchaseRecord;
    expect(withPayment(cancelled, PAYMENT)).toMatchObject({ state: 'closing', payment: 'pi_1' });
  });
});

describe('one payment, one card after the other', () => {
  test('the backup waits for the decline of the primary, on the same payment, under a key of its own', () => {
    const first = withAttempt(at('open'), NOW);
    const second = withAttempt(withDecline(first, DECLINE), NOW);
    expect(second).toMatchObject({ state: 'confirming', payment: 'pi_1', paymentMethod: 'card_2' });
    const keys = [createKey(second), cancelKey(second), ...second.attempts.map((each) => confirmKey(second, each))];
    expect(keys).toEqual(['pur_1:create', 'pur_1:cancel', 'pur_1:confirm:1', 'pur_1:confirm:2']);
    expect(withDecline(second, DECLINE).state).toBe('closing');
  });

  test.each<[string, Partial<Payment>]>([
    ['another amount', { amountCents: 1_999 }],
    ['less received', { receivedCents: 1_999 }],
    ['another currency', { currency: 'eur' }],
    ['another customer', { customer: 'cus_2' }],
    ['another purchase', { purchase: 'pur_2' }],
    ['another payment', { id: 'pi_2' }],
    ['another state', { status: 'processing' }],
  ])('%s proves nothing', (_title, other) => {
    expect(provesSuccess(at('confirming'), PAYMENT)).toBe(true);
    expect(provesSuccess(at('confirming'), { ...PAYMENT, ...other })).toBe(false);
  });
});
