import { expect, test } from 'vitest';
import { createLocalWallet } from '../../src/app/local-wallet';
import { type Poster, UsageQueue } from '../../src/app/usage-queue';
import { resolveSettings } from '../../src/config';
import { callOf, openLedger } from '../../src/open-wallet';
import type { Store } from '../../src/ports/store';
import { createDatabase } from '../helpers/postgres';

test('callers of one organisation who post at once take turns, beside those of another', async () => {
  const database = await createDatabase();
  const { dependencies } = openLedger(resolveSettings({ ledger: database.url, as: 'ada' }, {}), {});
  const posterOf = async (org: number, name: string): Promise<Poster> => {
    const settings = resolveSettings({ ledger: database.url, as: name, org: `Org ${org}` }, {});
    const deps = dependencies(callOf(settings));
    const caller = { actor: { name, role: 'accountant', app: null }, org } as const;
    return { name, deps: { ...deps, caller, store: async () => watched(await deps.store()) } };
  };
  /** Takes down which organisations each write is of. */
  const writes: number[][] = [];
  const watched = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const member = target[name as keyof Store];
        if (typeof member !== 'function') return member;
        if (name !== 'writeTogether') return member.bind(target);
        return (jobs: Parameters<Store['writeTogether']>[0]) => {
          writes.push(jobs.map(({ org }) => org));
          return target.writeTogether(jobs);
        };
      },
    });
  for (const org of [1, 2]) {
    const wallet = createLocalWallet(
      dependencies(callOf(resolveSettings({ ledger: database.url, org: `Org ${org}` }, {}))),
    );
    await wallet.organisation.init({ org: `Org ${org}` });
    await wallet.catalogue.addApp({ app: 'crm' });
    await wallet.credit.addGrant({ credits: '1', reason: 'a test' });
  }

  const queue = new UsageQueue({ isFar: true });
  const posters = await Promise.all([posterOf(1, 'ada'), posterOf(1, 'bob'), posterOf(2, 'cy')]);
  const events = posters.map((by) =>
    ['1', '2'].map((id) => ({ app: 'crm', service: 'sms', quantity: '1', id: `${by.name}-${id}` })),
  );
  const recorded = await Promise.all(
    posters.flatMap((by, at) => (events[at] ?? []).map((event) => queue.record(by, event))),
  );

  expect(recorded.map(({ transaction }) => `${transaction.actor} ${transaction.externalId}`)).toEqual(
    ['ada', 'bob', 'cy'].flatMap((name) => [`${name} ${name}-1`, `${name} ${name}-2`]),
  );
  expect(writes.length).toBeGreaterThan(1);
  for (const orgs of writes) expect(new Set(orgs).size).toBe(orgs.length);

  await posters[0]?.deps.close();
  await database.drop();
});
