import { GUTTER, TEXT_FLOOR, widthOf } from './column-layout';
import { type Column, isNumeric } from './view';

/**
 * Which columns of a table there is room for, as indexes: all where they fit. Otherwise none that is empty, and then none
 * that can be spared, one after the other, until the rest fits with its texts shortened, but still readable.
 */
export function chooseColumns<T>(
  columns: readonly Column<T>[],
  rows: readonly (readonly string[])[],
  limit: number | undefined,
): readonly number[] {
  const all = columns.map((_, index) => index);
  const natural = columns.map(({ title }, index) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), widthOf(title)),
  );
  const least = columns.map((column, index) => {
    const width = natural[index] ?? 0;
    return isNumeric(column.kind) || column.kind === 'time' || isFixed(column) ? width : Math.min(width, TEXT_FLOOR);
  });
  const fits = (chosen: readonly number[], widths: readonly number[]) =>
    limit === undefined ||
    chosen.reduce((sum, index) => sum + (widths[index] ?? 0), GUTTER * (chosen.length - 1)) <= limit;
  if (fits(all, natural)) return all;
  let chosen = rows.length === 0 ? all : all.filter((index) => rows.some((row) => row[index] !== ''));
  for (const index of bySpare(columns)) {
    if (fits(chosen, least)) break;
    chosen = chosen.filter((each) => each !== index);
  }
  return chosen;
}

function bySpare<T>(columns: readonly Column<T>[]): readonly number[] {
  const spare = columns.flatMap((column, index) => (column.spare === undefined ? [] : [{ index, rank: column.spare }]));
  return spare.sort((a, b) => a.rank - b.rank).map(({ index }) => index);
}

function isFixed<T>({ whole, key }: Column<T>): boolean {
  return whole ?? key === 'id';
}
