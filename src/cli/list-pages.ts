import type { Page, PageRequest } from '../contract/calls';
import { WalletError } from '../core/errors';
import type { ListPage } from '../output/view';
import type { ListPlan } from './list-plan';
import { grouped } from './wording';

/** How to get one page of a list. */
export type FetchPage<T> = (page: PageRequest) => Promise<ListPage<T>>;

const PAGE_ROWS = 1_000;

/** Past this many rows a count by paging costs more than it tells. */
const MOST_COUNTED = 10_000;

/** The service's answer as a page: it lists its rows under their plural. */
export function pageOf<K extends string, T>(name: K, answer: Page & Readonly<Record<K, readonly T[]>>): ListPage<T> {
  return { rows: answer[name], next: answer.next };
}

/** The pages of a list that is short enough to be had whole: a cursor is the key of the last row before it. */
export function pagesOf<T>(fetch: () => Promise<readonly T[]>, keyOf: (row: T) => string): FetchPage<T> {
  return async ({ limit = PAGE_ROWS, cursor }) => {
    const rows = await fetch();
    const start = cursor === undefined ? 0 : rows.findIndex((row) => keyOf(row) === cursor) + 1;
    if (cursor !== undefined && start === 0) throw unknownCursor();
    const page = rows.slice(start, start + limit);
    const last = page.at(-1);
    return { rows: page, next: last === undefined || start + limit >= rows.length ? null : keyOf(last) };
  };
}

function unknownCursor(): WalletError {
  return new WalletError('invalid_cursor', 'the cursor is not one of this list', {
    why: 'it is what "next" said where a page of this list ended',
    hint: 'start again without --cursor',
  });
}

/** Follows the cursors, in pages small enough that memory stays flat, until the limit or the end. */
export async function* followPages<T>(
  fetch: FetchPage<T>,
  plan: Pick<ListPlan, 'limit' | 'cursor'>,
): AsyncGenerator<ListPage<T>> {
  let left = plan.limit ?? Number.POSITIVE_INFINITY;
  let cursor: string | null | undefined = plan.cursor;
  while (left > 0 && cursor !== null) {
    const page: ListPage<T> = await fetch({
      limit: Math.min(left, PAGE_ROWS),
      ...(cursor === undefined ? {} : { cursor }),
    });
    left -= page.rows.length;
    cursor = page.next;
    yield page;
  }
}

/** The same, with its first item at hand already: what is refused is refused before a byte of the answer is written. */
export async function begun<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<T> {
    if (first.done === true) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return all();
}

export async function* counting<T>(
  pages: AsyncIterable<ListPage<T>>,
  rows: { shown: number; next: string | null },
): AsyncGenerator<ListPage<T>> {
  for await (const page of pages) {
    rows.shown += page.rows.length;
    rows.next = page.next;
    yield page;
  }
}

export async function countAll<T>({
  count,
  fetch,
}: {
  count?: () => Promise<number>;
  fetch: FetchPage<T>;
}): Promise<string> {
  if (count !== undefined) return grouped(await count());
  let total = 0;
  for (let cursor: string | null | undefined; cursor !== null && total <= MOST_COUNTED; ) {
    const page: ListPage<T> = await fetch({ limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) });
    total += page.rows.length;
    cursor = page.next;
  }
  return total > MOST_COUNTED ? `more than ${grouped(MOST_COUNTED)}` : grouped(total);
}
