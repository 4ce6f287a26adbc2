import type { PlainDate } from '../../core/date';
import { assert } from '../../core/errors';
import { isExpired } from '../../core/payment/card';
import type { Payment } from '../../core/payment/purchase';
import type { PaymentAnswer } from '../../ports/payment-gateway';
import { type ChargeBehaviour, EXPIRED, findTestCard } from './sandbox-cards';
import type { SandboxCard, SandboxPayment } from './sandbox-records';

/** What the caller hears, and what the key answers from now on; undefined leaves the key unused. */
export interface Reply<T> {
  readonly answer: T;
  readonly kept: T | undefined;
}

const NO_ANSWER: PaymentAnswer = { kind: 'unknown', reason: 'the processor did not answer' };
const READINGS_WHILE_PROCESSING = 2;

/** Charges an unconfirmed payment to the card: the payment as it is afterwards, and what is said about it. */
export function chargePayment(
  payment: SandboxPayment,
  card: SandboxCard,
  today: PlainDate,
): { payment: SandboxPayment; reply: Reply<PaymentAnswer> } {
  const behaviour = isExpired(card, today) ? EXPIRED : behaviourOf(card);
  if (behaviour === 'no_answer') return { payment, reply: { answer: NO_ANSWER, kept: undefined } };
  if (behaviour === 'request_lost_once' && !payment.lostRequests.includes(card.id)) {
    const waiting = { ...payment, lostRequests: [...payment.lostRequests, card.id] };
    return { payment: waiting, reply: { answer: NO_ANSWER, kept: undefined } };
  }
  const tried = { ...payment, paymentMethod: card.id };
  if (typeof behaviour === 'object') {
    return { payment: tried, reply: keep({ kind: 'declined', payment: shown(tried), decline: behaviour }) };
  }
  const charged = behaviour === 'processing' ? { ...tried, status: 'processing' as const } : paid(tried);
  const reply = keep<PaymentAnswer>({ kind: 'payment', payment: shown(charged) });
  return { payment: charged, reply: behaviour === 'answer_lost' ? { ...reply, answer: NO_ANSWER } : reply };
}

/** A reading of a payment that is under way brings it forward. */
export function readPayment(payment: SandboxPayment): SandboxPayment {
  if (payment.status !== 'processing') return payment;
  const read = { ...payment, readings: payment.readings + 1 };
  return read.readings < READINGS_WHILE_PROCESSING ? read : paid(read);
}

/** The payment as callers see it: without what the processor keeps to itself. */
export function shown(payment: SandboxPayment): Payment {
  const { id, status, amountCents, receivedCents, currency, customer, live, purchase } = payment;
  return { id, status, amountCents, receivedCents, currency, customer, live, purchase };
}

/** An answer that its key repeats for good. */
export function keep<T>(answer: T): Reply<T> {
  return { answer, kept: answer };
}

function paid(payment: SandboxPayment): SandboxPayment {
  return { ...payment, status: 'succeeded', receivedCents: payment.amountCents };
}

function behaviourOf(card: SandboxCard): ChargeBehaviour {
  const behaviour = findTestCard(card.token)?.charge;
  assert(behaviour !== undefined, 'a stored card was made from a test card');
  return behaviour;
}
