import { type Credits, fromMicro } from '../../src/core/credits';
import { ACCOUNTS, usageAccount } from '../../src/core/ledger/chart';
import type { EntryDraft } from '../../src/core/ledger/draft';
import { Journal } from '../../src/core/ledger/journal';
import type { Instant } from '../../src/core/time';
import { utcCalendar } from '../../src/core/time';
import type { LedgerUnit, WriteFacts } from '../../src/ports/ledger-unit';
import type { OrganisationRecord } from '../../src/ports/record-types';
import type { Store } from '../../src/ports/store';
import { blankOrganisation } from '../helpers/organisation-record';

export const NOON = Date.parse('2026-10-05T12:00:00Z') as Instant;
const ADA = { actor: 'ada', action: 'test', subject: 'a test', reason: null };

export function facts(at: number = NOON): WriteFacts {
  return { ...ADA, at: at as Instant };
}

let organisations = 0;

/** A new organisation with an empty wallet; its number is its key. */
export async function foundOrganisation(store: Store, name?: string): Promise<OrganisationRecord> {
  await store.found({ instance: 'test', provider: 'sandbox', mode: 'sandbox', account: null, createdAt: NOON });
  organisations += 1;
  const number = organisations;
  const record = blankOrganisation({
    id: `org_${number}`,
    tag: number.toString(16).padStart(6, '0'),
    name: name ?? `Org ${number}`,
    createdAt: NOON,
  });
  return store.createOrganisation(record, facts(), async (_unit, org) => org);
}

/** Posts what the work enters into a journal, as one write. */
export function post(store: Store, org: number, work: (journal: Journal) => void, at: number = NOON): Promise<void> {
  return store.write(org, facts(at), (unit) => postIn(unit, work, at));
}

export async function postIn(unit: LedgerUnit, work: (journal: Journal) => void, at: number = NOON): Promise<void> {
  const state = await unit.journalState({ now: at as Instant });
  const journal = new Journal(state, { at: at as Instant, actor: 'ada', calendar: utcCalendar });
  work(journal);
  await unit.post(journal.result());
}

/** Brings credits in, under a grant of the given id. */
export function bring(journal: Journal, micro: number, id: string): void {
  const draft = {
    type: 'grant',
    occurredAt: journal.at,
    amount: fromMicro(micro),
    credit: ACCOUNTS.promotions,
  } as const;
  journal.bringIn(draft, { id, kind: 'promotional', source: 'a test' });
}

export type UseDraft = Partial<Omit<EntryDraft, 'amount'>> & {
  readonly micro?: number;
  readonly at?: number;
  readonly postpaid?: boolean;
};

/** Enters usage: from the grants, or onto the invoice. */
export function use(journal: Journal, { micro = 0, at = journal.at, postpaid = false, ...draft }: UseDraft): void {
  const amount = fromMicro(micro) as Credits;
  const moves = micro > 0;
  journal.enter({
    type: 'usage',
    occurredAt: at as Instant,
    service: 'sms',
    app: 'crm',
    quantity: 1,
    freeQuantity: moves ? 0 : 1,
    unitPrice: moves ? amount : null,
    debit: moves ? usageAccount(1) : null,
    credit: moves ? (postpaid ? ACCOUNTS.postpaid : ACCOUNTS.credits) : null,
    amount,
    draws: moves && !postpaid ? journal.grants.draw(amount) : [],
    ...draft,
  });
}
