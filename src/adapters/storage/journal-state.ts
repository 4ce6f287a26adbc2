import type { Credits } from '../../core/credits';
import type { WalletState } from '../../core/ledger/wallet-state';
import type { JournalNeeds, JournalState } from '../../ports/journal-state';
import { GRANT_COLUMNS, toGrant } from './ledger-rows';
import { fromRow } from './record-rows';
import type { Question, SqlConnection, SqlValue } from './sql-driver';

const OPEN_GRANTS = `SELECT ${GRANT_COLUMNS} FROM grants WHERE org = ? AND is_open = 1 ORDER BY seq`;
const DUE = "FROM holds WHERE org = ? AND state = 'open' AND expires_at <= ? ORDER BY expires_at, id";
const DUE_HOLDS = `SELECT id ${DUE}`;
const WHOLE_HOLDS = `SELECT * ${DUE}`;
const MONTH =
  'SELECT quantity, free_quantity, spent FROM month_totals WHERE org = ? AND month = ? AND kind = ? AND name = ?';

/** A month total that nothing was added to yet. */
const NOTHING = [0, 0, 0] as const;

type MonthKeys = NonNullable<JournalNeeds['months']>;

/** Reads all but the wallet, which has been read: in one trip, as nearly every write begins with it. */
export async function readJournalState(
  connection: SqlConnection,
  org: number,
  wallet: WalletState,
  { now, months = [] }: JournalNeeds,
): Promise<JournalState> {
  const at = now > wallet.recordedAt ? now : wallet.recordedAt;
  const questions: Question[] = [
    [OPEN_GRANTS, [org]],
    [DUE_HOLDS, [org, at]],
  ];
  for (const month of months) questions.push(monthQuestion(org, month));
  const [grants = [], due = [], ...totals] = await connection.tables(questions);
  const dueHolds =
    due.length === 0 ? [] : (await connection.all(WHOLE_HOLDS, [org, at])).map((r) => fromRow('holds', r));
  return { wallet, at, grants: grants.map(toGrant), dueHolds, months: toMonthTotals(months, totals) };
}

export async function readMonthTotals(connection: SqlConnection, org: number, months: MonthKeys) {
  return toMonthTotals(months, await connection.tables(months.map((month) => monthQuestion(org, month))));
}

function monthQuestion(org: number, { month, kind, name }: MonthKeys[number]): Question {
  return [MONTH, [org, month, kind, name]];
}

function toMonthTotals(months: MonthKeys, answers: readonly (readonly (readonly SqlValue[])[])[]) {
  return months.map(({ kind, name, month }, i) => {
    const [quantity, freeQuantity, spent] = (answers[i]?.[0] ?? NOTHING) as readonly [number, number, Credits];
    return { kind, name, month, quantity, freeQuantity, spent };
  });
}
