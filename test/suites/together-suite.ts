import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerView } from '../../src/ports/ledger-view';
import type { OrganisationRecord } from '../../src/ports/record-types';
import type { Store, WriteJob } from '../../src/ports/store';
import type { StoreUnderTest } from './store-books';
import { bring, facts, foundOrganisation, NOON, postIn, use } from './store-ledger';

/** What several writes at once have to keep to, on any SQL driver. */
export function describeTogether(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`writes to several organisations of ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    let orgs: readonly OrganisationRecord[];
    beforeEach(async () => {
      under = await open();
      store = under.store;
      orgs = [await foundOrganisation(store), await foundOrganisation(store), await foundOrganisation(store)];
    });
    afterEach(() => under.remove());

    const numbers = () => orgs.map(({ number }) => number);
    const balances = (of: Store = store) =>
      Promise.all(numbers().map((org) => of.read(org, async (view) => (await view.wallet()).posted as number)));
    const links = () =>
      Promise.all(
        numbers().map((org) => store.read(org, async (view) => (await view.links({ order: 'asc', limit: 99 })).length)),
      );
    /** Brings a million in and uses so much, under an event id. */
    const job = (org: number, micro: number, externalId: string, at: number = NOON): WriteJob<number> => ({
      org,
      facts: facts(at),
      work: async (unit) => {
        const isTaken = (await unit.findEvents([externalId])).size > 0;
        await postIn(
          unit,
          (journal) => {
            if (!isTaken) bring(journal, 1_000, `grant_${externalId}`);
            use(journal, { micro, externalId: isTaken ? null : externalId });
          },
          at,
        );
        return isTaken ? 0 : micro;
      },
    });
    /** Fails, having changed something before that or not. */
    const failing = (org: number, changes: boolean): WriteJob<number> => ({
      org,
      facts: facts(),
      work: async (unit) => {
        const keys = await unit.findKeys(['before']);
        const record = { key: 'k', operation: 'test', fingerprint: 'f', result: '{}', recordedAt: NOON };
        if (changes) await unit.saveKey(record);
        if (changes) await postIn(unit, (journal) => bring(journal, 5_000, 'grant_lost'));
        throw new Error(`refused with ${keys.size} keys`);
      },
    });

    test('answer each what it came to, in the order they were given', async () => {
      const [a = 0, b = 0, c = 0] = numbers();
      const written = await store.writeTogether([job(c, 300, 'e'), job(a, 100, 'e'), job(b, 200, 'e')]);
      expect(written).toEqual([300, 100, 200].map((value) => ({ status: 'fulfilled', value })));
      expect(await balances()).toEqual([900, 800, 700]);
      expect(await links()).toEqual([2, 2, 2]);
      expect((await store.writeTogether([job(a, 50, 'e'), job(b, 60, 'f')])).map(cameTo)).toEqual([0, 60]);
      expect((await store.writeTogether([job(c, 70, 'g')])).map(cameTo)).toEqual([70]);
      expect(await store.writeTogether([])).toEqual([]);
    });

    test.each([
      ['before it changed anything', false],
      ['after it changed something', true],
    ])('stand where one failed %s, and that leaves nothing', async (_when, changes) => {
      const [a = 0, b = 0, c = 0] = numbers();
      const written = await store.writeTogether([job(a, 100, 'e'), failing(b, changes), job(c, 300, 'e')]);
      expect(written.map(cameTo)).toEqual([100, 'refused with 0 keys', 300]);
      expect(await balances()).toEqual([900, 0, 700]);
      expect(await links()).toEqual([2, 1, 2]);
      expect(await store.read(b, (view) => view.findKey('k'))).toBeUndefined();
    });

    test('stand where one would take an event id twice', async () => {
      const [a = 0, b = 0] = numbers();
      const twice: WriteJob<number> = {
        org: b,
        facts: facts(),
        work: async (unit) => {
          await postIn(unit, (journal) => {
            bring(journal, 1_000, 'grant_twice');
            use(journal, { micro: 1, externalId: 'same' });
            use(journal, { micro: 2, externalId: 'same' });
          });
          return 3;
        },
      };
      const [first, second] = await store.writeTogether([job(a, 100, 'same'), twice]);
      expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
      expect(await balances()).toEqual([900, 0, 0]);
    });

    test('stand where an event id has the key of another one, foreseen or not', async () => {
      const [a = 0, b = 0] = numbers();
      const [one, two] = ['evt-1805096374021892', 'evt-4447248855234874'] as const;
      const ahead = (of: WriteJob<number>, ...eventIds: string[]) => ({ ...of, foreseen: { keys: ['k'], eventIds } });
      const first = [ahead(job(a, 10, one), one), ahead(job(b, 20, two), two)];
      expect((await store.writeTogether(first)).map(cameTo)).toEqual([10, 20]);
      const second = [ahead(job(a, 30, two), two), ahead(job(b, 40, one), one)];
      expect((await store.writeTogether(second)).map(cameTo)).toEqual([30, 40]);
      const again = [ahead(job(a, 1, two), two), ahead(job(b, 2, two), one)];
      expect((await store.writeTogether(again)).map(cameTo)).toEqual([0, 0]);
      for (const org of [a, b]) {
        const proof = async (view: LedgerView) => (await view.proof()).brokenEventIds();
        expect(await store.read(org, proof)).toEqual([]);
        expect((await store.read(org, (view) => view.findEvents([one, two]))).size).toBe(2);
      }
    });

    test('add up exactly where two processes make them at once', async () => {
      const other = await under.another();
      const rounds = Array.from({ length: 12 }, (_, round) => round);
      const make = async (by: Store, process: number) => {
        for (const round of rounds) {
          const jobs = numbers().map((org) => job(org, 10 + process, `${process}-${round}`, NOON + round));
          const written = await by.writeTogether(process === 0 ? jobs : jobs.reverse());
          expect(written.map(cameTo)).toEqual(jobs.map(() => 10 + process));
        }
      };
      await Promise.all([make(store, 0), make(other, 1)]);
      expect(await balances(other)).toEqual(numbers().map(() => 12 * (2_000 - 21)));
      expect(await links()).toEqual([25, 25, 25]);
    });
  });
}

function cameTo(outcome: PromiseSettledResult<number>): number | string {
  return outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message;
}
