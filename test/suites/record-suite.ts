import { describe, expect, test } from 'vitest';
import type { AppRecord } from '../../src/ports/record-types';
import { Abandon, type Store } from '../../src/ports/store';
import { codeOf } from '../helpers/ledger';
import { app } from './app-record';
import type { StoreBooks } from './store-books';
import { bring, facts, foundOrganisation, NOON, post } from './store-ledger';

/** What is kept beside the log and changes, and what a process remembers of it. */
export function describeRecords(books: StoreBooks): void {
  describe('a record', () => {
    test('changes only from the state that was read', async () => {
      const read = await books.store.write(books.org.number, facts(), async (unit) => {
        await unit.records.apps.insert(app('crm'));
        return app('crm');
      });
      const rename = (name: string) =>
        books.store.write(books.org.number, facts(), (unit) => unit.records.apps.update({ ...read, name }));
      expect(await rename('first')).toMatchObject({ name: 'first', version: 2 });
      expect(await codeOf(rename('second'))).toBe('ledger_busy');
      expect(await books.store.read(books.org.number, (view) => view.records.apps.find('app_crm'))).toMatchObject({
        name: 'first',
        version: 2,
      });
    });

    test('whose unique field is taken is refused, and nothing of its write stays', async () => {
      const insert = (record: AppRecord) =>
        books.store.write(books.org.number, facts(), (unit) => unit.records.apps.insert(record));
      await insert(app('crm'));
      expect(await codeOf(insert(app('crm')))).toBe('already_exists');
      expect(await codeOf(insert({ ...app('crm'), id: 'app_2' }))).toBe('already_exists');
      expect(await codeOf(foundOrganisation(books.store, books.org.name))).toBe('already_exists');
      expect(await books.links()).toHaveLength(2);
    });

    test('of another organisation is not there', async () => {
      const second = await foundOrganisation(books.store);
      await books.store.write(books.org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
      const seen = await books.store.read(second.number, async (view) => [
        await view.records.apps.find('app_crm'),
        await view.records.apps.list(),
      ]);
      expect(seen).toEqual([undefined, []]);
      await books.store.write(second.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
    });

    test('is listed by its fields, in order, from a place on', async () => {
      await books.store.write(books.org.number, facts(), async (unit) => {
        for (const [i, each] of ['a', 'b', 'c', 'd'].entries())
          await unit.records.apps.insert({ ...app(each), archivedAt: i % 2 === 0 ? null : NOON });
      });
      const list = (where: Partial<AppRecord>, options = {}) =>
        books.store.read(books.org.number, async (view) =>
          (await view.records.apps.list(where, options)).map((each) => each.app).join(''),
        );
      expect(await list({})).toBe('abcd');
      expect(await list({ archivedAt: null })).toBe('ac');
      expect(await list({ archivedAt: NOON }, { newestFirst: true })).toBe('db');
      expect(await list({}, { after: 'app_b', limit: 1 })).toBe('c');
      expect(await list({}, { newestFirst: true, after: 'app_c' })).toBe('ba');
    });
  });

  describe('a setting that was read before', () => {
    const apps = (of = books.store) =>
      of.write(books.org.number, facts(), async (unit) => [
        (await unit.records.apps.list()).map((each) => each.name),
        (await unit.records.apps.find('app_crm'))?.name,
        await unit.closedUntil(),
      ]);
    const rename = (of: Store, name: string) =>
      of.write(books.org.number, facts(), async (unit) => {
        const [found] = await unit.records.apps.list();
        if (found !== undefined) await unit.records.apps.update({ ...found, name });
        expect((await unit.records.apps.list()).map((each) => each.name)).toEqual([name]);
      });

    test('is read anew once a write has changed it, here or in another process', async () => {
      const other = await books.under.another();
      await books.store.write(books.org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
      expect(await apps()).toEqual([['crm'], 'crm', 0]);
      expect(await apps(other)).toEqual([['crm'], 'crm', 0]);
      await rename(other, 'theirs');
      expect(await apps()).toEqual([['theirs'], 'theirs', 0]);
      await rename(books.store, 'ours');
      expect(await apps()).toEqual([['ours'], 'ours', 0]);
      expect(await apps(other)).toEqual([['ours'], 'ours', 0]);
    });

    test('stays as it was where the write that changed it was abandoned', async () => {
      await books.store.write(books.org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
      await apps();
      await books.store.write(books.org.number, facts(), async (unit) => {
        await unit.records.apps.update({ ...app('crm'), name: 'never' });
        await unit.records.apps.list();
        throw new Abandon('nothing');
      });
      expect(await apps()).toEqual([['crm'], 'crm', 0]);
    });

    test('is recalled as it was, and looked up again after a change in another process', async () => {
      const other = await books.under.another();
      const recall = () => books.store.recall(books.org.number, 'apps', (view) => view.records.apps.list());
      const before = await recall();
      expect(before).toEqual([]);
      await post(other, books.org.number, (journal) => bring(journal, 100, 'grant_a'));
      expect(await recall()).toBe(before);
      await other.write(books.org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
      expect(await recall()).toMatchObject([{ app: 'crm' }]);
    });

    test('lets nobody in as who they were before', async () => {
      const other = await books.under.another();
      const user = { id: 'ada', email: 'ada@example.com', role: 'admin', app: null } as const;
      const record = { ...user, removedAt: null, createdAt: NOON, version: 1 };
      expect((await books.store.entrance(books.org.name, 'ada')).user).toBeUndefined();
      await other.write(books.org.number, facts(), (unit) => unit.records.users.insert(record));
      expect(await books.store.entrance(books.org.name, 'ada')).toMatchObject({ org: books.org, user: record });
      expect(await books.store.entrance(books.org.name, undefined)).toMatchObject({ org: books.org, user: undefined });
      await books.store.write(books.org.number, facts(), (unit) =>
        unit.records.users.update({ ...record, role: 'accountant' }),
      );
      for (const of of [books.store, other])
        expect((await of.entrance(books.org.name, 'ada')).user).toMatchObject({ role: 'accountant', version: 2 });
      expect((await books.store.entrance('nobody', 'ada')).org).toBeUndefined();
    });
  });
}
