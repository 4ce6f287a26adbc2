import Stripe from 'stripe';
import type { CardCharge, PaymentAnswer } from '../../ports/payment-gateway';
import { answerOf, toPayment } from './stripe-answers';
import type { StripeClient } from './stripe-client';

/** How the card networks call a charge that nobody is present at and no calendar foretells. */
const UNATTENDED: Stripe.PaymentIntentConfirmParams = {
  payment_method_options: { card: { stored_credential_usage: 'unscheduled' } },
};

/**
 * Charges a stored card. Nobody can authenticate at a command line, so it is off-session always; a charge that nobody
 * asked for just now is declared as such besides. Where Stripe does not take that declaration (it refuses parameters
 * before it does anything, and for a card that came about otherwise it may), the charge is made without it: the payment
 * is the same, so it can be charged once all the same.
 */
export function confirmPayment(
  client: StripeClient,
  { payment, paymentMethod, attended }: CardCharge,
  key: string,
): Promise<PaymentAnswer> {
  const plain: Stripe.PaymentIntentConfirmParams = {
    payment_method: paymentMethod,
    off_session: true,
    error_on_requires_action: true,
  };
  const send = async (params: Stripe.PaymentIntentConfirmParams, sentKey: string) =>
    toPayment(await client.call(sentKey, (sdk, options) => sdk.paymentIntents.confirm(payment, params, options)));
  return answerOf(async () => {
    if (attended) return send(plain, key);
    try {
      return await send({ ...plain, ...UNATTENDED }, key);
    } catch (error) {
      if (!refusesDeclaration(error)) throw error;
      return send(plain, `${key}:plain`);
    }
  });
}

function refusesDeclaration(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.param?.startsWith('payment_method_options') === true
  );
}
