import { expect, test } from 'vitest';
import { createLocalWallet } from '../../src/app/local-wallet';
import { recordGroups } from '../../src/app/usage-group';
import type { UsageRequest } from '../../src/app/usage-turns';
import { resolveSettings } from '../../src/config';
import { callOf, openLedger } from '../../src/open-wallet';
import { createDatabase } from '../helpers/postgres';

/** What one organisation with a credit posts through, one group at a time. */
async function openAcme() {
  const database = await createDatabase();
  const settings = resolveSettings({ ledger: database.url, as: 'ada' }, {});
  const { dependencies } = openLedger(settings, {});
  const wallet = createLocalWallet(dependencies({ ...callOf(settings), org: 'Acme' }));
  await wallet.organisation.init({ org: 'Acme' });
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.credit.addGrant({ credits: '1', reason: 'a test' });
  const deps = dependencies({ ...callOf(settings), org: 'Acme' });
  const record = async (requests: readonly UsageRequest[]) => (await recordGroups([{ deps, requests }]))[0] ?? [];
  const close = async () => {
    await wallet.close();
    await database.drop();
  };
  return { wallet, record, close };
}

test('an event that comes again beside others is answered as it was, though it could not be paid again', async () => {
  const { wallet, record, close } = await openAcme();
  const post = async (...events: readonly [id: string, quantity: number, key?: string][]) => {
    const requests = events.map(([id, quantity, idempotencyKey]) => {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      return { app: 'crm', service: 'sms', quantity: String(quantity), id, ...key };
    });
    return (await record(requests)).map((outcome) => {
      if ('error' in outcome) return outcome.error instanceof Error ? outcome.error.message : outcome.error;
      const { duplicate, replayed } = outcome.recorded as { duplicate?: true; replayed?: true };
      return replayed ? 'replayed' : duplicate ? 'duplicate' : 'posted';
    });
  };
  const left = async () => Number((await wallet.credit.balance()).balance.posted);

  expect(await post(['a', 1])).toEqual(['posted']);
  const price = 1 - (await left());
  expect(await post(['b', 1])).toEqual(['posted']); // from now on by what is remembered
  const most = Math.floor((await left()) / price) - 2;
  expect(await post(['dear', most, 'k'])).toEqual(['posted']);
  expect(await post(['dear', most], ['c', 1])).toEqual(['duplicate', 'posted']);
  expect(await post(['other', most], ['dear', most, 'k'], ['d', 1])).toEqual([
    expect.stringContaining('credit'),
    'replayed',
    'posted',
  ]);

  await close();
});

test('a key is answered with all that it was answered with at first, wherever the wallet stands by then', async () => {
  const { wallet, record, close } = await openAcme();
  await wallet.credit.addGrant({ credits: '0.5', reason: 'first', priority: '1' });
  const event = { app: 'crm', service: 'sms', quantity: '60', id: 'a', user: 'bob', campaign: 'autumn', memo: 'é' };
  const requests = [
    { ...event, idempotencyKey: 'first' },
    { ...event, idempotencyKey: 'again' },
    { app: 'crm', service: 'email', quantity: '1', time: '2026-11-01T10:00:00Z', idempotencyKey: 'without' },
  ];
  const first = await record(requests);
  expect(first).toMatchObject([
    { recorded: { transaction: { externalId: 'a', memo: 'é' } } },
    { recorded: { transaction: { externalId: 'a' }, duplicate: true } },
    { recorded: { transaction: { service: 'email' } } },
  ]);
  await wallet.credit.adjust({ direction: 'remove', credits: '0.1', reason: 'a test' });
  const replayed = first.map((outcome) => ({
    recorded: { ...('recorded' in outcome && outcome.recorded), replayed: true },
  }));
  expect(await record(requests)).toEqual(replayed);
  expect(await Promise.all(requests.map((request) => wallet.usage.record(request)))).toEqual(
    replayed.map(({ recorded }) => recorded),
  );
  await close();
});
