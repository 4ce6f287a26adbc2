import { describe } from 'vitest';
import { describeEvents } from './event-suite';
import { describePages } from './page-suite';
import { describeRecords } from './record-suite';
import { type StoreUnderTest, useStore } from './store-books';
import { describeWrites } from './write-suite';

/** What any SQL driver has to keep to. It is run unchanged for each. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`a ledger in ${name}`, () => {
    const books = useStore(open);
    describeWrites(books);
    describeRecords(books);
    describePages(books);
    describeEvents(books);
  });
}
