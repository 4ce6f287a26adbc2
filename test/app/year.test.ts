import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WalletService } from '../../src/contract/wallet-service';
import { WalletError } from '../../src/core/errors';
import { type Instant, parseInstant } from '../../src/core/time';
import type { PaymentAnswer, PaymentGateway } from '../../src/ports/payment-gateway';
import { createDestinations } from '../helpers/destinations';
import { codeOf, createTestLedger, type TestLedger } from '../helpers/ledger';

// A year of ticks, at midnight and at noon, over one organisation that uses 10 credits each noon (20 in September) and tops up by 100
// below 50, at most 400 a month. In March the bank stops paying the card, in April there is another; in June the
// processor can't be reached twice, once after it has charged and once before; in September the cap is reached. With
// 100 to begin with the 40 that calls for a top-up is reached on 6 January, and every tenth day from then on.
const HOUR = 3_600_000;
const END = parseInstant('2027-01-01T00:00:00Z');
const CARD_DIES = '2026-03-01';
const CARD_REPLACED = '2026-04-03';
/** The first call that charges arrives, and its answer does not; after that nothing arrives. */
const CUT_AFTER_CHARGE = { from: '2026-06-05', to: '2026-06-11' };
/** Nothing arrives at all, for longer than a request may be sent again: the next top-up is another one. */
const CUT_BEFORE = { from: '2026-06-17', to: '2026-06-19' };
const PAYMENT_CALLS = ['createPayment', 'confirmPayment', 'cancelPayment', 'retrievePayment'];
const NO_ANSWER: PaymentAnswer = { kind: 'unknown', reason: 'the processor did not answer' };

const places = createDestinations();
let ledger: TestLedger;
let wallet: WalletService;
let received: Awaited<ReturnType<typeof places.webhook>>['received'];
/** Days on which usage was refused for want of credits. */
const refused: string[] = [];
/** What the bank was asked: a charge each. */
const confirmed: string[] = [];
/** How often a step came to an end of its kind. */
const outcomes = new Map<string, number>();

const timeNow = () => new Date(ledger.now).toISOString().slice(0, 16);
const isDuring = ({ from, to }: { from: string; to: string }) => timeNow() >= from && timeNow() < to;

beforeAll(async () => {
  ledger = createTestLedger('2026-01-01T00:00:00Z');
  ledger.between = troubled;
  ledger.notifier = { webhookSecret: `whsec_${Buffer.from('twenty-four characters!!').toString('base64')}` };
  wallet = ledger.open();
  const hook = await places.webhook();
  received = hook.received;
  await wallet.organisation.init({ org: 'Acme' });
  await wallet.catalogue.setService({ service: 'sms', price: '1' });
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.credit.addGrant({ credits: '100', reason: 'welcome' });
  const { card } = await wallet.cards.add({ paymentMethod: 'pm_card_visa' });
  await wallet.alerts.addLowBalance({ below: '30', to: [hook.url] });
  await wallet.recharge.set({ below: '50', amount: '100', monthlyCap: '400' });
  for (; ledger.now < END; ledger.now = (ledger.now + 12 * HOUR) as Instant) await halfDay(card.id);
}, 120_000);

afterAll(async () => {
  await ledger.remove();
  await places.close();
});

async function halfDay(card: string): Promise<void> {
  const [day = '', time] = timeNow().split('T');
  if (time === '00:00' && day === CARD_DIES) letCardDie();
  if (time === '00:00' && day === CARD_REPLACED) {
    await wallet.cards.add({ paymentMethod: 'pm_card_mastercard', role: 'primary' });
    await wallet.cards.remove({ id: card });
  }
  if (time === '12:00') {
    const quantity = day.startsWith('2026-09') ? '20' : '10';
    const code = await codeOf(wallet.usage.record({ app: 'crm', service: 'sms', quantity, id: day }));
    if (code !== undefined) refused.push(`${day} ${code}`);
  }
  for (const { step, outcome, error } of (await wallet.cron.run({})).steps) {
    const key = `${step} ${error?.code ?? outcome}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
}

/** The bank, not the ledger: the card stays on file as it is, and no longer pays. */
function letCardDie(): void {
  ledger.edit((database) => {
    const sql = `UPDATE sandbox_objects SET body = replace(body, '"pm_card_visa"', '"pm_card_chargeCustomerFail"') WHERE kind = 'card'`;
    expect(database.prepare(sql).run().changes).toBe(1);
  });
}

/** The sandbox behind a network that fails in June. */
function troubled(sandbox: PaymentGateway): PaymentGateway {
  return new Proxy(sandbox, {
    get(target, name: keyof PaymentGateway) {
      const call: unknown = target[name];
      if (typeof call !== 'function') return call;
      return async (...parameters: unknown[]) => {
        const isFirstCharge = isDuring(CUT_AFTER_CHARGE) && !confirmed.some((time) => time.startsWith('2026-06'));
        const isReached = !(isDuring(CUT_AFTER_CHARGE) || isDuring(CUT_BEFORE)) || isFirstCharge;
        if (isReached && name === 'confirmPayment') confirmed.push(timeNow());
        if (!isReached) return unreachable(name);
        const answer: unknown = await Reflect.apply(call, target, parameters);
        return isFirstCharge && name === 'confirmPayment' ? NO_ANSWER : answer;
      };
    },
  });
}

function unreachable(name: string): PaymentAnswer {
  if (PAYMENT_CALLS.includes(name)) return NO_ANSWER;
  throw new WalletError('provider_unavailable', 'the processor did not answer');
}

/** Every notice of the year, oldest first; notices of one moment by kind. */
async function told(): Promise<readonly string[]> {
  const { notices } = await wallet.alerts.history({ limit: 1000 });
  return notices
    .map(({ time, kind, recovered }) => `${time.slice(0, 16)} ${kind}${recovered ? ' recovered' : ''}`)
    .sort();
}

describe('A year of ticks', () => {
  test('charges on the days the rule says, and not once more', async () => {
    const { purchases } = await wallet.recharge.history({ limit: 1000 });
    const paid = purchases.filter(({ status }) => status === 'succeeded');
    expect(paid.map(({ createdAt, credits }) => `${createdAt.slice(0, 13)} ${credits}`).sort()).toEqual(
      [
        ...['01-06T12', '01-16T12', '01-26T12', '02-05T12', '02-15T12', '02-25T12'],
        ...['04-03T00', '04-08T12', '04-18T12', '04-28T12', '05-08T12', '05-18T12', '05-28T12'],
        ...['06-07T12', '06-20T00', '06-27T12', '07-07T12', '07-17T12', '07-27T12', '08-06T12', '08-16T12', '08-26T12'],
        ...['09-03T12', '09-08T12', '09-13T12', '09-18T12', '10-01T00', '10-07T12', '10-17T12', '10-27T12'],
        ...['11-06T12', '11-16T12', '11-26T12', '12-06T12', '12-16T12', '12-26T12'],
      ].map((time) => `2026-${time} 100.00`),
    );
    const failed = purchases.filter(({ status }) => status !== 'succeeded');
    expect(failed.map(({ createdAt, status }) => `${createdAt.slice(0, 16)} ${status}`).sort()).toEqual([
      '2026-03-07T12:00 failed',
      '2026-03-08T00:00 failed',
      '2026-03-08T12:00 failed',
      '2026-06-17T12:00 failed',
    ]);
    // The bank was asked once for each that reached it: a paused rule, a lost answer and a cap ask for nothing more.
    expect(confirmed).toHaveLength(purchases.length - 1);
    expect(confirmed.filter((time) => time.startsWith('2026-06'))).toEqual([
      '2026-06-07T12:00',
      '2026-06-20T00:00',
      '2026-06-27T12:00',
    ]);
  });

  test('tells each thing once, and its end', async () => {
    const expected = [
      '2026-03-07T12:00 recharge-failed',
      '2026-03-08T12:00 recharge-paused',
      '2026-03-09T12:00 low-balance',
      '2026-04-03T00:00 low-balance recovered',
      '2026-04-03T00:00 recharge-recovered recovered',
      '2026-06-08T00:00 purchase-unresolved',
      '2026-06-09T12:00 low-balance',
      '2026-06-11T00:00 low-balance recovered',
      '2026-06-18T00:00 purchase-unresolved',
      '2026-06-19T12:00 low-balance',
      '2026-06-19T12:00 recharge-failed',
      '2026-06-20T00:00 low-balance recovered',
      '2026-06-20T00:00 recharge-recovered recovered',
      '2026-09-23T12:00 recharge-capped',
      '2026-09-24T12:00 low-balance',
      '2026-10-01T00:00 low-balance recovered',
    ];
    expect(await told()).toEqual(expected);
    expect(received).toHaveLength(expected.length);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(expected.length);
  });

  test('blames no card for a network that failed', async () => {
    const { notices } = await wallet.alerts.history({ limit: 1000 });
    const failures = notices.filter(({ kind }) => kind === 'recharge-failed').map(({ title }) => title);
    expect(failures).toEqual(['Auto top-up: the payment was not made', 'Auto top-up: the card was declined']);
    expect((await wallet.recharge.show()).recharge).toMatchObject({ failures: 0, blockedCards: [] });
  });

  test('refuses usage while there is no way to pay for it, and at no other time', () => {
    const march = Array.from({ length: 20 }, (_, at) => `2026-03-${at + 12}`);
    const days = [...march, '2026-04-01', '2026-04-02', ...[25, 26, 27, 28, 29, 30].map((day) => `2026-09-${day}`)];
    expect(refused).toEqual(days.map((day) => `${day} insufficient_credits`));
  });

  test('says at every tick what stands in the way', () => {
    expect(Object.fromEntries([...outcomes].filter(([key]) => key.startsWith('recharge')))).toEqual({
      'recharge paused': 2 * 25, // 9 March 00:00 to 2 April 12:00
      'recharge failed': 3,
      // 7 June 12:00 to 10 June 12:00, 17 June 12:00 to 19 June 00:00
      'recharge pending': 7 + 4,
      'recharge recharged': 36 - 1, // the answer that was lost in June came at the next reconcile
      'recharge not_needed': 615,
      'recharge cooling_down': 1,
      'recharge capped': 2 * 8 - 1, // 23 September 12:00 to 30 September 12:00
    });
  });

  test('credits what was charged, to the cent, and verifies against the processor', async () => {
    const { transactions } = await wallet.transactions.list({ types: ['recharge'], limit: 1000 });
    expect(transactions).toHaveLength(36);
    expect((await wallet.credit.balance()).balance).toMatchObject({ posted: '90.00', available: '90.00' });
    const { ok, checks } = await wallet.audit.verify({ full: true, provider: true });
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
  });
});
