import { describe, expect, test } from 'vitest';
import { fromMicro } from '../../src/core/credits';
import type { Instant } from '../../src/core/time';
import { Abandon, type Store } from '../../src/ports/store';
import { app } from './app-record';
import { HOSTILE } from './hostile-texts';
import type { StoreBooks } from './store-books';
import { bring, facts, NOON, post, postIn, use } from './store-ledger';

/** What a write does whole, or not at all, and what is there of it afterwards. */
export function describeWrites(books: StoreBooks): void {
  describe('a write', () => {
    test('happens whole', async () => {
      await books.store.write(books.org.number, facts(), async (unit) => {
        await unit.records.apps.insert(app('crm'));
        await unit.saveKey({ key: 'k', operation: 'test', fingerprint: 'f', result: '{}', recordedAt: NOON });
        await postIn(unit, (journal) => {
          bring(journal, 500, 'grant_a');
          use(journal, { micro: 200, externalId: 'e1' });
        });
      });
      expect(await books.wallet()).toMatchObject({ posted: 300, seq: 2, recordedAt: NOON });
      expect(
        await books.store.read(books.org.number, async (view) => [
          await view.findKey('k'),
          await view.records.apps.find('app_crm'),
        ]),
      ).toMatchObject([{ key: 'k' }, { app: 'crm' }]);
      expect((await books.links()).at(-1)).toMatchObject({ number: 2, firstSeq: 1, entries: 2, actor: 'ada' });
    });

    test.each([
      ['thrown out of', () => Promise.reject(new Error('out'))],
      ['abandoned', () => Promise.reject(new Abandon('what would have been'))],
    ])('that was %s leaves nothing', async (_how, end) => {
      const work = books.store.write(books.org.number, facts(), async (unit) => {
        await unit.records.apps.insert(app('crm'));
        await postIn(unit, (journal) => {
          bring(journal, 500, 'grant_a');
          use(journal, { externalId: 'e1' });
        });
        return end();
      });
      expect(await work.catch((error: Error) => error.message)).toMatch(/^(out|what would have been)$/);
      expect(await books.wallet()).toMatchObject({ posted: 0, seq: 0 });
      expect(await books.links()).toHaveLength(1);
      const left = await books.store.read(books.org.number, async (view) => [
        await view.records.apps.list(),
        (await view.journalState({ now: NOON })).grants,
        [...(await view.findEvents(['e1']))],
      ]);
      expect(left).toEqual([[], [], []]);
    });

    test('that changed nothing leaves no link', async () => {
      expect(await books.store.write(books.org.number, facts(), async () => 7)).toBe(7);
      expect(await books.links()).toHaveLength(1);
    });

    test('waits for the one before it: sums come out exact', async () => {
      const other = await books.under.another();
      const add = (on: Store, i: number) =>
        post(on, books.org.number, (journal) => bring(journal, i, `grant_${i}`), NOON + i);
      await Promise.all(Array.from({ length: 30 }, (_, i) => add(i % 2 === 0 ? books.store : other, i + 1)));
      expect(await books.wallet()).toMatchObject({ posted: 465, seq: 30 });
      expect((await books.page()).map((entry) => entry.seq)).toHaveLength(30);
      expect((await books.links()).map((link) => link.number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
    });

    test('shows to another store once it is done, and reads see one moment', async () => {
      const other = await books.under.another();
      const before = await other.read(books.org.number, async (view) => {
        const first = (await view.wallet()).posted;
        await post(books.store, books.org.number, (journal) => bring(journal, 5, 'grant_a'));
        return [first, (await view.wallet()).posted];
      });
      expect(before).toEqual([0, 0]);
      expect((await other.read(books.org.number, (view) => view.wallet())).posted).toBe(5);
    });
  });

  test('what is append-only can be neither changed nor removed, by anybody', async () => {
    await books.store.write(books.org.number, facts(), async (unit) => {
      await unit.saveKey({ key: 'k', operation: 'test', fingerprint: 'f', result: '{}', recordedAt: NOON });
      await unit.records.services.insert({
        id: 'sms',
        number: 1,
        name: 'SMS',
        unit: 'message',
        createdAt: NOON,
        version: 1,
      });
      await unit.records.prices.insert({
        id: 'sms/1',
        service: 'sms',
        number: 1,
        effectiveFrom: NOON,
        price: fromMicro(1),
        tiers: [],
        freeQuota: 0,
        billing: 'prepaid',
        example: false,
        createdAt: NOON,
        version: 1,
      });
      await postIn(unit, (journal) => {
        bring(journal, 5, 'grant_a');
        bring(journal, 5, 'grant_b');
        use(journal, { micro: 8, externalId: 'e1' });
      });
    });
    for (const table of ['transactions', 'draws', 'event_ids', 'audit', 'idempotency_keys', 'prices']) {
      await expect(books.under.sql(`UPDATE ${table} SET org = org`), table).rejects.toThrow();
      await expect(books.under.sql(`DELETE FROM ${table}`), table).rejects.toThrow();
    }
    expect(await books.page()).toHaveLength(3);
  });

  test('day and month totals add up over writes', async () => {
    await books.uses([
      { micro: 10, quantity: 2 },
      { micro: 30, quantity: 3, postpaid: true },
    ]);
    await books.uses(
      [
        { micro: 5, quantity: 4 },
        { service: 'email', micro: 1 },
      ],
      (NOON + 1_000) as Instant,
    );
    const { days, months } = await books.store.read(books.org.number, async (view) => ({
      days: await (await view.proof()).dayTotals(),
      months: await (await view.proof()).monthTotals(),
    }));
    expect(days.find((day) => day.service === 'sms')).toMatchObject({
      transactions: 3,
      quantity: 9,
      amount: -15,
      invoiced: 30,
      app: 'crm',
      user: '',
    });
    expect(months.find((month) => month.name === 'sms')).toMatchObject({ kind: 'service', quantity: 9, spent: 45 });
    expect(months.find((month) => month.name === 'crm')).toMatchObject({ kind: 'app', quantity: 10, spent: 46 });
  });

  test('rows by the hundred come back as they were written, whatever is in them', async () => {
    const odd = [...HOSTILE, '\\', '\\N', 'a\\', '\\.', 'a\tb', 'a\nb', '\r', '\\t', '"\\"', '{a,b}', 'NULL'];
    const drafts = Array.from({ length: 300 }, (_, at) => ({
      memo: odd[at % odd.length] ?? '',
      externalId: `e${at}`,
    }));
    await post(books.store, books.org.number, (journal) => {
      for (const draft of drafts) use(journal, draft);
    });
    const found = await books.store.read(books.org.number, (view) => view.page({ order: 'asc', limit: 1_000 }));
    expect(found.map(({ memo, externalId }) => ({ memo, externalId }))).toEqual(drafts);
  });

  test('draws come back as they were made, from one grant, from several, and beyond them all', async () => {
    await post(books.store, books.org.number, (journal) => {
      bring(journal, 5, 'grant_a');
      bring(journal, 5, 'grant_b');
      use(journal, { micro: 3 });
      use(journal, { micro: 4 });
      use(journal, { micro: 9 });
    });
    const entries = await books.store.read(books.org.number, (view) => view.entries([3, 4, 5]));
    const draws = entries.map((entry) => entry.draws.map((draw) => `${draw.grant}:${draw.amount}`).join(' '));
    expect(draws).toEqual(['1:-3', '1:-2 2:-2', '2:-3 0:-6']);
    expect(await books.wallet()).toMatchObject({ posted: -6, overdrawn: 6 });
  });
}
