import { interleave, median, medianRatio } from './measure';
import { type BenchRow, formatMiB, formatMs, formatRatio, formatRows } from './table';
import type { Workshop } from './workshop';

const FEW_ROWS = 10_000;

/** S5: usage of a year by app and month, which daily totals answer, in a long history and a short one. */
export async function benchUsageReport(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options, manyRows } = workshop;
  const [small, large] = [await workshop.ledger(FEW_ROWS), await workshop.ledger(manyRows)];
  const words = ['report', 'usage', '--by', 'app,month', '--period', '2025', '--json'];
  const { many, few } = await interleave(options.rounds * 3, {
    many: () => programs.wallet(large, words),
    few: () => programs.wallet(small, words),
  });
  return [
    {
      work: `S5 usage by app and month, ${formatRows(manyRows)} rows, against ${formatRows(FEW_ROWS)}`,
      wallet: formatMs(median(many)),
      floor: formatMs(median(few)),
      ratio: formatRatio(medianRatio(many, few)),
      goal: '≤ 1.5×',
    },
  ];
}

/** S12: every transaction as a spreadsheet, against CSV of the same. */
export async function benchSpreadsheet(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options } = workshop;
  const ledger = await workshop.ledger(options.rows);
  const words = (format: string) => {
    const file = workshop.path(`transactions.${format}`);
    return ['transactions', '--all', '--format', format, '--force', '-o', file];
  };
  const peaks: number[] = [];
  const { xlsx, csv } = await interleave(options.rounds, {
    xlsx: () => {
      const { ms, peak } = programs.walletWithPeak(ledger, words('xlsx'));
      peaks.push(peak);
      return ms;
    },
    csv: () => programs.wallet(ledger, words('csv')),
  });
  const rows = formatRows(options.rows);
  return [
    {
      work: `S12 XLSX of ${rows}, against CSV`,
      wallet: formatMs(median(xlsx)),
      floor: formatMs(median(csv)),
      ratio: formatRatio(medianRatio(xlsx, csv)),
      goal: '≤ 12×',
    },
    {
      work: `S12 its peak memory, ${rows}`,
      wallet: formatMiB(median(peaks)),
      floor: '–',
      ratio: '–',
      goal: '≤ 300 MiB',
    },
  ];
}
