import type { Decline } from '../../core/payment/purchase';

/** How a charge of a stored card goes. Losses are of messages, not of money: what they leave open, reading settles. */
export type ChargeBehaviour =
  | 'succeeds'
  /** Under way at first; the second reading finds it succeeded. */
  | 'processing'
  /** The first request for a payment never arrives; the next one does. */
  | 'request_lost_once'
  /** The charge is made and its answer never comes back. */
  | 'answer_lost'
  /** Nothing ever arrives or comes back. */
  | 'no_answer'
  | Decline;

/** A test card: what is stored of it, and how the bank behind it behaves. */
export interface TestCard {
  readonly token: string;
  readonly brand: string;
  readonly last4: string;
  /** Why it is not stored; null where it is. */
  readonly refusal: Decline | 'unavailable' | null;
  readonly charge: ChargeBehaviour;
}

/** Named to who asks for a card that does not exist. */
export const SUGGESTED_TOKENS = ['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'] as const;

export const EXPIRED = decline('expired_card', null, 'the card has expired');

// Who is told that a card counts as lost, stolen or fraudulent learns too much, so those read as any other decline.
const DECLINED = 'the bank declined the card';
const GENERIC = decline('card_declined', 'generic_decline', DECLINED);
const LOST = decline('card_declined', 'lost_card', DECLINED);
const STOLEN = decline('card_declined', 'stolen_card', DECLINED);
const FRAUDULENT = decline('card_declined', 'fraudulent', DECLINED);
const DO_NOT_HONOR = decline('card_declined', 'do_not_honor', DECLINED);
const FUNDS = decline('card_declined', 'insufficient_funds', 'the card has insufficient funds');
const VELOCITY = decline('card_declined', 'card_velocity_exceeded', 'the card was used too often, or beyond its limit');
const TRY_LATER = decline('card_declined', 'try_again_later', 'the bank declined the card for now');
const INCORRECT_CVC = decline('incorrect_cvc', null, "the card's security code is incorrect");
const PROCESSING_ERROR = decline('processing_error', null, 'an error occurred while the card was processed');
const AUTHENTICATION = decline(
  'authentication_required',
  'authentication_required',
  'the bank wants the cardholder to authenticate the payment',
);

/** Of Stripe's test cards, those by brand (docs.stripe.com/testing). */
const BRANDS = [
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
  ['pm_card_gb_debit', 'visa', '0005'],
  ['pm_card_gb_mastercard', 'mastercard', '4449'],
  ['pm_card_ae_mastercard', 'mastercard', '0022'],
  ['pm_card_th_credit', 'visa', '0003'],
  ['pm_card_th_debit', 'visa', '0008'],
  ['pm_card_bypassPending', 'visa', '0077'],
] as const;

/** Stripe's Visa of each country: the country, and the last four digits. */
const COUNTRIES = `
  us 4242 ar 0021 br 0002 ca 0000 cl 0001 co 0003 cr 0005 ec 0000 mx 8001 pa 0000 py 0066 pe 0068 uy 0003
  ae 0001 at 0008 be 0004 bg 0000 by 0005 hr 0009 cy 0008 cz 0002 dk 0001 ee 0009 fi 0001 fr 0003 de 0016
  gi 0005 gr 0030 hu 0005 ie 0005 it 0008 lv 0005 li 0004 lt 0000 lu 0006 mt 0007 nl 0002 no 0007 pl 0005
  pt 0007 ro 0001 si 0006 sk 0001 es 0007 se 0008 ch 0009 gb 0000
  au 0006 cn 0002 hk 0004 in 0008 jp 0003 my 0002 nz 0008 sg 0003 tw 0008`;

/** Stripe's cards that can't be stored, without their prefix: each exists as `pm_card_…` and `pm_card_visa_…`. */
const REFUSED = [
  ['chargeDeclined', '0002', GENERIC],
  ['chargeDeclinedInsufficientFunds', '9995', FUNDS],
  ['chargeDeclinedLostCard', '9987', LOST],
  ['chargeDeclinedStolenCard', '9979', STOLEN],
  ['chargeDeclinedExpiredCard', '0069', EXPIRED],
  ['chargeDeclinedIncorrectCvc', '0127', INCORRECT_CVC],
  ['chargeDeclinedProcessingError', '0119', PROCESSING_ERROR],
  ['chargeDeclinedFraudulent', '0019', FRAUDULENT],
  ['chargeDeclinedVelocityLimitExceeded', '6975', VELOCITY],
] as const;

/** Cards that can be stored and then do something else than pay; from `pm_sandbox_` on they are ours, not Stripe's. */
const CHARGED: readonly (readonly [token: string, last4: string, charge: ChargeBehaviour])[] = [
  ['pm_card_chargeCustomerFail', '0341', GENERIC],
  ['pm_card_radarBlock', '0019', FRAUDULENT],
  ['pm_card_authenticationRequired', '3184', AUTHENTICATION],
  ['pm_card_authenticationRequiredOnSetup', '3155', AUTHENTICATION],
  ['pm_card_authenticationRequiredSetupForOffSession', '0446', 'succeeds'],
  ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', '8260', FUNDS],
  ['pm_card_threeDSecureRequired', '3063', AUTHENTICATION],
  ['pm_card_threeDSecure2Required', '3220', AUTHENTICATION],
  ['pm_card_threeDSecureOptional', '3055', 'succeeds'],
  ['pm_card_createDispute', '0259', 'succeeds'],
  ['pm_card_createDisputeInquiry', '1976', 'succeeds'],
  ['pm_card_pendingRefund', '7726', 'succeeds'],
  ['pm_card_refundFail', '5126', 'succeeds'],
  ['pm_sandbox_declined', '9001', GENERIC],
  ['pm_sandbox_insufficientFunds', '9002', FUNDS],
  ['pm_sandbox_doNotHonor', '9003', DO_NOT_HONOR],
  ['pm_sandbox_tryAgainLater', '9004', TRY_LATER],
  ['pm_sandbox_velocityExceeded', '9005', VELOCITY],
  ['pm_sandbox_processingError', '9006', PROCESSING_ERROR],
  ['pm_sandbox_expiredCard', '9007', EXPIRED],
  ['pm_sandbox_lostCard', '9008', LOST],
  ['pm_sandbox_stolenCard', '9009', STOLEN],
  ['pm_sandbox_fraudulent', '9010', FRAUDULENT],
  ['pm_sandbox_processing', '9011', 'processing'],
  ['pm_sandbox_timeoutOnce', '9012', 'request_lost_once'],
  ['pm_sandbox_answerLost', '9013', 'answer_lost'],
  ['pm_sandbox_unavailable', '9014', 'no_answer'],
];

const CARDS: ReadonlyMap<string, TestCard> = new Map(allCards().map((card) => [card.token, card]));

export function findTestCard(token: string): TestCard | undefined {
  return CARDS.get(token);
}

export function testTokens(): readonly string[] {
  return [...CARDS.keys()];
}

function allCards(): readonly TestCard[] {
  const paying = [...BRANDS, ...[...COUNTRIES.matchAll(/([a-z]{2}) (\d{4})/g)].map(countryCard)];
  return [
    ...paying.map(([token, brand, last4]) => testCard(token, brand, last4, null, 'succeeds')),
    ...REFUSED.flatMap(([name, last4, refusal]) =>
      ['pm_card_', 'pm_card_visa_'].map((prefix) => testCard(prefix + name, 'visa', last4, refusal, refusal)),
    ),
    ...CHARGED.map(([token, last4, charge]) => testCard(token, 'visa', last4, null, charge)),
    testCard('pm_sandbox_storingUnavailable', 'visa', '9015', 'unavailable', 'no_answer'),
  ];
}

function countryCard(match: RegExpMatchArray): readonly [token: string, brand: string, last4: string] {
  return [`pm_card_${match[1]}`, 'visa', match[2] ?? ''];
}

function testCard(
  token: string,
  brand: string,
  last4: string,
  refusal: TestCard['refusal'],
  charge: ChargeBehaviour,
): TestCard {
  return { token, brand, last4, refusal, charge };
}

function decline(code: string, declineCode: string | null, message: string): Decline {
  return { code, declineCode, message };
}
