import type { Grant } from '../../core/credit/grant';
import type { Link } from '../../core/ledger/chain';
import type { Posting } from '../../core/ledger/posting';
import type { DayTotal, MonthTotal } from '../../core/ledger/totals';
import type { WalletState } from '../../core/ledger/wallet-state';
import type { KeyRecord } from '../../ports/key-record';
import type { WalletRow } from './ledger-rows';
import type { Change, SqlValue } from './sql-driver';

const INSERT_GRANT =
  'INSERT INTO grants (org, seq, id, kind, credits, priority, expires_at, source, created_at, remaining, held, is_open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
/** For grants that stay open: as their mark is left alone, so is the index of the open ones. */
const UPDATE_OPEN_GRANT = 'UPDATE grants SET remaining = ?, held = ? WHERE org = ? AND seq = ?';
const UPDATE_GRANT = 'UPDATE grants SET remaining = ?, held = ?, is_open = ? WHERE org = ? AND seq = ?';
export const ADD_TO_DAY = `INSERT INTO day_totals
  (org, day, type, service, app, user_name, campaign, transactions, quantity, free_quantity, amount, invoiced)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (org, day, type, service, app, user_name, campaign) DO UPDATE SET
  transactions = day_totals.transactions + excluded.transactions, quantity = day_totals.quantity + excluded.quantity,
  free_quantity = day_totals.free_quantity + excluded.free_quantity, amount = day_totals.amount + excluded.amount,
  invoiced = day_totals.invoiced + excluded.invoiced`;
export const ADD_TO_MONTH = `INSERT INTO month_totals (org, month, kind, name, quantity, free_quantity, spent)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (org, month, kind, name) DO UPDATE SET quantity = month_totals.quantity + excluded.quantity,
  free_quantity = month_totals.free_quantity + excluded.free_quantity, spent = month_totals.spent + excluded.spent`;

export const INSERT_LINK =
  'INSERT INTO audit (org, number, recorded_at, actor, action, subject, reason, changes, first_seq, entries, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
export const INSERT_KEY =
  'INSERT INTO idempotency_keys (org, key, operation, fingerprint, result, recorded_at) VALUES (?, ?, ?, ?, ?, ?)';
/** Its sums, then the end of the chain. */
export const UPDATE_WALLET =
  'UPDATE wallets SET posted = ?, held = ?, overdrawn = ?, overdraft_limit = ?, postpaid = ?, seq = ?, recorded_at = ?, links = ?, head = ?, settings_seal = ? WHERE org = ?';
/** The same where the chain still ends as it did when this was decided, in a ledger that was not moved: else it is refused, as no chain ends in nothing. */
export const UPDATE_WALLET_AFTER =
  'UPDATE wallets SET posted = ?, held = ?, overdrawn = ?, overdraft_limit = ?, postpaid = ?, seq = ?, recorded_at = ?, links = ?, head = CASE WHEN head = ? AND moved_to IS NULL THEN ? END, settings_seal = ? WHERE org = ?';

/** Where `walletRow` has the end of the chain. */
const HEAD = 8;

export function linkRow(org: number, link: Omit<Link, 'hash'>, hash: string): readonly SqlValue[] {
  const { number, recordedAt, actor, action, subject, reason, changes, firstSeq, entries } = link;
  return [org, number, recordedAt, actor, action, subject, reason, changes, firstSeq, entries, hash];
}

export function walletRow(
  org: number,
  wallet: WalletState,
  { links, head, settingsSeal }: Pick<WalletRow, 'links' | 'head' | 'settingsSeal'>,
): readonly SqlValue[] {
  const { posted, held, overdrawn, overdraftLimit, postpaid, seq, recordedAt } = wallet;
  return [posted, held, overdrawn, overdraftLimit, postpaid, seq, recordedAt, links, head, settingsSeal, org];
}

/** What `walletRow` answers, for `UPDATE_WALLET_AFTER`. */
export function rowAfter(head: string, row: readonly SqlValue[]): readonly SqlValue[] {
  return [...row.slice(0, HEAD), head, ...row.slice(HEAD)];
}

/** As a row of `idempotency_keys`. */
export function keyRow(org: number, k: KeyRecord): readonly SqlValue[] {
  return [org, k.key, k.operation, k.fingerprint, k.result, k.recordedAt];
}

function dayRow(org: number, d: DayTotal): readonly SqlValue[] {
  const { day, type, service, app, user, campaign, transactions, quantity, freeQuantity, amount, invoiced } = d;
  return [org, day, type, service, app, user, campaign, transactions, quantity, freeQuantity, amount, invoiced];
}

function monthRow(org: number, m: MonthTotal): readonly SqlValue[] {
  return [org, m.month, m.kind, m.name, m.quantity, m.freeQuantity, m.spent];
}

function grantRow(org: number, g: Grant): readonly SqlValue[] {
  const { seq, id, kind, credits, priority, expiresAt, source, createdAt, remaining, held } = g;
  return [org, seq, id, kind, credits, priority, expiresAt, source, createdAt, remaining, held, mark(remaining)];
}

/** What a posting changes beside the log, statement by statement. `open` were open before; of other grants nothing is known. */
export function changesOf(org: number, posting: Posting, open: readonly Grant[]): readonly Change[] {
  const wereOpen = new Set(open.map((grant) => grant.seq));
  const stays = (grant: Grant) => grant.remaining > 0 && wereOpen.has(grant.seq);
  const staying = posting.changed.filter(stays);
  const others = posting.changed.filter((grant) => !stays(grant));
  return [
    [INSERT_GRANT, posting.opened.map((grant) => grantRow(org, grant))],
    [UPDATE_OPEN_GRANT, staying.map((g) => [g.remaining, g.held, org, g.seq])],
    [UPDATE_GRANT, others.map((g) => [g.remaining, g.held, mark(g.remaining), org, g.seq])],
    [ADD_TO_DAY, posting.days.map((day) => dayRow(org, day))],
    [ADD_TO_MONTH, posting.months.map((month) => monthRow(org, month))],
  ];
}

function mark(remaining: number): number {
  return remaining > 0 ? 1 : 0;
}

/** What of a grant never changes: what the seal covers. Its remainder follows from the log. */
export function grantTerms(grant: Grant): unknown {
  const { seq, id, kind, credits, priority, expiresAt, source, createdAt } = grant;
  return { seq, id, kind, credits, priority, expiresAt, source, createdAt };
}
