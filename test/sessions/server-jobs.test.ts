import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../helpers/remote';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

const EVENTS = 40;
const QUICK = { NODE_OPTIONS: `--require ${path.resolve('test/helpers/quick-jobs.cjs')}` };

let shop: StripeHome;
let servers: Server[];
beforeEach(async () => {
  shop = await createStripeHome();
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.end();
  await shop.remove();
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('two servers with their jobs over one file, and cron beside them, top up once and sum up exactly', async () => {
  const { home, fake } = shop;
  await shop.open('pm_card_visa');
  await home.ok('service set sms --price 1.5');
  await home.ok('app add crm');
  await home.ok('adjust add 100 --reason start');
  await home.ok('recharge set --below 50 --amount 100 --yes');
  const token = (await home.ok('token create --role app --app crm -q')).stdout.trim();
  servers = await Promise.all([startServer(home, [], QUICK), startServer(home, [], QUICK)]);

  const posts = Array.from({ length: EVENTS }, async (_, at) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `e${at}`,
    };
    const body = JSON.stringify({ app: 'crm', service: 'sms', quantity: '1', id: `e${at}` });
    return (await fetch(`${servers[at % 2]?.url}/v1/usage`, { method: 'POST', headers, body })).status;
  });
  const posted = await Promise.all(posts);
  await until(() => fake.count(/POST \/v1\/payment_intents$/) > 0); // by nobody but the jobs
  const ticks = await Promise.all([home.wallet('cron run'), home.wallet('cron run')]);
  await until(() => fake.takenCents() > 0);
  await home.ok('cron run');
  const ended = await Promise.all(servers.map((server) => server.end()));

  expect(posted).toEqual(posted.map(() => 200));
  expect(ticks.map(({ status }) => [0, 7].includes(status ?? -1))).toEqual([true, true]);
  expect([ended, servers.map((server) => server.log()).join('')]).toEqual([
    [143, 143],
    expect.not.stringContaining('"job"'),
  ]);
  expect(fake.intents()).toHaveLength(1);
  expect(await shop.prove()).toEqual({ posted: '140.00', takenCents: 10_000 });
  const { transactions } = (await home.ok('transactions --all --json')).json() as { transactions: { type: string }[] };
  const count = (type: string) => transactions.filter((each) => each.type === type).length;
  expect([count('usage'), count('recharge')]).toEqual([EVENTS, 1]);
  await home.ok('verify --provider');
});
