import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';
import { createDatabase, type TestDatabase } from '../helpers/postgres';
import { type Server, startServer } from '../helpers/remote';

const CLIENTS = 20;
const EVENTS_EACH = 1;

let database: TestDatabase;
let wallet: Sandbox;
let servers: Server[];
beforeEach(async () => {
  database = await createDatabase();
  wallet = createSandbox({ WALLET_LEDGER: database.url });
  servers = [];
  await wallet.ok('init --org Acme');
  await wallet.ok('app add crm');
});
afterEach(async () => {
  for (const server of servers) await server.end();
  wallet.remove();
  await database.drop();
});

/** One posting that is killed after a while, if it takes that long. Answers whether it said that it is done. */
function record(id: string, killAfterMs: number): Promise<boolean> {
  const words = ['usage', 'record', '--app', 'crm', '--service', 'sms', '--quantity', '1', '--id', id];
  const child = spawn(process.execPath, [path.resolve('bin/wallet.js'), ...words], {
    env: wallet.env(),
    stdio: 'ignore',
  });
  const killing = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) =>
    child.on('close', (status) => {
      clearTimeout(killing);
      resolve(status === 0);
    }),
  );
}

test('twenty clients, killed and cut off at random and tried again, leave exact sums', async () => {
  await wallet.ok('adjust add 100 --reason start');
  const cutting = setInterval(() => {
    const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.2`;
    database.sql(others).catch(() => undefined);
  }, 300);
  const client = async (name: number) => {
    for (let event = 0; event < EVENTS_EACH; event += 1) {
      // The first try may be killed anywhere; the ones after it are let go on for longer and longer.
      for (let patienceMs = 300 + ((name * 137 + event * 61) % 900); ; patienceMs *= 4) {
        if (await record(`c${name}-${event}`, patienceMs)) break;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)));
  clearInterval(cutting);
  const { transactions } = (await wallet.ok('transactions --type usage --all --json')).json() as {
    transactions: { externalId: string; amount: string }[];
  };
  expect(new Set(transactions.map((each) => each.externalId)).size).toBe(CLIENTS * EVENTS_EACH);
  expect(transactions).toHaveLength(CLIENTS * EVENTS_EACH);
  const { balance } = (await wallet.ok('balance --json')).json() as { balance: { available: string } };
  const spent = transactions.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 1e6), 0);
  expect(Math.round(Number(balance.available) * 1e6)).toBe(100e6 + spent);
  await wallet.ok('verify --full');
}, 90_000);

test('auto top-up checked by four processes at once charges once', async () => {
  await wallet.ok('card add --payment-method pm_card_visa');
  await wallet.ok('recharge set --below 50 --amount 100 --yes');
  const checks = await Promise.all(Array.from({ length: 4 }, () => wallet.wallet('recharge check --json')));
  const outcomes = checks.map((check) => (check.json() as { outcome: string }).outcome);
  expect(outcomes.filter((outcome) => outcome === 'recharged')).toHaveLength(1);
  const { transactions } = (await wallet.ok('transactions --json')).json() as { transactions: object[] };
  expect(transactions).toEqual([expect.objectContaining({ type: 'recharge', amount: '100.00' })]);
  await wallet.ok('verify --full');
});

interface Shop {
  readonly name: string;
  readonly token: string;
}

/** Posts one event until a server says what becomes of it, asking the next one whenever one is gone. */
async function insist({ token }: Shop, id: string, first: number): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': id };
  const body = JSON.stringify({ app: 'crm', service: 'sms', quantity: '1', id });
  for (let turn = first; turn < first + 40; turn += 1) {
    const url = `${servers[turn % servers.length]?.url}/v1/usage`;
    const response = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    if (response !== undefined && response.status < 500) return response.status;
  }
  throw new Error(`no server took ${id}`);
}

test('events of many wallets that come at once are each posted once, whoever else is refused or killed', async () => {
  const shops: Shop[] = [];
  for (const name of ['Acme', 'Beta', 'Gamma', 'Poor']) {
    if (name !== 'Acme') await wallet.ok(`init --org ${name}`);
    if (name !== 'Acme') await wallet.ok(`app add crm --org ${name}`);
    if (name !== 'Poor') await wallet.ok(`grant add 10 --reason start --org ${name}`);
    shops.push({ name, token: (await wallet.ok(`token create -q --role app --app crm --org ${name}`)).stdout.trim() });
  }
  servers = await Promise.all([startServer(wallet, ['--no-jobs']), startServer(wallet, ['--no-jobs'])]);
  const answers = new Map<string, number>();
  let kill: Promise<unknown> | undefined;
  const client = async (name: number) => {
    for (let i = 0; i < 10; i += 1)
      for (const shop of shops) {
        answers.set(`${shop.name} c${name}-${i}`, await insist(shop, `c${name}-${i}`, name));
        if (answers.size === 120) kill = servers[0]?.end('SIGKILL');
      }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => client(name)));
  await kill;
  for (const { name } of shops) {
    const { transactions } = (await wallet.ok(`transactions --type usage --all --json --org ${name}`)).json() as {
      transactions: { externalId: string }[];
    };
    const posted = [...answers].filter(([key, status]) => key.startsWith(`${name} `) && status === 200);
    expect(posted).toHaveLength(name === 'Poor' ? 0 : 80);
    expect(transactions.map(({ externalId }) => `${name} ${externalId}`).sort()).toEqual(
      posted.map(([key]) => key).sort(),
    );
    const { balance } = (await wallet.ok(`balance --json --org ${name}`)).json() as { balance: object };
    expect(balance).toMatchObject({ posted: name === 'Poor' ? '0.00' : '9.368' });
    await wallet.ok(`verify --full --org ${name}`);
  }
}, 60_000);
