import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { splitWords } from '../helpers/cli';
import { startServer } from '../helpers/remote';
import { createStripeHome, type StripeHome } from '../helpers/stripe-home';

const CONFIRM = /POST .*confirm$/;
const WORKERS = 4;
const ROUNDS = Number(process.env.WALLET_KILL_ROUNDS ?? 6);

let shop: StripeHome;
beforeEach(async () => {
  shop = await createStripeHome();
});
afterEach(() => shop.remove());

/** A command that can be sent signals. Answers the status or the signal it ended with, and what it said. */
function start(line: string) {
  const words = [path.resolve('bin/wallet.js'), ...splitWords(line)];
  const child = spawn(process.execPath, words, { env: shop.home.env(), cwd: shop.home.home, stdio: 'pipe' });
  let [out, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<{ end: number | string | null; out: string; said: string }>((resolve) =>
    child.on('close', (status, signal) => resolve({ end: status ?? signal, out, said })),
  );
  return { ended, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 'SIGHUP'],
] as const)(
  '%s in the middle of a confirm leaves the purchase open and names it, and it is charged once',
  async (signal, end) => {
    await shop.open('pm_card_visa');
    shop.fake.fail(CONFIRM, { kind: 'hang', executed: true });
    const buying = start('buy 100 --yes');
    await until(() => shop.fake.count(CONFIRM) > 0);

    buying.kill(signal);
    const cut = await buying.ended;
    const { purchases } = (await shop.home.ok('purchase list --json')).json() as {
      purchases: readonly { id: string; status: string }[];
    };

    expect([cut.end, purchases.map(({ status }) => status)]).toEqual([end, ['pending']]);
    // Nobody reads what is said to a terminal that was closed.
    if (signal !== 'SIGHUP') expect(cut.said).toContain(`${purchases[0]?.id} is on record and never charged twice`);
    // An impatient second try is refused while the first is open.
    shop.fake.revoked = true; // nobody can ask
    expect((await shop.home.wallet('buy 100 --yes')).status).toBe(7);
    shop.fake.revoked = false;
    await shop.home.ok('reconcile');
    expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
  },
);

test(
  'kill -9 at random instants of four writers at once charges once, and loses nothing that was acknowledged',
  async () => {
    await shop.open('pm_card_visa');
    const acknowledged = new Map<string, string>();
    const keys: string[] = [];
    const writer = async (name: number) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const key = `w${name}-${round}`;
        keys.push(key);
        const buying = start(`buy ${name + 1} --new --yes --json --idempotency-key ${key}`);
        const killing = setTimeout(() => buying.kill('SIGKILL'), 150 + Math.random() * 600);
        const { end, out } = await buying.ended;
        clearTimeout(killing);
        if (end === 0) acknowledged.set(key, (JSON.parse(out) as { purchase: { id: string } }).purchase.id);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, name) => writer(name)));

    await shop.home.ok('reconcile');

    const { purchases } = (await shop.home.ok('purchase list --json')).json() as {
      purchases: readonly { id: string; status: string; credits: string }[];
    };
    const paid = new Set(purchases.filter(({ status }) => status === 'succeeded').map(({ id }) => id));
    expect([...acknowledged.values()].filter((id) => !paid.has(id))).toEqual([]);
    expect(purchases.filter(({ status }) => status === 'pending')).toEqual([]);
    expect(purchases.length).toBeLessThanOrEqual(keys.length);
    const cents = purchases.reduce((sum, { id, credits }) => sum + (paid.has(id) ? Number(credits) * 100 : 0), 0);
    expect(await shop.prove()).toEqual({ posted: (cents / 100).toFixed(2), takenCents: cents });
  },
  120_000 + ROUNDS * 10_000,
);

test('one key, fifty times at once through two servers, is one purchase and fifty equal answers', async () => {
  await shop.open('pm_card_visa');
  const token = (await shop.home.ok('token create -q --role admin --name ada')).stdout.trim();
  const servers = [await startServer(shop.home, ['--no-jobs']), await startServer(shop.home, ['--no-jobs'])];
  const buy = async (at: number, credits = '100') => {
    const answer = await fetch(`${servers[at % 2]?.url}/v1/purchases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k1', 'content-type': 'application/json' },
      body: JSON.stringify({ credits }),
    });
    const body = (await answer.json()) as { purchase?: { id: string; status: string }; code?: string };
    return JSON.stringify([answer.status, body.purchase?.id ?? body.code, body.purchase?.status]);
  };

  const first = await Promise.all(Array.from({ length: 50 }, (_, at) => buy(at)));
  const other = await buy(0, '99');
  const again = await Promise.all([buy(0), buy(1)]);
  await Promise.all(servers.map((server) => server.end()));

  // Who asks while the first is still at work may hear that it is pending; nobody hears anything else.
  const settled = first.filter((answer) => !answer.includes('payment_pending'));
  expect(new Set([...settled, ...again]).size).toBe(1);
  expect(again[0]).toContain('succeeded');
  expect(other).toContain('idempotency_conflict');
  expect(shop.fake.intents()).toHaveLength(1);
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
}, 60_000);

test('a ledger that can not grow any further charges nothing that it can not write down, and ends whole', async () => {
  await shop.open('pm_card_visa');
  const limited = (kilobytes: number) =>
    new Promise<number | null>((resolve) => {
      const buy = `ulimit -f ${kilobytes}; exec '${process.execPath}' '${path.resolve('bin/wallet.js')}' buy 5 --new --yes`;
      const child = spawn('bash', ['-c', buy], {
        env: shop.home.env(),
        cwd: shop.home.home,
        stdio: 'ignore',
      });
      child.on('close', resolve);
    });

  // The log of a purchase grows to some hundred kilobytes: each limit cuts it at another of its writes.
  const ends: (number | null)[] = [];
  for (const kilobytes of [0, 40, 80, 120, 180, 260, 2_000]) ends.push(await limited(kilobytes));
  await shop.home.ok('reconcile');

  const { posted, takenCents } = await shop.prove();
  expect([ends[0], ends.at(-1)]).toEqual([9, 0]);
  expect(posted).toBe((takenCents / 100).toFixed(2));
  expect(takenCents / 500).toBeGreaterThanOrEqual(ends.filter((end) => end === 0).length);
  const { pending } = (await shop.home.ok('reconcile --json')).json() as { pending: readonly unknown[] };
  expect(pending).toEqual([]);
  // 9 says that nothing was done: whatever got onto the record and no further is told as pending.
  const { purchases } = (await shop.home.ok('purchase list --json')).json() as { purchases: readonly unknown[] };
  expect(ends.filter((end) => end !== 9)).toHaveLength(purchases.length);
}, 60_000);

test('a processor that refuses connections leaves the purchase pending, and it is charged once it takes them', async () => {
  await shop.open('pm_card_visa');

  const refused = await shop.home.wallet('buy 100 --yes --json', {
    env: { WALLET_STRIPE_API_BASE: 'http://127.0.0.1:1' },
  });
  await shop.home.ok('reconcile');

  expect([refused.status, refused.error().code]).toEqual([7, 'payment_pending']);
  expect(await shop.prove()).toEqual({ posted: '100.00', takenCents: 10_000 });
});
