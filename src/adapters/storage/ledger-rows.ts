import type { Grant, GrantKind } from '../../core/credit/grant';
import type { Credits } from '../../core/credits';
import type { PlainDate } from '../../core/date';
import type { Link } from '../../core/ledger/chain';
import type { EntryType } from '../../core/ledger/chart';
import type { Draw } from '../../core/ledger/entry';
import type { DayTotal } from '../../core/ledger/totals';
import type { WalletState } from '../../core/ledger/wallet-state';
import type { Instant } from '../../core/time';
import type { KeyRecord } from '../../ports/key-record';
import type { LedgerInfo } from '../../ports/ledger-info';
import type { SqlRow, SqlValue } from './sql-driver';

export function toLedgerInfo(row: SqlRow): LedgerInfo {
  return {
    instance: row.instance as string,
    provider: row.provider as LedgerInfo['provider'],
    mode: row.mode as LedgerInfo['mode'],
    account: (row.account ?? null) as string | null,
    createdAt: row.created_at as Instant,
  };
}

/** Rows of `draws`, by entry, in their order. */
export function groupDraws(rows: readonly SqlRow[]): Map<number, Draw[]> {
  const draws = new Map<number, Draw[]>();
  const inOrder = [...rows].sort(
    (a, b) => numberOf(a, 'seq') - numberOf(b, 'seq') || numberOf(a, 'place') - numberOf(b, 'place'),
  );
  for (const row of inOrder) {
    const list = draws.get(numberOf(row, 'seq')) ?? [];
    list.push({ grant: numberOf(row, 'grant_seq'), amount: numberOf(row, 'amount') as Credits });
    draws.set(numberOf(row, 'seq'), list);
  }
  return draws;
}

export function numberOf(row: SqlRow | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

/** A row of `day_totals`, or of sums over it. */
export function toDayTotal(row: SqlRow): DayTotal {
  return {
    day: numberOf(row, 'day') as PlainDate,
    type: row.type as EntryType,
    service: row.service as string,
    app: row.app as string,
    user: row.user_name as string,
    campaign: row.campaign as string,
    transactions: numberOf(row, 'transactions'),
    quantity: numberOf(row, 'quantity'),
    freeQuantity: numberOf(row, 'free_quantity'),
    amount: numberOf(row, 'amount') as Credits,
    invoiced: numberOf(row, 'invoiced') as Credits,
  };
}

export const WALLET_COLUMNS =
  'posted, held, overdrawn, overdraft_limit, postpaid, seq, recorded_at, links, head, settings_seal, moved_to';

/** The row of a wallet: its state, the end of the chain, and the seal of the last change of a setting. */
export interface WalletRow {
  readonly wallet: WalletState;
  readonly links: number;
  readonly head: string;
  readonly settingsSeal: string;
  readonly movedTo: string | null;
}

export function toWalletRow(values: readonly SqlValue[]): WalletRow {
  const wallet: WalletState = {
    posted: values[0] as Credits,
    held: values[1] as Credits,
    overdrawn: values[2] as Credits,
    overdraftLimit: values[3] as Credits,
    postpaid: values[4] as Credits,
    seq: values[5] as number,
    recordedAt: values[6] as Instant,
  };
  return {
    wallet,
    links: values[7] as number,
    head: values[8] as string,
    settingsSeal: values[9] as string,
    movedTo: values[10] as string | null,
  };
}

export const GRANT_COLUMNS = 'id, seq, kind, credits, priority, expires_at, source, created_at, remaining, held';

export function toGrant(values: readonly SqlValue[]): Grant {
  return {
    id: values[0] as string,
    seq: values[1] as number,
    kind: values[2] as GrantKind,
    credits: values[3] as Credits,
    priority: values[4] as number,
    expiresAt: values[5] as Instant | null,
    source: values[6] as string,
    createdAt: values[7] as Instant,
    remaining: values[8] as Credits,
    held: values[9] as Credits,
  };
}

export function toKeyRecord(row: SqlRow): KeyRecord {
  return {
    key: row.key as string,
    operation: row.operation as string,
    fingerprint: row.fingerprint as string,
    result: row.result as string,
    recordedAt: row.recorded_at as Instant,
  };
}

export function toLink(row: SqlRow): Link {
  return {
    number: row.number as number,
    recordedAt: row.recorded_at as Instant,
    actor: row.actor as string,
    action: row.action as string,
    subject: row.subject as string,
    reason: row.reason as string | null,
    changes: row.changes as string,
    firstSeq: row.first_seq as number,
    entries: row.entries as number,
    hash: row.hash as string,
  };
}
