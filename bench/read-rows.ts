import { readFileSync } from 'node:fs';
import { interleave, median, medianRatio } from './measure';
import { READER } from './reader';
import { type BenchRow, formatMiB, formatMs, formatRatio, formatRows } from './table';
import { say, type Workshop } from './workshop';

/** Micro-credits as the CSV has them: a decimal of two to six places. */
const decimal = (x: string) =>
  `iif(${x} < 0, '-', '') || printf('%d.%02d', abs(${x}) / 1000000, abs(${x}) / 10000 % 100) || rtrim(printf('%04d', abs(${x}) % 10000), '0')`;
const AMOUNT = 'CASE WHEN debit = 1 THEN amount WHEN credit = 1 THEN -amount ELSE 0 END';

/** The export as one statement of the shell. It writes an empty cell for NULL. */
const SHELL_EXPORT = `SELECT printf('txn_%012x%010x', recorded_at, seq) || tag AS id,
  strftime('%Y-%m-%dT%H:%M:%S', occurred_at / 1000, 'unixepoch')
    || iif(occurred_at % 1000 = 0, 'Z', printf('.%03dZ', occurred_at % 1000)) AS time,
  type, service, app, user_name AS user, campaign, quantity, free_quantity,
  iif(unit_price IS NULL, NULL, ${decimal('unit_price')}) AS unit_price, ${decimal(`(${AMOUNT})`)} AS amount, '0.00' AS invoiced,
  ${decimal('balance')} AS balance, memo, reference, external_id, actor
FROM transactions JOIN organisations USING (org) WHERE transactions.org = 1 AND type NOT IN ('hold', 'release')
ORDER BY occurred_at DESC, seq;`;

/** S11: every transaction as CSV, to a file, against the `sqlite3` shell that writes the same bytes. */
export async function benchExport(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options, manyRows } = workshop;
  const [ledger, large] = [await workshop.ledger(options.rows), await workshop.ledger(manyRows)];
  const [ours, theirs] = [workshop.path('wallet.csv'), workshop.path('shell.csv')];
  const words = ['transactions', '--all', '--format', 'csv', '--force', '-o', ours];
  const shellWords = ['-csv', '-header', '-separator', ',', '-newline', '\n', ledger, SHELL_EXPORT];
  const hasShell = programs.has('sqlite3');
  const exported = () => programs.wallet(ledger, words);
  const shell = () => programs.run('sqlite3', shellWords, { stdoutFile: theirs });
  const times = hasShell
    ? await interleave(options.rounds, { wallet: exported, shell })
    : { ...(await interleave(options.rounds, { wallet: exported })), shell: [] };
  if (!hasShell) say('S11: the sqlite3 shell is not installed (Debian: apt-get install sqlite3)');
  else if (!readFileSync(ours).equals(readFileSync(theirs))) throw new Error('S11: the two exports are not the same');
  const peaks = await interleave(options.rounds, {
    many: () => programs.walletWithPeak(large, words).peak,
    few: () => programs.walletWithPeak(ledger, words).peak,
  });
  return [
    {
      work: `S11 CSV of ${formatRows(options.rows)}, against sqlite3 -csv (same bytes)`,
      wallet: formatMs(median(times.wallet)),
      floor: hasShell ? formatMs(median(times.shell)) : 'not installed',
      ratio: hasShell ? formatRatio(medianRatio(times.wallet, times.shell)) : '–',
      goal: '≤ 0.9×',
    },
    {
      work: `S11 its peak memory, ${formatRows(manyRows)}, against ${formatRows(options.rows)}`,
      wallet: formatMiB(median(peaks.many)),
      floor: formatMiB(median(peaks.few)),
      ratio: formatRatio(medianRatio(peaks.many, peaks.few)),
      goal: '≤ 120 MiB',
    },
  ];
}

/** S13: the proof of the whole ledger, against reading the same rows. */
export async function benchVerify(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options } = workshop;
  const ledger = await workshop.ledger(options.rows);
  const { verify, read } = await interleave(options.rounds, {
    verify: () => programs.wallet(ledger, ['verify']),
    read: () => programs.run(process.execPath, [__filename, READER, ledger]),
  });
  return [
    {
      work: `S13 verify of ${formatRows(options.rows)}, against reading its rows`,
      wallet: formatMs(median(verify)),
      floor: formatMs(median(read)),
      ratio: formatRatio(medianRatio(verify, read)),
      goal: '≤ 3×',
    },
  ];
}
