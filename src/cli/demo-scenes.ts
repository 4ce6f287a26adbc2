import type { WalletService } from '../contract/wallet-service';
import { WalletError } from '../core/errors';
import type { Outcome, Scene } from './demo-scene';
import { UPKEEP_SCENES } from './demo-upkeep';
import { balanceLine, cardName } from './wording';

const ORDER = { credits: '100', idempotencyKey: 'order-77' };
const EVENT = { app: 'crm', service: 'sms', quantity: '400', id: 'sms-1' };

/** In order: each builds on the ones before it. */
export const SCENES: readonly Scene[] = [
  {
    says: 'an organisation with play money',
    command: 'wallet init --org demo',
    async play({ organisation }) {
      const result = await organisation.init({ org: 'demo' });
      return { result, told: `${result.org.name} created: ${result.org.mode}, time zone ${result.org.timeZone}\n` };
    },
  },
  {
    says: 'a card that pays; its number never enters the program',
    command: 'wallet card add --payment-method pm_card_visa',
    async play({ cards }) {
      const result = await cards.add({ paymentMethod: 'pm_card_visa' });
      return { result, told: `added ${cardName(result.card)}, ${result.card.role}\n` };
    },
  },
  { says: '100 credits are 100 dollars', command: 'wallet buy 100 --yes --idempotency-key order-77', play: buy },
  {
    says: 'the script crashed and asks again, with the same key: it is not charged twice',
    command: 'wallet buy 100 --yes --idempotency-key order-77',
    play: buy,
  },
  {
    says: 'a card that declines: nothing is charged, nothing is credited',
    command: 'wallet buy 50 --yes --card "$(wallet card add -q --payment-method pm_card_chargeCustomerFail)"',
    async play({ cards, purchases }) {
      const { card } = await cards.add({ paymentMethod: 'pm_card_chargeCustomerFail' });
      return refusal(() => purchases.buy({ credits: '50', card: card.id }));
    },
  },
  {
    says: 'credits given for nothing come first when credits are used',
    command: 'wallet grant add 2 --reason welcome',
    async play({ credit }) {
      const result = await credit.addGrant({ credits: '2', reason: 'welcome' });
      return { result, told: `granted ${result.grant.credits} credits\n${balanceLine(result.balance)}` };
    },
  },
  {
    says: 'an app that spends, and what it pays for a text message',
    command: 'wallet app add crm && wallet service set sms --price 0.0085',
    async play({ catalogue }) {
      const { app } = await catalogue.addApp({ app: 'crm' });
      const { service } = await catalogue.setService({ service: 'sms', price: '0.0085' });
      const told = `added the app ${app.app}\nset ${service.service}: ${service.price} a ${service.unit}\n`;
      return { result: { app, service }, told };
    },
  },
  {
    says: '400 messages: the welcome credits are drawn first, then what was bought',
    command: 'wallet usage record --app crm --service sms --quantity 400 --id sms-1',
    play: record,
  },
  {
    says: 'the same event again, because a network is a network: deducted once',
    command: 'wallet usage record --app crm --service sms --quantity 400 --id sms-1',
    play: record,
  },
  {
    says: 'half of it was sent by mistake: the credits return to where they came from',
    command: 'wallet usage reverse TXN --quantity 200 --reason "sent twice"',
    async play({ transactions, usage }) {
      const [posted] = (await transactions.list({ types: ['usage'], limit: 1 })).transactions;
      const result = await usage.reverse({ transaction: posted?.id ?? '', quantity: '200', reason: 'sent twice' });
      return { result, told: `reversed: ${result.transaction.amount}\n${balanceLine(result.balance)}` };
    },
  },
  {
    says: 'a campaign sets its credits aside, so that nobody else can spend them',
    command: 'wallet hold create --app crm --service email --quantity 50000 --campaign autumn',
    async play({ holds }) {
      const request = { app: 'crm', service: 'email', quantity: '50000', campaign: 'autumn' };
      const result = await holds.create(request);
      return { result, told: `held ${result.hold.credits}\n${balanceLine(result.balance)}` };
    },
  },
  {
    says: 'it used less: what was used is captured, the rest is free again',
    command: 'wallet hold capture HOLD --quantity 41250',
    async play({ holds }) {
      const [open] = (await holds.list({})).holds;
      const result = await holds.capture({ id: open?.id ?? '', quantity: '41250' });
      return { result, told: `captured ${result.hold.captured}\n${balanceLine(result.balance)}` };
    },
  },
  {
    says: 'more than there is can not be spent',
    command: 'wallet usage record --app crm --service handwritten-letter --quantity 1000',
    play: ({ usage }) => refusal(() => usage.record({ app: 'crm', service: 'handwritten-letter', quantity: '1000' })),
  },
  ...UPKEEP_SCENES,
];

async function buy({ purchases }: WalletService): Promise<Outcome> {
  const result = await purchases.buy(ORDER);
  const what = result.replayed ? 'bought already under this key' : `bought ${result.purchase.credits} credits`;
  return { result, told: `${what}\n${balanceLine(result.balance)}` };
}

async function record({ usage, transactions }: WalletService): Promise<Outcome> {
  const result = await usage.record(EVENT);
  if (result.duplicate)
    return { result, told: `recorded before: nothing was deducted\n${balanceLine(result.balance)}` };
  const { explanation } = await transactions.explain({ id: result.transaction.id });
  const why = explanation.map((line) => `  ${line}\n`).join('');
  return { result, told: `${result.transaction.amount}, because\n${why}${balanceLine(result.balance)}` };
}

/** A refusal is the point of the scene: what is told is the error, as the command line would tell it. */
async function refusal(attempt: () => Promise<object>): Promise<Outcome> {
  try {
    await attempt();
    throw new Error('the scene shows a refusal, and nothing was refused');
  } catch (error) {
    if (!(error instanceof WalletError)) throw error;
    const { code, message, why, hint } = error;
    return { result: { error: { code, message } }, told: `error: ${message}\nwhy: ${why}\nnext: ${hint}\n` };
  }
}
