import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TRANSACTION_COLUMNS } from '../../src/cli/transaction-list';
import { formatCredits, fromMicro } from '../../src/core/credits';
import { transactionId } from '../../src/core/ids';
import { effectOnPosted, effectOnPostpaid } from '../../src/core/ledger/entry';
import { eventKey } from '../../src/core/ledger/event-key';
import { formatInstant, type Instant } from '../../src/core/time';
import { renderCsv } from '../../src/output/delimited';
import type { EntryPageQuery } from '../../src/ports/entry-query';
import type { AskedBy, AskedEvent, ListedEntry } from '../../src/ports/ledger-view';
import type { AppRecord, OrganisationRecord } from '../../src/ports/record-types';
import { Abandon, type Store } from '../../src/ports/store';
import { codeOf } from '../helpers/ledger';
import { bring, facts, foundOrganisation, NOON, post, postIn, type UseDraft, use } from './store-ledger';

/** A store on a database of its own. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Another store on the same database, as another process has. */
  another(): Promise<Store>;
  /** Runs a statement past the store, as an operator's shell would; throws what the engine throws. */
  sql(statement: string): Promise<void>;
  remove(): Promise<void>;
}

const app = (name: string): AppRecord => ({
  id: `app_${name}`,
  app: name,
  name,
  archivedAt: null,
  limitMonthly: null,
  onLimit: 'block',
  createdAt: NOON,
  version: 1,
});
const HOSTILE = [
  'fine,,,x\ntxn_0,2026,usage,,,,,,,,0.00,0.00,0.00,one line that looks like two',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  ' =1',
  '  -2 ',
  'a,b',
  'say "hi"',
  '"',
  "'quoted'",
  ',',
  ' lead',
  'trail ',
  'émile 😀',
  '日本語',
  '100%_\\',
  '0123',
  'plain',
  '=a,"b"',
  '\u00a0x',
  '',
  '-',
  'x\u2003',
  'ÄÖÜ',
];

/** What any SQL driver has to keep to. It is run unchanged for each. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`a ledger in ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    let org: OrganisationRecord;
    beforeEach(async () => {
      under = await open();
      store = under.store;
      org = await foundOrganisation(store);
    });
    afterEach(() => under.remove());

    const wallet = () => store.read(org.number, (view) => view.wallet());
    const page = (query: Partial<EntryPageQuery> = {}) =>
      store.read(org.number, (view) => view.page({ order: 'asc', limit: 1_000, ...query }));
    const uses = (drafts: readonly UseDraft[], at = NOON) =>
      post(
        store,
        org.number,
        (journal) => {
          bring(journal, 1_000_000, `grant_${at}`);
          for (const draft of drafts) use(journal, draft);
        },
        at,
      );
    const links = () => store.read(org.number, (view) => view.links({ order: 'asc', limit: 1_000 }));
    const memos = (entries: readonly ListedEntry[]) => entries.map((entry) => entry.memo);

    describe('a write', () => {
      test('happens whole', async () => {
        await store.write(org.number, facts(), async (unit) => {
          await unit.records.apps.insert(app('crm'));
          await unit.saveKey({ key: 'k', operation: 'test', fingerprint: 'f', result: '{}', recordedAt: NOON });
          await postIn(unit, (journal) => {
            bring(journal, 500, 'grant_a');
            use(journal, { micro: 200, externalId: 'e1' });
          });
        });
        expect(await wallet()).toMatchObject({ posted: 300, seq: 2, recordedAt: NOON });
        expect(
          await store.read(org.number, async (view) => [
            await view.findKey('k'),
            await view.records.apps.find('app_crm'),
          ]),
        ).toMatchObject([{ key: 'k' }, { app: 'crm' }]);
        expect((await links()).at(-1)).toMatchObject({ number: 2, firstSeq: 1, entries: 2, actor: 'ada' });
      });

      test.each([
        ['thrown out of', () => Promise.reject(new Error('out'))],
        ['abandoned', () => Promise.reject(new Abandon('what would have been'))],
      ])('that was %s leaves nothing', async (_how, end) => {
        const work = store.write(org.number, facts(), async (unit) => {
          await unit.records.apps.insert(app('crm'));
          await postIn(unit, (journal) => {
            bring(journal, 500, 'grant_a');
            use(journal, { externalId: 'e1' });
          });
          return end();
        });
        expect(await work.catch((error: Error) => error.message)).toMatch(/^(out|what would have been)$/);
        expect(await wallet()).toMatchObject({ posted: 0, seq: 0 });
        expect(await links()).toHaveLength(1);
        const left = await store.read(org.number, async (view) => [
          await view.records.apps.list(),
          (await view.journalState({ now: NOON })).grants,
          [...(await view.findEvents(['e1']))],
        ]);
        expect(left).toEqual([[], [], []]);
      });

      test('that changed nothing leaves no link', async () => {
        expect(await store.write(org.number, facts(), async () => 7)).toBe(7);
        expect(await links()).toHaveLength(1);
      });

      test('waits for the one before it: sums come out exact', async () => {
        const other = await under.another();
        const add = (on: Store, i: number) =>
          post(on, org.number, (journal) => bring(journal, i, `grant_${i}`), NOON + i);
        await Promise.all(Array.from({ length: 30 }, (_, i) => add(i % 2 === 0 ? store : other, i + 1)));
        expect(await wallet()).toMatchObject({ posted: 465, seq: 30 });
        expect((await page()).map((entry) => entry.seq)).toHaveLength(30);
        expect((await links()).map((link) => link.number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
      });

      test('shows to another store once it is done, and reads see one moment', async () => {
        const other = await under.another();
        const before = await other.read(org.number, async (view) => {
          const first = (await view.wallet()).posted;
          await post(store, org.number, (journal) => bring(journal, 5, 'grant_a'));
          return [first, (await view.wallet()).posted];
        });
        expect(before).toEqual([0, 0]);
        expect((await other.read(org.number, (view) => view.wallet())).posted).toBe(5);
      });
    });

    describe('a record', () => {
      test('changes only from the state that was read', async () => {
        const read = await store.write(org.number, facts(), async (unit) => {
          await unit.records.apps.insert(app('crm'));
          return app('crm');
        });
        const rename = (name: string) =>
          store.write(org.number, facts(), (unit) => unit.records.apps.update({ ...read, name }));
        expect(await rename('first')).toMatchObject({ name: 'first', version: 2 });
        expect(await codeOf(rename('second'))).toBe('ledger_busy');
        expect(await store.read(org.number, (view) => view.records.apps.find('app_crm'))).toMatchObject({
          name: 'first',
          version: 2,
        });
      });

      test('whose unique field is taken is refused, and nothing of its write stays', async () => {
        const insert = (record: AppRecord) =>
          store.write(org.number, facts(), (unit) => unit.records.apps.insert(record));
        await insert(app('crm'));
        expect(await codeOf(insert(app('crm')))).toBe('already_exists');
        expect(await codeOf(insert({ ...app('crm'), id: 'app_2' }))).toBe('already_exists');
        expect(await codeOf(foundOrganisation(store, org.name))).toBe('already_exists');
        expect(await links()).toHaveLength(2);
      });

      test('of another organisation is not there', async () => {
        const second = await foundOrganisation(store);
        await store.write(org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
        const seen = await store.read(second.number, async (view) => [
          await view.records.apps.find('app_crm'),
          await view.records.apps.list(),
        ]);
        expect(seen).toEqual([undefined, []]);
        await store.write(second.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
      });

      test('is listed by its fields, in order, from a place on', async () => {
        await store.write(org.number, facts(), async (unit) => {
          for (const [i, each] of ['a', 'b', 'c', 'd'].entries())
            await unit.records.apps.insert({ ...app(each), archivedAt: i % 2 === 0 ? null : NOON });
        });
        const list = (where: Partial<AppRecord>, options = {}) =>
          store.read(org.number, async (view) =>
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
      const apps = (of = store) =>
        of.write(org.number, facts(), async (unit) => [
          (await unit.records.apps.list()).map((each) => each.name),
          (await unit.records.apps.find('app_crm'))?.name,
          await unit.closedUntil(),
        ]);
      const rename = (of: Store, name: string) =>
        of.write(org.number, facts(), async (unit) => {
          const [found] = await unit.records.apps.list();
          if (found !== undefined) await unit.records.apps.update({ ...found, name });
          expect((await unit.records.apps.list()).map((each) => each.name)).toEqual([name]);
        });

      test('is read anew once a write has changed it, here or in another process', async () => {
        const other = await under.another();
        await store.write(org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
        expect(await apps()).toEqual([['crm'], 'crm', 0]);
        expect(await apps(other)).toEqual([['crm'], 'crm', 0]);
        await rename(other, 'theirs');
        expect(await apps()).toEqual([['theirs'], 'theirs', 0]);
        await rename(store, 'ours');
        expect(await apps()).toEqual([['ours'], 'ours', 0]);
        expect(await apps(other)).toEqual([['ours'], 'ours', 0]);
      });

      test('stays as it was where the write that changed it was abandoned', async () => {
        await store.write(org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
        await apps();
        await store.write(org.number, facts(), async (unit) => {
          await unit.records.apps.update({ ...app('crm'), name: 'never' });
          await unit.records.apps.list();
          throw new Abandon('nothing');
        });
        expect(await apps()).toEqual([['crm'], 'crm', 0]);
      });

      test('is recalled as it was, and looked up again after a change in another process', async () => {
        const other = await under.another();
        const recall = () => store.recall(org.number, 'apps', (view) => view.records.apps.list());
        const before = await recall();
        expect(before).toEqual([]);
        await post(other, org.number, (journal) => bring(journal, 100, 'grant_a'));
        expect(await recall()).toBe(before);
        await other.write(org.number, facts(), (unit) => unit.records.apps.insert(app('crm')));
        expect(await recall()).toMatchObject([{ app: 'crm' }]);
      });

      test('lets nobody in as who they were before', async () => {
        const other = await under.another();
        const user = { id: 'ada', email: 'ada@example.com', role: 'admin', app: null } as const;
        const record = { ...user, removedAt: null, createdAt: NOON, version: 1 };
        expect((await store.entrance(org.name, 'ada')).user).toBeUndefined();
        await other.write(org.number, facts(), (unit) => unit.records.users.insert(record));
        expect(await store.entrance(org.name, 'ada')).toMatchObject({ org, user: record });
        expect(await store.entrance(org.name, undefined)).toMatchObject({ org, user: undefined });
        await store.write(org.number, facts(), (unit) => unit.records.users.update({ ...record, role: 'accountant' }));
        for (const of of [store, other])
          expect((await of.entrance(org.name, 'ada')).user).toMatchObject({ role: 'accountant', version: 2 });
        expect((await store.entrance('nobody', 'ada')).org).toBeUndefined();
      });
    });

    test('what is append-only can be neither changed nor removed, by anybody', async () => {
      await store.write(org.number, facts(), async (unit) => {
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
        await expect(under.sql(`UPDATE ${table} SET org = org`), table).rejects.toThrow();
        await expect(under.sql(`DELETE FROM ${table}`), table).rejects.toThrow();
      }
      expect(await page()).toHaveLength(3);
    });

    describe('a page', () => {
      const DAY = 86_400_000;
      beforeEach(() =>
        uses([
          { memo: 'a', at: NOON - DAY, micro: 100, user: 'Bob', campaign: 'x' },
          { memo: 'b', at: NOON - 2 * DAY, micro: 200, service: 'email', app: 'shop' },
          { memo: 'c', at: NOON - DAY, micro: 300, externalId: 'EVT-9', reference: 'hold_7' },
          { memo: 'd', at: NOON - DAY, micro: 400, postpaid: true },
          { memo: 'e 100%_\\ Ärger', at: NOON - 3 * DAY, campaign: 'y' },
        ]),
      );
      const E = 'e 100%_\\ Ärger';

      test('goes by time; what happened at one moment stands as it was posted, both ways', async () => {
        expect(memos(await page())).toEqual([E, 'b', 'a', 'c', 'd', null]);
        expect(memos(await page({ order: 'desc' }))).toEqual([null, 'a', 'c', 'd', 'b', E]);
      });

      test.each(['asc', 'desc'] as const)(
        'goes on after any row, %s, and pages of any size make the list',
        async (order) => {
          const all = await page({ order });
          for (const limit of [1, 2, 4]) {
            const rows: ListedEntry[] = [];
            for (let last: ListedEntry | undefined; ; last = rows.at(-1)) {
              const next = await page({ order, limit, ...(last === undefined ? {} : { after: last }) });
              if (next.length === 0) break;
              rows.push(...next);
            }
            expect(rows).toEqual(all);
          }
        },
      );

      test.each<[Partial<EntryPageQuery>, readonly (string | null)[]]>([
        [{ types: ['grant'] }, [null]],
        [{ types: ['usage', 'grant'] }, [E, 'b', 'a', 'c', 'd', null]],
        [{ services: ['email'] }, ['b']],
        [{ services: ['email', 'sms'] }, [E, 'b', 'a', 'c', 'd']],
        [{ apps: ['shop'] }, ['b']],
        [{ users: ['Bob'] }, ['a']],
        [{ campaigns: ['x', 'y'] }, [E, 'a']],
        [{ from: (NOON - DAY) as Instant }, ['a', 'c', 'd', null]],
        [{ to: (NOON - DAY) as Instant }, [E, 'b']],
        [{ min: fromMicro(300), max: fromMicro(400) }, ['c', 'd']],
        [{ search: 'bob' }, ['a']],
        [{ search: 'evt-' }, ['c']],
        [{ search: 'HOLD_7' }, ['c']],
        [{ search: '%' }, [E]],
        [{ search: '0%_\\' }, [E]],
        [{ search: 'Ärger' }, [E]],
        [{ search: 'äRGER' }, [E]],
        [{ search: "'; DROP TABLE transactions; --" }, []],
        [{ services: ['sms'], search: 'c', types: ['usage'] }, ['c']],
      ])('of %j', async (query, found) => {
        expect(memos(await page(query))).toEqual(found);
        const totals = await store.read(org.number, (view) => view.totals(query));
        const rows = await page(query);
        const sum = (of: (entry: ListedEntry) => number) => rows.reduce((total, entry) => total + of(entry), 0);
        expect(totals).toEqual({
          rows: rows.length,
          quantity: sum((entry) => entry.quantity ?? 0),
          freeQuantity: sum((entry) => entry.freeQuantity ?? 0),
          amount: sum(effectOnPosted),
          invoiced: sum(effectOnPostpaid),
        });
      });

      test('has no holds in it: they move nothing in or out', async () => {
        await post(store, org.number, (journal) => {
          const draws = journal.grants.hold(fromMicro(50));
          journal.enter({ type: 'hold', occurredAt: journal.at, debit: 2, credit: 1, amount: fromMicro(50), draws });
        });
        expect(await page()).toHaveLength(6);
        expect(await wallet()).toMatchObject({ held: 50, seq: 7 });
      });
    });

    test('a page as CSV is byte for byte what the generic formatter makes of its rows', async () => {
      // More plain ones than are made at once, before the others and after them.
      const plain = Array.from({ length: 2_600 }, (_, i) => ({ micro: i, at: NOON + (i % 2 === 0 ? i : -i) * 60_000 }));
      await uses([
        ...plain,
        ...HOSTILE.flatMap((text, i) => [
          { memo: text, at: NOON + i * 7, micro: i * 37, postpaid: i % 3 === 0 },
          { user: text, campaign: text, micro: 1_000 * i, quantity: i, at: NOON - i * 86_400_000 },
          { reference: text, externalId: `${i}${text}`, micro: 5 },
        ]),
      ]);
      for (const order of ['asc', 'desc'] as const) {
        const rows = await page({ order });
        const csv = await store.read(org.number, (view) => view.csvPage({ order, limit: rows.length }));
        expect(csv.text).toBe(await genericCsv(rows, org.tag));
        expect(csv.rows).toBe(rows.length);
        expect(csv.last).toEqual({ occurredAt: rows.at(-1)?.occurredAt, seq: rows.at(-1)?.seq });
      }
      const [first] = await page({ limit: 1 });
      const rest = await store.read(org.number, (view) =>
        view.csvPage({ order: 'asc', limit: 5_000, ...(first === undefined ? {} : { after: first }) }),
      );
      expect(rest).toMatchObject({ rows: plain.length + HOSTILE.length * 3, last: null });
    });

    test('day and month totals add up over writes', async () => {
      await uses([
        { micro: 10, quantity: 2 },
        { micro: 30, quantity: 3, postpaid: true },
      ]);
      await uses(
        [
          { micro: 5, quantity: 4 },
          { service: 'email', micro: 1 },
        ],
        (NOON + 1_000) as Instant,
      );
      const { days, months } = await store.read(org.number, async (view) => ({
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

    test('events are found by id, of any number, each by its entry; an id is taken once', async () => {
      const ids = Array.from({ length: 1_200 }, (_, i) => `evt ${i} '"é`);
      await post(store, org.number, (journal) => {
        for (const externalId of ids) use(journal, { externalId });
      });
      const found = await store.read(org.number, (view) => view.findEvents([...ids, 'another']));
      expect(found.size).toBe(1_200);
      expect(found.get(ids[700] ?? '')).toMatchObject({ seq: 701, externalId: ids[700] });
      const again = post(store, org.number, (journal) => use(journal, { externalId: ids[3] ?? null }));
      await expect(again).rejects.toThrow();
      expect(await wallet()).toMatchObject({ seq: 1_200 });
    });

    test('rows by the hundred come back as they were written, whatever is in them', async () => {
      const odd = [...HOSTILE, '\\', '\\N', 'a\\', '\\.', 'a\tb', 'a\nb', '\r', '\\t', '"\\"', '{a,b}', 'NULL'];
      const drafts = Array.from({ length: 300 }, (_, at) => ({
        memo: odd[at % odd.length] ?? '',
        externalId: `e${at}`,
      }));
      await post(store, org.number, (journal) => {
        for (const draft of drafts) use(journal, draft);
      });
      const found = await store.read(org.number, (view) => view.page({ order: 'asc', limit: 1_000 }));
      expect(found.map(({ memo, externalId }) => ({ memo, externalId }))).toEqual(drafts);
    });

    test('events are compared with what was posted, in the places where they may be and by the keys of their ids', async () => {
      const ids = Array.from({ length: 300 }, (_, i) => `evt ${i} '"é`);
      await post(store, org.number, (journal) => {
        for (const [i, externalId] of ids.entries()) use(journal, { externalId, memo: i % 2 === 0 ? null : 'm' });
      });
      const [first] = await store.read(org.number, (view) => view.entries([1]));
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
      const others = [
        { app: 'x' },
        { service: 'x' },
        { quantity: 77 },
        { user: 'u' },
        { campaign: 'c' },
        { memo: 'x' },
      ];
      const changes = [...others, { externalId: ids[200] ?? '' }, { ownTime: 1 as Instant }, { at: 77 }];
      const changed = (events: AskedEvent[]) => events.map((event, i) => ({ ...event, ...changes[i - 100] }));
      const missing = changes.map((_, i) => 100 + i);
      const unposted = (by: AskedBy, events: AskedEvent[]) =>
        store.read(org.number, (view) => view.findUnposted(by, events));
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
      const postId = (externalId: string) => post(store, org.number, (journal) => use(journal, { externalId }));
      const seqs = () =>
        store.read(org.number, async (view) =>
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
      expect(await store.read(org.number, async (view) => (await view.proof()).brokenEventIds())).toEqual([]);
    });

    test('two event ids with the same key can be posted by one write', async () => {
      const ids = ['evt-4447248855234874', 'evt-1805096374021892'];
      await post(store, org.number, (journal) => {
        for (const externalId of ids) use(journal, { externalId });
      });
      const found = await store.read(org.number, (view) => view.findEvents(ids));
      expect(ids.map((id) => found.get(id)?.seq)).toEqual([1, 2]);
      expect(await store.read(org.number, async (view) => (await view.proof()).brokenEventIds())).toEqual([]);
    });

    test('draws come back as they were made, from one grant, from several, and beyond them all', async () => {
      await post(store, org.number, (journal) => {
        bring(journal, 5, 'grant_a');
        bring(journal, 5, 'grant_b');
        use(journal, { micro: 3 });
        use(journal, { micro: 4 });
        use(journal, { micro: 9 });
      });
      const entries = await store.read(org.number, (view) => view.entries([3, 4, 5]));
      const draws = entries.map((entry) => entry.draws.map((draw) => `${draw.grant}:${draw.amount}`).join(' '));
      expect(draws).toEqual(['1:-3', '1:-2 2:-2', '2:-3 0:-6']);
      expect(await wallet()).toMatchObject({ posted: -6, overdrawn: 6 });
    });
  });
}

async function genericCsv(rows: readonly ListedEntry[], tag: string): Promise<string> {
  const transactions = rows.map((entry) => ({
    ...entry,
    id: transactionId(entry.recordedAt, entry.seq, tag),
    time: formatInstant(entry.occurredAt),
    recordedAt: formatInstant(entry.recordedAt),
    unitPrice: entry.unitPrice === null ? null : formatCredits(entry.unitPrice),
    amount: formatCredits(effectOnPosted(entry)),
    invoiced: formatCredits(effectOnPostpaid(entry)),
    balance: formatCredits(entry.balance),
  }));
  async function* pages() {
    yield { rows: transactions as never[], next: null };
  }
  let text = '';
  for await (const part of renderCsv({ name: 'transactions', columns: TRANSACTION_COLUMNS, pages: pages() }, {}))
    text += part;
  return text.slice(text.indexOf('\n') + 1);
}
