import type { RecordKind } from '../../ports/record-types';
import { ALERT_COLUMNS } from './alert-columns';
import { ORGANISATION_COLUMNS } from './organisation-columns';
import { PAYMENT_COLUMNS } from './payment-columns';
import { RECHARGE_COLUMNS } from './recharge-columns';
import type { Columns } from './record-columns';
import { USAGE_COLUMNS } from './usage-columns';

/** The columns of every kind of record; a kind's are made when they are first asked for. */
const TABLES: Readonly<Record<RecordKind, () => Columns>> = {
  ...ORGANISATION_COLUMNS,
  ...PAYMENT_COLUMNS,
  ...USAGE_COLUMNS,
  ...RECHARGE_COLUMNS,
  ...ALERT_COLUMNS,
};

const made = new Map<RecordKind, Columns>();

/** The columns of a kind of record. */
export function columnsOf(kind: RecordKind): Columns {
  let columns = made.get(kind);
  if (columns === undefined) {
    columns = TABLES[kind]();
    made.set(kind, columns);
  }
  return columns;
}

/** Working notes that follow from the log: no seal covers them. */
export const UNSEALED: ReadonlySet<RecordKind> = new Set([
  'token_uses',
  'evaluations',
  'watches',
  'notices',
  'deliveries',
]);

/** The kinds that the seal covers: a state of one that was made by hand is found. */
export const RECORD_KINDS = (Object.keys(TABLES) as readonly RecordKind[]).filter((kind) => !UNSEALED.has(kind));
