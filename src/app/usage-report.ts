import type { UsageFigures, UsageReport, UsageReportRow } from '../contract/reports';
import type { TransactionFilter } from '../contract/transactions';
import { type Credits, formatCredits } from '../core/credits';
import {
  parseGroups,
  shareOf,
  subtotals,
  UsageFold,
  type UsageGroup,
  type UsageRow,
  type UsageSums,
} from '../core/report/usage';
import type { Dependencies } from './dependencies';
import { type MovementFields, movementsOf } from './movements';
import { readLedger } from './session';
import { resolveFilter } from './transaction-filter';

/** What usage is, unless other types are asked for: events and their reversals. */
const USAGE_TYPES = ['usage', 'reversal'];

/** Sums of the transactions that pass the filters, by groups, with subtotals of every leading group. */
export async function reportUsage(
  deps: Dependencies,
  request: TransactionFilter & { by: readonly string[] },
): Promise<UsageReport> {
  const groups = parseGroups(request.by);
  return readLedger(deps, 'transaction.read', async (view, session) => {
    const types = request.types === undefined || request.types.length === 0 ? USAGE_TYPES : request.types;
    const { query, range } = resolveFilter(session, { ...request, types });
    const fold = new UsageFold(groups);
    for await (const days of movementsOf(view, session, query, fieldsOf(groups))) {
      for (const total of days) fold.take(total);
    }
    const { rows, total } = fold.result();
    const present = (row: UsageRow) => presentRow(row, groups, total.cost);
    const levels = groups.slice(0, -1).map((_, at) => subtotals(rows, at + 1).map(present));
    return { by: groups, range, rows: rows.map(present), subtotals: levels.flat(), total: figures(total) };
  });
}

function fieldsOf(groups: readonly UsageGroup[]): MovementFields {
  const isTime = (group: UsageGroup) => group === 'day' || group === 'week' || group === 'month';
  return [...new Set(groups.map((group) => (isTime(group) ? 'day' : group)))];
}

function presentRow(row: UsageRow, groups: readonly UsageGroup[], whole: Credits): UsageReportRow {
  const names = Object.fromEntries(row.groups.map((value, at) => [groups[at] ?? '', value]));
  return { ...names, ...figures(row), share: shareOf(row.cost, whole) };
}

/** Sums as callers see them. */
export function figures(sums: UsageSums): UsageFigures {
  return {
    transactions: sums.transactions,
    quantity: sums.quantity,
    freeQuantity: sums.freeQuantity,
    reversedQuantity: sums.reversedQuantity,
    amount: formatCredits(sums.amount),
    invoiced: formatCredits(sums.invoiced),
    cost: formatCredits(sums.cost),
  };
}
