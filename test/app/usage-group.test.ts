import { expect, test } from 'vitest';
import { createLocalWallet } from '../../src/app/local-wallet';
import { recordGroups } from '../../src/app/usage-group';
import { resolveSettings } from '../../src/config';
import { callOf, openLedger } from '../../src/open-wallet';
import { createDatabase } from '../helpers/postgres';

test('an event that comes again beside others is answered as it was, though it could not be paid again', async () => {
  const database = await createDatabase();
  const settings = resolveSettings({ ledger: database.url, as: 'ada' }, {});
  const { dependencies } = openLedger(settings, {});
  const wallet = createLocalWallet(dependencies({ ...callOf(settings), org: 'Acme' }));
  await wallet.organisation.init({ org: 'Acme' });
  await wallet.catalogue.addApp({ app: 'crm' });
  await wallet.credit.addGrant({ credits: '1', reason: 'a test' });
  const deps = dependencies({ ...callOf(settings), org: 'Acme' });
  const post = async (...events: readonly [id: string, quantity: number, key?: string][]) => {
    const requests = events.map(([id, quantity, idempotencyKey]) => {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      return { app: 'crm', service: 'sms', quantity: String(quantity), id, ...key };
    });
    const [outcomes = []] = await recordGroups([{ deps, requests }]);
    return outcomes.map((outcome) => {
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

  await wallet.close();
  await database.drop();
});
