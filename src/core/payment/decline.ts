import type { Attempt } from './purchase';

/**
 * How a decline is answered. `hard`: never again with this card. `authentication`: a person must act. `technical`: once
 * more in a few minutes. `limited`: the processor wants fewer tries, and says nothing of the card. `soft`: later, maybe.
 */
export type DeclineClass = 'hard' | 'authentication' | 'technical' | 'limited' | 'soft';

/** The codes that say so, of processor and bank. */
const CODES: Readonly<Record<Exclude<DeclineClass, 'soft'>, ReadonlySet<string>>> = {
  authentication: words('authentication_required approve_with_id offline_pin_required online_or_offline_pin_required'),
  limited: words('card_decline_rate_limit_exceeded payment_intent_rate_limit_exceeded'),
  hard: words(`lost_card stolen_card pickup_card restricted_card fraudulent merchant_blacklist security_violation
    invalid_account card_not_supported currency_not_supported transaction_not_allowed not_permitted service_not_allowed
    stop_payment_order revocation_of_authorization revocation_of_all_authorizations new_account_information_available
    expired_card incorrect_number invalid_number incorrect_cvc invalid_cvc invalid_expiry_month invalid_expiry_year
    do_not_try_again confirm_card_data resource_missing`),
  technical: words('processing_error issuer_not_available reenter_transaction'),
};
/** In this order: what is certain comes before what may pass. */
const CLASSES = ['authentication', 'limited', 'hard', 'technical'] as const;

/** Who is told that a card counts as lost, stolen or fraudulent learns too much. */
const DISCREET = /lost|stolen|fraud|pickup|merchant_blacklist|security_violation/;

type Codes = Pick<Attempt, 'code' | 'declineCode' | 'advice'>;

/** What kind of decline the codes mean. An unknown code is soft: it may pass. */
export function classifyDecline({ code, declineCode, advice }: Codes): DeclineClass {
  const codes = [declineCode, code, advice ?? null].filter((each) => each !== null);
  return CLASSES.find((kind) => codes.some((each) => CODES[kind].has(each))) ?? 'soft';
}

/** Whether a card is left alone after it, until it is edited or replaced. */
export function isFinal(attempt: Codes): boolean {
  return ['hard', 'authentication'].includes(classifyDecline(attempt));
}

/** The code as it may be shown to whoever pays; the record keeps the bank's own. */
export function shownCode(code: string): string {
  return DISCREET.test(code) ? 'generic_decline' : code;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
