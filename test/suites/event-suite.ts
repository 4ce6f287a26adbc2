import { expect, test } from 'vitest';
import { eventKey } from '../../src/core/ledger/event-key';
import type { Instant } from '../../src/core/time';
import type { AskedBy, AskedEvent } from '../../src/ports/ledger-view';
import type { StoreBooks } from './store-books';
import { post, use } from './store-ledger';

/** How events are known again by their ids. */
export function describeEvents(books: StoreBooks): void {
  test('events are found by id, of any number, each by its entry; an id is taken once', async () => {
    const ids = Array.from({ length: 1_200 }, (_, i) => `evt ${i} '"é`);
    await post(books.store, books.org.number, (journal) => {
      for (const externalId of ids) use(journal, { externalId });
    });
    const found = await books.store.read(books.org.number, (view) => view.findEvents([...ids, 'another']));
    expect(found.size).toBe(1_200);
    expect(found.get(ids[700] ?? '')).toMatchObject({ seq: 701, externalId: ids[700] });
    const again = post(books.store, books.org.number, (journal) => use(journal, { externalId: ids[3] ?? null }));
    await expect(again).rejects.toThrow();
    expect(await books.wallet()).toMatchObject({ seq: 1_200 });
  });

  test('events are compared with what was posted, in the places where they may be and by the keys of their ids', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `evt ${i} '"é`);
    await post(books.store, books.org.number, (journal) => {
      for (const [i, externalId] of ids.entries()) use(journal, { externalId, memo: i % 2 === 0 ? null : 'm' });
    });
    const [first] = await books.store.read(books.org.number, (view) => view.entries([1]));
    const asked = ids.map(
      (externalId, i): AskedEvent => ({
        at: i + 1,
        externalId,
        app: first?.app ?? '',
        service: first?.service ?? '',
        quantity: first?.quantity ?? 0,
        user: null,
        campaign: null,
        memo: i % 2 === 0 ? null : 'm',
        ownTime: first?.occurredAt ?? null,
      }),
    );
    const keyed = asked.map((event) => ({ ...event, at: eventKey(event.externalId) }));
    const others = [{ app: 'x' }, { service: 'x' }, { quantity: 77 }, { user: 'u' }, { campaign: 'c' }, { memo: 'x' }];
    const changes = [...others, { externalId: ids[200] ?? '' }, { ownTime: 1 as Instant }, { at: 77 }];
    const changed = (events: AskedEvent[]) => events.map((event, i) => ({ ...event, ...changes[i - 100] }));
    const missing = changes.map((_, i) => 100 + i);
    const unposted = (by: AskedBy, events: AskedEvent[]) =>
      books.store.read(books.org.number, (view) => view.findUnposted(by, events));
    expect([await unposted('seq', asked), await unposted('key', keyed), await unposted('seq', [])]).toEqual([
      [],
      [],
      [],
    ]);
    expect(await unposted('seq', changed(asked))).toEqual(missing);
    expect(await unposted('key', changed(keyed))).toEqual(missing);
    expect(
      await unposted(
        'seq',
        asked.map((event) => ({ ...event, ownTime: null })),
      ),
    ).toEqual([]);
  });

  test('two event ids with the same key are two events, whether they come together or one after the other', async () => {
    const [one, two] = ['evt-1805096374021892', 'evt-4447248855234874'] as const;
    expect(eventKey(one)).toBe(eventKey(two));
    const postId = (externalId: string) =>
      post(books.store, books.org.number, (journal) => use(journal, { externalId }));
    const seqs = () =>
      books.store.read(books.org.number, async (view) =>
        [...(await view.findEvents([two, one]))].map(([id, entry]) => [id, entry.seq]).sort(),
      );
    await postId(one);
    expect(await seqs()).toEqual([[one, 1]]);
    await postId(two);
    expect(await seqs()).toEqual([
      [one, 1],
      [two, 2],
    ]);
    await expect(postId(two)).rejects.toThrow();
    await expect(postId(one)).rejects.toThrow();
    expect(await books.store.read(books.org.number, async (view) => (await view.proof()).brokenEventIds())).toEqual([]);
  });

  test('two event ids with the same key can be posted by one write', async () => {
    const ids = ['evt-4447248855234874', 'evt-1805096374021892'];
    await post(books.store, books.org.number, (journal) => {
      for (const externalId of ids) use(journal, { externalId });
    });
    const found = await books.store.read(books.org.number, (view) => view.findEvents(ids));
    expect(ids.map((id) => found.get(id)?.seq)).toEqual([1, 2]);
    expect(await books.store.read(books.org.number, async (view) => (await view.proof()).brokenEventIds())).toEqual([]);
  });
}
