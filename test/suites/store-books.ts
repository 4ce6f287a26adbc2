import { afterEach, beforeEach } from 'vitest';
import type { EntryPageQuery } from '../../src/ports/entry-query';
import type { OrganisationRecord } from '../../src/ports/record-types';
import type { Store } from '../../src/ports/store';
import { bring, foundOrganisation, NOON, post, type UseDraft, use } from './store-ledger';

/** A store on a database of its own. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Another store on the same database, as another process has. */
  another(): Promise<Store>;
  /** Runs a statement past the store, as an operator's shell would; throws what the engine throws. */
  sql(statement: string): Promise<void>;
  remove(): Promise<void>;
}

/** A store of each test's own with an organisation in it, and what the tests ask of it. */
export type StoreBooks = ReturnType<typeof useStore>;

export function useStore(open: () => Promise<StoreUnderTest>) {
  let under: StoreUnderTest;
  let org: OrganisationRecord;
  beforeEach(async () => {
    under = await open();
    org = await foundOrganisation(under.store);
  });
  afterEach(() => under.remove());

  return {
    get under(): StoreUnderTest {
      return under;
    },
    get store(): Store {
      return under.store;
    },
    get org(): OrganisationRecord {
      return org;
    },
    wallet: () => under.store.read(org.number, (view) => view.wallet()),
    page: (query: Partial<EntryPageQuery> = {}) =>
      under.store.read(org.number, (view) => view.page({ order: 'asc', limit: 1_000, ...query })),
    links: () => under.store.read(org.number, (view) => view.links({ order: 'asc', limit: 1_000 })),
    /** Brings a million in, and uses of it. */
    uses: (drafts: readonly UseDraft[], at = NOON) =>
      post(
        under.store,
        org.number,
        (journal) => {
          bring(journal, 1_000_000, `grant_${at}`);
          for (const draft of drafts) use(journal, draft);
        },
        at,
      ),
  };
}
