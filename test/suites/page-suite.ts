import { beforeEach, describe, expect, test } from 'vitest';
import { TRANSACTION_COLUMNS } from '../../src/cli/transaction-list';
import { formatCredits, fromMicro } from '../../src/core/credits';
import { transactionId } from '../../src/core/ids';
import { effectOnPosted, effectOnPostpaid } from '../../src/core/ledger/entry';
import { formatInstant, type Instant } from '../../src/core/time';
import { renderCsv } from '../../src/output/delimited';
import type { EntryPageQuery } from '../../src/ports/entry-query';
import type { ListedEntry } from '../../src/ports/ledger-view';
import { HOSTILE } from './hostile-texts';
import type { StoreBooks } from './store-books';
import { NOON, post } from './store-ledger';

/** What is read of the log, page by page. */
export function describePages(books: StoreBooks): void {
  describe('a page', () => {
    const DAY = 86_400_000;
    beforeEach(() =>
      books.uses([
        { memo: 'a', at: NOON - DAY, micro: 100, user: 'Bob', campaign: 'x' },
        { memo: 'b', at: NOON - 2 * DAY, micro: 200, service: 'email', app: 'shop' },
        { memo: 'c', at: NOON - DAY, micro: 300, externalId: 'EVT-9', reference: 'hold_7' },
        { memo: 'd', at: NOON - DAY, micro: 400, postpaid: true },
        { memo: 'e 100%_\\ Ärger', at: NOON - 3 * DAY, campaign: 'y' },
      ]),
    );
    const E = 'e 100%_\\ Ärger';

    test('goes by time; what happened at one moment stands as it was posted, both ways', async () => {
      expect(memos(await books.page())).toEqual([E, 'b', 'a', 'c', 'd', null]);
      expect(memos(await books.page({ order: 'desc' }))).toEqual([null, 'a', 'c', 'd', 'b', E]);
    });

    test.each(['asc', 'desc'] as const)(
      'goes on after any row, %s, and pages of any size make the list',
      async (order) => {
        const all = await books.page({ order });
        for (const limit of [1, 2, 4]) {
          const rows: ListedEntry[] = [];
          for (let last: ListedEntry | undefined; ; last = rows.at(-1)) {
            const next = await books.page({ order, limit, ...(last === undefined ? {} : { after: last }) });
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
      expect(memos(await books.page(query))).toEqual(found);
      const totals = await books.store.read(books.org.number, (view) => view.totals(query));
      const rows = await books.page(query);
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
      await post(books.store, books.org.number, (journal) => {
        const draws = journal.grants.hold(fromMicro(50));
        journal.enter({ type: 'hold', occurredAt: journal.at, debit: 2, credit: 1, amount: fromMicro(50), draws });
      });
      expect(await books.page()).toHaveLength(6);
      expect(await books.wallet()).toMatchObject({ held: 50, seq: 7 });
    });
  });

  test('a page as CSV is byte for byte what the generic formatter makes of its rows', async () => {
    // More plain ones than are made at once, before the others and after them.
    const plain = Array.from({ length: 2_600 }, (_, i) => ({ micro: i, at: NOON + (i % 2 === 0 ? i : -i) * 60_000 }));
    await books.uses([
      ...plain,
      ...HOSTILE.flatMap((text, i) => [
        { memo: text, at: NOON + i * 7, micro: i * 37, postpaid: i % 3 === 0 },
        { user: text, campaign: text, micro: 1_000 * i, quantity: i, at: NOON - i * 86_400_000 },
        { reference: text, externalId: `${i}${text}`, micro: 5 },
      ]),
    ]);
    for (const order of ['asc', 'desc'] as const) {
      const rows = await books.page({ order });
      const csv = await books.store.read(books.org.number, (view) => view.csvPage({ order, limit: rows.length }));
      expect(csv.text).toBe(await genericCsv(rows, books.org.tag));
      expect(csv.rows).toBe(rows.length);
      expect(csv.last).toEqual({ occurredAt: rows.at(-1)?.occurredAt, seq: rows.at(-1)?.seq });
    }
    const [first] = await books.page({ limit: 1 });
    const rest = await books.store.read(books.org.number, (view) =>
      view.csvPage({ order: 'asc', limit: 5_000, ...(first === undefined ? {} : { after: first }) }),
    );
    expect(rest).toMatchObject({ rows: plain.length + HOSTILE.length * 3, last: null });
  });
}

const memos = (entries: readonly ListedEntry[]) => entries.map((entry) => entry.memo);

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
