import type { Credits } from '../../core/credits';
import type { MonthTotal } from '../../core/ledger/totals';
import type { WalletState } from '../../core/ledger/wallet-state';
import type { Instant } from '../../core/time';
import type { JournalNeeds, JournalState } from '../../ports/journal-state';
import { KnownJournal } from './known-journals';
import { GRANT_COLUMNS, toGrant } from './ledger-rows';
import { fromRow } from './record-rows';
import type { Question, SqlConnection, SqlValue } from './sql-driver';

const OPEN_GRANTS = `SELECT ${GRANT_COLUMNS} FROM grants WHERE org = ? AND is_open = 1 ORDER BY seq`;
const NEXT_HOLD = "SELECT min(expires_at) FROM holds WHERE org = ? AND state = 'open'";
const DUE_HOLDS = "SELECT * FROM holds WHERE org = ? AND state = 'open' AND expires_at <= ? ORDER BY expires_at, id";
const MONTH =
  'SELECT quantity, free_quantity, spent FROM month_totals WHERE org = ? AND month = ? AND kind = ? AND name = ?';

/** A month total that nothing was added to yet. */
const NOTHING = [0, 0, 0] as const;

type MonthKeys = NonNullable<JournalNeeds['months']>;

/** Reads what a journal starts from beside the wallet: in one trip, as nearly every write begins with it. */
export async function readJournal(
  connection: SqlConnection,
  org: number,
  months: MonthKeys = [],
): Promise<KnownJournal> {
  const questions: Question[] = [
    [OPEN_GRANTS, [org]],
    [NEXT_HOLD, [org]],
  ];
  for (const month of months) questions.push(monthQuestion(org, month));
  const [grants = [], next = [], ...totals] = await connection.tables(questions);
  const nextHold = (next[0]?.[0] ?? null) as Instant | null;
  return new KnownJournal(grants.map(toGrant), toMonthTotals(months, totals), nextHold);
}

/** The same with the month totals that are asked for and not known yet. */
export async function withMonths(connection: SqlConnection, org: number, known: KnownJournal, months: MonthKeys = []) {
  const missing = months.filter((key) => known.month(key) === undefined);
  return missing.length === 0 ? known : known.with(await readMonthTotals(connection, org, missing));
}

/** What a journal starts from, of what is known of it: all months that are asked for among it. */
export async function journalStateOf(
  connection: SqlConnection,
  org: number,
  { known, wallet, needs }: { known: KnownJournal; wallet: WalletState; needs: JournalNeeds },
): Promise<JournalState> {
  const at = needs.now > wallet.recordedAt ? needs.now : wallet.recordedAt;
  const isDue = known.nextHold !== null && known.nextHold <= at;
  const dueHolds = isDue ? (await connection.all(DUE_HOLDS, [org, at])).map((row) => fromRow('holds', row)) : [];
  const months = (needs.months ?? []).map((key) => known.month(key) as MonthTotal);
  return { wallet, at, grants: known.grants, dueHolds, months };
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
