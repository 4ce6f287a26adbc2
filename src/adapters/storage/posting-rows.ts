import type { Grant } from '../../core/credit/grant';
import type { DayTotal, MonthTotal } from '../../core/ledger/totals';
import type { SqlValue } from './sql-driver';

export const INSERT_GRANT =
  'INSERT INTO grants (org, seq, id, kind, credits, priority, expires_at, source, created_at, remaining, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
export const UPDATE_GRANT = 'UPDATE grants SET remaining = ?, held = ? WHERE org = ? AND seq = ?';
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

export function dayRow(org: number, d: DayTotal): readonly SqlValue[] {
  const { day, type, service, app, user, campaign, transactions, quantity, freeQuantity, amount, invoiced } = d;
  return [org, day, type, service, app, user, campaign, transactions, quantity, freeQuantity, amount, invoiced];
}

export function monthRow(org: number, m: MonthTotal): readonly SqlValue[] {
  return [org, m.month, m.kind, m.name, m.quantity, m.freeQuantity, m.spent];
}

export function grantRow(org: number, g: Grant): readonly SqlValue[] {
  const { seq, id, kind, credits, priority, expiresAt, source, createdAt, remaining, held } = g;
  return [org, seq, id, kind, credits, priority, expiresAt, source, createdAt, remaining, held];
}

/** What of a grant never changes: what the seal covers. Its remainder follows from the log. */
export function grantTerms(grant: Grant): unknown {
  const { seq, id, kind, credits, priority, expiresAt, source, createdAt } = grant;
  return { seq, id, kind, credits, priority, expiresAt, source, createdAt };
}
