import type { Credits } from '../../core/credits';
import type { EntryType } from '../../core/ledger/chart';
import { type Draw, type Entry, effectOnHeld, effectOnPosted, OVERDRAFT } from '../../core/ledger/entry';
import type { Instant } from '../../core/time';
import type { StoredEntry } from '../../ports/ledger-proof';
import type { ListedEntry, PostedEvent } from '../../ports/ledger-view';
import type { SqlValue } from './sql-driver';

/** The columns of `transactions`, in order. */
export const ENTRY_COLUMNS =
  'org, seq, type, occurred_at, recorded_at, service, app, user_name, campaign, quantity, free_quantity, unit_price, debit, credit, amount, balance, memo, reference, external_id, actor, grant_seq, row_check';

export const INSERT_ENTRY = `INSERT INTO transactions (${ENTRY_COLUMNS}) VALUES (${ENTRY_COLUMNS.split(',')
  .map(() => '?')
  .join(', ')})`;

/** An entry that drew on one grant says so in its own row; only what is split over several needs rows of `draws`. */
function soleGrant(entry: Entry): number | null {
  const [first] = entry.draws;
  return entry.draws.length === 1 && first !== undefined && first.grant !== OVERDRAFT ? first.grant : null;
}

export function toEntryRow(org: number, e: Entry, check: number): SqlValue[] {
  return [
    org,
    e.seq,
    e.type,
    e.occurredAt,
    e.recordedAt,
    e.service,
    e.app,
    e.user,
    e.campaign,
    e.quantity,
    e.freeQuantity,
    e.unitPrice,
    e.debit,
    e.credit,
    e.amount,
    e.balance,
    e.memo,
    e.reference,
    e.externalId,
    e.actor,
    soleGrant(e),
    check,
  ];
}

export const INSERT_DRAW = 'INSERT INTO draws (org, seq, place, grant_seq, amount) VALUES (?, ?, ?, ?, ?)';

/** The draws of the entries that are split over several grants, or drew on the overdraft. */
export function drawRows(org: number, entries: readonly Entry[]): SqlValue[][] {
  const split = entries.filter((entry) => soleGrant(entry) === null && entry.draws.length > 0);
  return split.flatMap(({ seq, draws }) => draws.map((draw, place) => [org, seq, place, draw.grant, draw.amount]));
}

/** A row of `transactions` as a list shows it: its values in the order of `ENTRY_COLUMNS`, without its draws. */
export function toListedEntry(values: readonly SqlValue[]): ListedEntry {
  return {
    seq: values[1] as number,
    type: values[2] as EntryType,
    occurredAt: values[3] as Instant,
    recordedAt: values[4] as Instant,
    service: values[5] as string | null,
    app: values[6] as string | null,
    user: values[7] as string | null,
    campaign: values[8] as string | null,
    quantity: values[9] as number | null,
    freeQuantity: values[10] as number | null,
    unitPrice: values[11] as Credits | null,
    debit: values[12] as number | null,
    credit: values[13] as number | null,
    amount: values[14] as Credits,
    balance: values[15] as Credits,
    memo: values[16] as string | null,
    reference: values[17] as string | null,
    externalId: values[18] as string | null,
    actor: values[19] as string,
  };
}

/** What is read of an entry to compare an event with it, in order. */
export const EVENT_COLUMNS =
  'seq, external_id, app, service, quantity, user_name, campaign, memo, occurred_at, reference, recorded_at';

/** Those values as what was posted. */
export function toPostedEvent(values: readonly SqlValue[]): PostedEvent {
  return {
    seq: values[0] as number,
    externalId: values[1] as string | null,
    app: values[2] as string | null,
    service: values[3] as string | null,
    quantity: values[4] as number | null,
    user: values[5] as string | null,
    campaign: values[6] as string | null,
    memo: values[7] as string | null,
    occurredAt: values[8] as Instant,
    reference: values[9] as string | null,
    recordedAt: values[10] as Instant,
  };
}

/** The same with its draws: from its own row where it names one grant, else those that were split off. */
export function toEntry(values: readonly SqlValue[], split: readonly Draw[] | undefined): Entry {
  const listed = toListedEntry(values);
  return { ...listed, draws: drawsOf(listed, values[20], split) };
}

/** The same together with its row check. */
export function toStoredEntry(values: readonly SqlValue[], split: readonly Draw[] | undefined): StoredEntry {
  return { entry: toEntry(values, split), check: Number(values[21]) };
}

function drawsOf(
  transfer: Pick<Entry, 'debit' | 'credit' | 'amount'>,
  grant: SqlValue | undefined,
  split: readonly Draw[] | undefined,
): readonly Draw[] {
  if (typeof grant !== 'number') return split ?? [];
  const held = effectOnHeld(transfer);
  return [{ grant, amount: held === 0 ? effectOnPosted(transfer) : held }];
}
