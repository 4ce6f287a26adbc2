import { interleave, median, medianRatio } from './measure';
import { type BenchRow, formatMiB, formatMs, formatRatio, formatRows } from './table';
import { say, type Workshop } from './workshop';

/** What the shell does with the same file: staged as it is, then moved under the key that a ledger has to keep. */
const SHELL_SCRIPT = (file: string) => `PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE events (org INTEGER NOT NULL, id TEXT NOT NULL, time TEXT NOT NULL, app TEXT NOT NULL,
  service TEXT NOT NULL, quantity INTEGER NOT NULL, user TEXT, campaign TEXT, PRIMARY KEY (org, id));
CREATE TEMPORARY TABLE staged (id TEXT, time TEXT, app TEXT, service TEXT, quantity INTEGER, user TEXT, campaign TEXT);
.mode csv
.import --schema temp --skip 1 ${file} staged
INSERT INTO events SELECT 1, id, time, app, service, quantity, user, campaign FROM staged;
`;

/** S8 and S10: a file of events that are new, and the same file once more, against the `sqlite3` shell. */
export async function benchImport(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options } = workshop;
  const file = workshop.events(options.rows);
  const again: number[] = [];
  const hasShell = programs.has('sqlite3');
  const importTwice = async () => {
    const ledger = await workshop.freshLedger('import.db');
    const ms = programs.wallet(ledger, ['usage', 'import', file]);
    again.push(programs.wallet(ledger, ['usage', 'import', file]));
    return ms;
  };
  const shell = () => {
    const database = workshop.path('shell.db');
    workshop.remove(database);
    return programs.run('sqlite3', ['-bail', database], { input: SHELL_SCRIPT(file) });
  };
  const first = hasShell
    ? await interleave(options.rounds, { fresh: importTwice, shell })
    : { ...(await interleave(options.rounds, { fresh: importTwice })), shell: [] };
  if (!hasShell) say('S8: the sqlite3 shell is not installed (Debian: apt-get install sqlite3)');
  const rows = formatRows(options.rows);
  return [
    {
      work: `S8 usage import of ${rows}, against sqlite3 .import and INSERT … SELECT`,
      wallet: formatMs(median(first.fresh)),
      floor: hasShell ? formatMs(median(first.shell)) : 'not installed',
      ratio: hasShell ? formatRatio(medianRatio(first.fresh, first.shell)) : '–',
      goal: '≤ 0.9×',
    },
    {
      work: `S10 the same ${rows} again, against the first time`,
      wallet: formatMs(median(again)),
      floor: formatMs(median(first.fresh)),
      ratio: formatRatio(medianRatio(again, first.fresh)),
      goal: '≤ 0.5×',
    },
  ];
}

/** S9: ten times the rows, in time and in memory. */
export async function benchLargeImport(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { options, manyRows } = workshop;
  const peaks = { many: [] as number[], few: [] as number[] };
  const importRows = (rows: number, size: 'many' | 'few') => async () => {
    const ledger = await workshop.freshLedger('large-import.db');
    const { ms, peak } = workshop.programs.walletWithPeak(ledger, ['usage', 'import', workshop.events(rows)]);
    peaks[size].push(peak);
    return ms;
  };
  const times = await interleave(options.rounds, {
    many: importRows(manyRows, 'many'),
    few: importRows(options.rows, 'few'),
  });
  const sizes = `${formatRows(manyRows)}, against ${formatRows(options.rows)}`;
  const tenTimes = times.few.map((ms) => ms * 10);
  return [
    {
      work: `S9 usage import of ${sizes} ten times over`,
      wallet: formatMs(median(times.many)),
      floor: formatMs(median(tenTimes)),
      ratio: formatRatio(medianRatio(times.many, tenTimes)),
      goal: '≤ 1.3×',
    },
    {
      work: `S9 its peak memory, ${sizes}`,
      wallet: formatMiB(median(peaks.many)),
      floor: formatMiB(median(peaks.few)),
      ratio: formatRatio(medianRatio(peaks.many, peaks.few)),
      goal: '≤ 400 MiB, 0.75 to 1.25×',
    },
  ];
}
