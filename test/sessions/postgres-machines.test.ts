import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDestinations } from '../helpers/destinations';
import { createDatabase, type TestDatabase } from '../helpers/postgres';
import { type Server, startServer } from '../helpers/remote';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

const CLIENTS = 4;
const EVENTS_EACH = 15;

let database: TestDatabase;
let destinations: ReturnType<typeof createDestinations>;
let shop: StripeHome;
let servers: Server[];
beforeEach(async () => {
  database = await createDatabase();
  destinations = createDestinations();
  shop = await createStripeHome({ WALLET_LEDGER: database.url, WALLET_WEBHOOK_SECRET: 'whsec_c2VjcmV0LXNlY3JldA==' });
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.end();
  await destinations.close();
  await shop.remove();
  await database.drop();
});

/** Posts one event until a server says that it has it, asking the next one whenever one fails. */
async function post(token: string, id: string, first: number): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id };
  const body = JSON.stringify({ app: 'crm', service: 'sms', quantity: '1', id });
  for (let turn = first; turn < first + 40; turn += 1) {
    const server = servers[turn % servers.length] as Server;
    const response = await fetch(`${server.url}/v1/usage`, { method: 'POST', headers, body }).catch(() => undefined);
    if (response?.ok) return ((await response.json()) as { transaction: { id: string } }).transaction.id;
  }
  throw new Error(`no server took ${id}`);
}

test('two servers and cron on a third charge once a need, sum up exactly and tell once, though one is killed', async () => {
  const { home, fake } = shop;
  const hook = await destinations.webhook();
  await shop.open('pm_card_visa');
  await home.ok('service set sms --price 1.5');
  await home.ok('app add crm');
  await home.ok('adjust add 100 --reason start');
  await home.ok('recharge set --below 50 --amount 100 --yes');
  await home.ok(`alert add spend --over 40 --per month --to ${hook.url}`);
  const token = (await home.ok('token create --role app --app crm -q')).stdout.trim();
  servers = await Promise.all([startServer(home, ['--no-jobs']), startServer(home, ['--no-jobs'])]);

  const confirmed: string[] = [];
  let kill: Promise<unknown> | undefined;
  const client = async (name: number) => {
    for (let i = 0; i < EVENTS_EACH; i += 1) {
      confirmed.push(await post(token, `c${name}-${i}`, name));
      if (confirmed.length === 20) kill = servers[0]?.end('SIGKILL');
    }
  };
  const cron = async () => {
    // What one tick leaves because another is at it, the next one does; the last is after everything was posted.
    for (let tick = 0; tick < 2; tick += 1) await home.ok('cron run');
  };
  await Promise.all([...Array.from({ length: CLIENTS }, (_, name) => client(name)), cron()]);
  await kill;
  const ticks = await Promise.all([home.wallet('cron run'), home.wallet('cron run'), home.wallet('recharge check')]);
  await home.ok('cron run');

  expect(ticks.map(({ status }) => [0, 7].includes(status ?? -1))).toEqual([true, true, true]);
  const { transactions } = (await home.ok('transactions --all --json')).json() as {
    transactions: { id: string; type: string; amount: string }[];
  };
  const ids = (type: string) => transactions.filter((each) => each.type === type).map(({ id }) => id);
  expect(ids('usage').sort()).toEqual(confirmed.sort());
  expect(confirmed).toHaveLength(CLIENTS * EVENTS_EACH);
  expect(ids('recharge')).toHaveLength(1);
  expect(fake.takenCents()).toBe(10_000);
  const { balance } = (await home.ok('balance --json')).json() as { balance: { posted: string; held: string } };
  expect(balance).toMatchObject({ posted: '110.00', held: '0.00' });
  expect(new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(hook.received).toHaveLength(1);
  await home.ok('verify --full --provider');
}, 60_000);
