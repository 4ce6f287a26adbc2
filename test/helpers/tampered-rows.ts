import { formatDate, type PlainDate } from '../../src/core/date';
import type { Row } from './tampering';

/** What a finding may call the row: one of these words has to be in it. */
export const NAMES: Readonly<Record<string, (row: Row) => readonly string[]>> = {
  ledger: () => ['ledger 1', 'of ledger'],
  organisations: (row) => [String(row.id), `organisation ${row.org}`, 'of organisations', `organisations: ${row.org}`],
  wallets: () => ['is kept as', 'was at', 'were made', 'seal of write', 'of wallets', 'wallets:', 'is held'],
  transactions: (row) => [hex(row.seq), `entry ${row.seq}`, `${row.org}, which is not there`],
  draws: (row) => [hex(row.seq), `entry ${row.seq}`, `${row.org}, which is not there`],
  event_ids: (row) => [`key ${row.id_key}`, `${row.org}, which is not there`],
  grants: (row) => [String(row.id), `${row.org}, which is not there`],
  day_totals: (row) => [formatDate(row.day as PlainDate), `${row.org}, which is not there`],
  month_totals: (row) => [`${row.kind} ${row.name}`, `${row.org}, which is not there`],
  audit: (row) => [`write ${row.number} `, 'before it are missing', `${row.org}, which is not there`],
  idempotency_keys: (row) => [String(row.key), `${row.org}, which is not there`],
};
export const byId = (row: Row) => [String(row.id)];

/** A row that there was not, made of one that there is. */
export const INSERTS: Readonly<Record<string, (row: Row) => Row>> = {
  organisations: (row) => ({ ...row, org: 3, id: 'org_x', tag: 'abcdef', name: 'Gamma' }),
  wallets: (row) => ({ ...row, org: 3 }),
  transactions: (row) => ({ ...row, seq: Number(row.seq) + 1, external_id: null }),
  draws: (row) => ({ ...row, place: 7 }),
  event_ids: (row) => ({ ...row, id_key: 7 }),
  grants: (row) => ({ ...row, seq: 900, id: 'grant_x' }),
  day_totals: (row) => ({ ...row, day: 1, transactions: 0, quantity: 0, free_quantity: 0, amount: 0, invoiced: 0 }),
  month_totals: (row) => ({ ...row, name: 'fax', quantity: 0, free_quantity: 0, spent: 0 }),
  audit: (row) => ({ ...row, number: Number(row.number) + 1 }),
  idempotency_keys: (row) => ({ ...row, key: 'another' }),
  cards: (row) => ({ ...row, id: 'card_x', payment_method: 'pm_x', role: 'none' }),
  apps: (row) => ({ ...row, id: 'app_x', app: 'fax' }),
  services: (row) => ({ ...row, id: 'fax', number: 99 }),
  prices: (row) => ({ ...row, id: 'sms/000099', number: 99 }),
  purchases: (row) => ({ ...row, id: 'pur_x', payment: null, entry: null }),
  refunds: (row) => ({ ...row, id: 'rfd_x', reference: 're_x' }),
  setups: (row) => ({ ...row, id: 'setup_x' }),
  billing: (row) => ({ ...row, id: 'bill_x' }),
  holds: (row) => ({ ...row, id: 'hold_x', state: 'released' }),
};

/** How findings write the place of an entry. */
export function hex(seq: unknown): string {
  return Number(seq).toString(16).padStart(10, '0');
}
