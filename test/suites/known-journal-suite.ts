import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMicro, ZERO } from '../../src/core/credits';
import { monthIndexOf } from '../../src/core/date';
import { ACCOUNTS, usageAccount } from '../../src/core/ledger/chart';
import { Journal } from '../../src/core/ledger/journal';
import { type Instant, utcCalendar } from '../../src/core/time';
import type { JournalState } from '../../src/ports/journal-state';
import type { LedgerUnit } from '../../src/ports/ledger-unit';
import { Abandon, type Store } from '../../src/ports/store';
import type { StoreUnderTest } from './store-books';
import { bring, facts, foundOrganisation, NOON } from './store-ledger';

const MONTH = Date.parse('2026-10-01T00:00:00Z');
const LATER = NOON + 40 * 86_400_000;
/** What one write does, and whether it is made by the one process or the other. */
const ACTS = ['bring', 'use', 'useLater', 'useUp', 'hold', 'endHold', 'setting', 'refused', 'both'] as const;

type Act = (typeof ACTS)[number];

/** What processes that remember a journal have to keep to, on any SQL driver. */
export function describeKnownJournal(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`a journal in ${name} that was read before`, () => {
    test('is what stands, whoever has written since', async () => {
      const under = await open();
      const stores = [under.store, await under.another()];
      try {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.nat(1)), { minLength: 12, maxLength: 12 }),
            async (steps) => {
              const { number: org } = await foundOrganisation(under.store);
              for (const [at, [act, by]] of [['bring', 0] as const, ...steps].entries()) {
                await write(stores[by] as Store, org, act, at).catch((error: Error) =>
                  expect(error.message).toBe('no'),
                );
                for (const store of stores) expect(await remembered(store, org)).toEqual(await asItStands(store, org));
              }
            },
          ),
          { numRuns: 8 },
        );
      } finally {
        await under.remove();
      }
    });
  });
}

const NEEDS = {
  now: LATER as Instant,
  months: [MONTH, LATER].flatMap((at) => [
    { kind: 'app' as const, name: 'crm', month: monthOf(at) },
    { kind: 'service' as const, name: 'sms', month: monthOf(at) },
  ]),
};

function monthOf(at: number): number {
  return monthIndexOf(utcCalendar.dateOf(at as Instant));
}

/** What a write would go by, which is then undone. */
async function remembered(store: Store, org: number): Promise<JournalState> {
  return store.write(org, facts(LATER), async (unit) => {
    throw new Abandon(await unit.journalState(NEEDS));
  });
}

function asItStands(store: Store, org: number): Promise<JournalState> {
  return store.read(org, (view) => view.journalState(NEEDS));
}

async function write(store: Store, org: number, act: Act, at: number): Promise<void> {
  await store.write(org, facts(LATER), async (unit) => {
    if (act === 'setting') {
      const [own] = await unit.records.organisations.list();
      if (own !== undefined) await unit.records.organisations.update({ ...own, email: `${at}@acme.example` });
    } else if (act === 'hold') await unit.records.holds.insert(holdOf(at));
    else if (act === 'endHold') {
      const [due] = (await unit.journalState(NEEDS)).dueHolds;
      if (due !== undefined) await unit.records.holds.update({ ...due, state: 'expired' });
    } else await enter(unit, act, at);
    if (act === 'refused') throw new Error('no');
  });
}

async function enter(unit: LedgerUnit, act: Act, at: number): Promise<void> {
  const state = await unit.journalState(NEEDS);
  const journal = new Journal(state, { at: state.at, actor: 'ada', calendar: utcCalendar });
  if (act !== 'use' && act !== 'useLater' && act !== 'useUp') bring(journal, 1_000 + at, `grant_${at}`);
  const free = state.grants.reduce((sum, grant) => sum + grant.remaining, 0);
  const amount = fromMicro(act === 'useUp' ? free : Math.min(free, 100 + at));
  if (act !== 'bring' && amount > 0)
    journal.enter({
      type: 'usage',
      occurredAt: (act === 'use' ? NOON : LATER) as Instant,
      service: 'sms',
      app: 'crm',
      quantity: 1,
      freeQuantity: 0,
      unitPrice: amount,
      debit: usageAccount(1),
      credit: ACCOUNTS.credits,
      amount,
      draws: journal.grants.draw(amount),
    });
  if (journal.made > 0) await unit.post(journal.result());
}

function holdOf(at: number) {
  const id = `hold_${at}`;
  const expiresAt = (at % 2 === 0 ? NOON : LATER + 1_000) as Instant;
  const what = { app: 'crm', service: 'sms', quantity: null, credits: ZERO, captured: ZERO, campaign: null };
  return { id, state: 'open' as const, ...what, expiresAt, createdAt: NOON, draws: [], version: 1 };
}
