import { cpus } from 'node:os';
import { CALLERS, runCallers } from './callers';
import { benchImport, benchLargeImport } from './import-rows';
import { type BenchOptions, parseOptions, USAGE } from './options';
import { benchPeers } from './peer-rows';
import { POSTER, runPoster } from './poster';
import { benchContention, benchPosting } from './posting-rows';
import { benchExport, benchVerify } from './read-rows';
import { READER, runReader } from './reader';
import { benchSpreadsheet, benchUsageReport } from './report-rows';
import { benchBatches, benchServed } from './served-rows';
import { benchServedPostings, benchServerImport, benchServerReports } from './server-rows';
import { benchBalance, benchHelp, benchPage, benchRecord } from './start-rows';
import { type BenchRow, formatLoad, formatTable } from './table';
import { say, Workshop } from './workshop';

/** The rows of the table, by their numbers. Some are measured together. */
const BENCHES: readonly { rows: readonly string[]; run: (workshop: Workshop) => Promise<readonly BenchRow[]> }[] = [
  { rows: ['S1'], run: benchBalance },
  { rows: ['S2'], run: benchHelp },
  { rows: ['S3'], run: benchRecord },
  { rows: ['S4'], run: benchPage },
  { rows: ['S5'], run: benchUsageReport },
  { rows: ['S6'], run: benchPosting },
  { rows: ['S7'], run: benchContention },
  { rows: ['S8', 'S10'], run: benchImport },
  { rows: ['S9'], run: benchLargeImport },
  { rows: ['S11'], run: benchExport },
  { rows: ['S12'], run: benchSpreadsheet },
  { rows: ['S13'], run: benchVerify },
  { rows: ['S14'], run: benchServed },
  { rows: ['S15'], run: benchBatches },
  { rows: ['S16'], run: benchServedPostings },
  { rows: ['S17'], run: benchServerImport },
  { rows: ['P4', 'P5'], run: benchServerReports },
];

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1); // a server that was measured may still be running, and would be waited for
});

async function main([first, ...rest]: readonly string[]): Promise<void> {
  // The floors and the crowd are processes of their own: this program again, with another job.
  if (first === POSTER) return runPoster(rest);
  if (first === CALLERS) return runCallers(rest);
  if (first === READER) return runReader(rest[0] ?? '');
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(USAGE);
  else await runBenches(options);
}

async function runBenches(options: BenchOptions): Promise<void> {
  const unknown = [...options.only].filter((name) => !BENCHES.some(({ rows }) => rows.includes(name)));
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(', ')}`);
  const workshop = new Workshop(options);
  process.once('SIGINT', () => {
    workshop.close();
    process.exit(130);
  });
  const before = formatLoad();
  const rows: BenchRow[] = [];
  try {
    for (const bench of BENCHES) {
      if (options.only.size > 0 && !bench.rows.some((name) => options.only.has(name))) continue;
      say(`${bench.rows.join(' and ')} …`);
      rows.push(...(await bench.run(workshop)));
    }
    if (options.peers) rows.push(...(await benchPeers(workshop)));
  } finally {
    workshop.close();
  }
  process.stdout.write(`${formatTable(rows)}\n\n${describeRun(options, before)}\n`);
}

function describeRun({ rows, rounds }: BenchOptions, loadBefore: string): string {
  const machine = `Node ${process.versions.node}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`;
  return `${machine}; --rows ${rows} --rounds ${rounds}; load ${loadBefore} before, ${formatLoad()} after`;
}
