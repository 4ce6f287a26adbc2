import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { openBarePostings } from './bare-postings';
import { interleave, median, medianRatio, percentile, timed } from './measure';
import { POSTER, type PosterReport, WARM_UP } from './poster';
import { type BenchRow, formatMs, formatRate, formatRatio } from './table';
import { singleEvent, type Workshop } from './workshop';

const POSTINGS = 300;
const BLOCK = Buffer.alloc(4096, 1);
const PROCESSES = 8;
const CONTENTION_MS = 2_000;
const HISTORY_ROWS = 10_000;

/**
 * S6: durable postings through the service, one after another, against durable writes of a block to the same disk; and
 * the same rows without the service, which is as fast as postings could be.
 */
export async function benchPosting(workshop: Workshop): Promise<readonly BenchRow[]> {
  const ledger = await workshop.ledger(HISTORY_ROWS);
  const wallet = await workshop.openService(workshop.copy(ledger, 'posting.db'));
  const bare = openBarePostings(workshop.copy(ledger, 'bare.db'));
  const blocks = openBlocks(workshop.path('blocks'));
  let next = 0;
  const post = async () => {
    for (let i = 0; i < POSTINGS; i += 1) {
      await wallet.usage.record(singleEvent(`posting-${next}`, next));
      next += 1;
    }
  };
  const postBare = () => {
    for (let i = 0; i < POSTINGS; i += 1) bare.post();
  };
  const perSecond = async (work: () => unknown) => (POSTINGS / (await timed(work))) * 1000;
  while (next < WARM_UP) {
    await post(); // a program that posts all day is warm
    postBare();
  }
  const { postings, rows, writes } = await interleave(workshop.options.rounds * 2 + 1, {
    postings: () => perSecond(post),
    rows: () => perSecond(postBare),
    writes: () => perSecond(blocks.write),
  });
  blocks.close();
  bare.close();
  await wallet.close();
  const against = (work: string, rates: readonly number[], goal: string): BenchRow => ({
    work: `S6 ${work}, against write + fdatasync of 4 KiB`,
    wallet: formatRate(median(rates)),
    floor: formatRate(median(writes)),
    ratio: formatRatio(medianRatio(rates, writes)),
    goal,
  });
  return [against('single posting', postings, '≥ 0.45×'), against('its rows by bare statements', rows, '–')];
}

/** A file whose blocks are all there already: writing one again changes nothing but the block. */
function openBlocks(path: string) {
  const file = openSync(path, 'w');
  for (let i = 0; i < POSTINGS; i += 1) writeSync(file, BLOCK, 0, BLOCK.length, i * BLOCK.length);
  fsyncSync(file);
  const write = () => {
    for (let i = 0; i < POSTINGS; i += 1) {
      writeSync(file, BLOCK, 0, BLOCK.length, i * BLOCK.length);
      fdatasyncSync(file);
    }
  };
  return { write, close: () => closeSync(file) };
}

/** S7: eight processes that post to one wallet, against one process. */
export async function benchContention(workshop: Workshop): Promise<readonly BenchRow[]> {
  const ledger = workshop.copy(await workshop.ledger(HISTORY_ROWS), 'contention.db');
  const fairness: number[] = [];
  const waits: number[] = [];
  let failures = 0;
  const team = await startTeam(workshop, ledger);
  const { many, one } = await interleave(workshop.options.rounds, {
    many: async () => {
      const reports = await postTogether(team);
      const counts = reports.map((report) => report.latencies.length);
      fairness.push(Math.min(...counts) / Math.max(...counts));
      waits.push(
        percentile(
          reports.flatMap((report) => report.latencies),
          0.99,
        ),
      );
      failures += reports.reduce((sum, report) => sum + report.failures, 0);
      return totalRate(reports);
    },
    one: async () => totalRate(await postTogether(team.slice(0, 1))),
  });
  for (const poster of team) poster.disconnect();
  await Promise.all(team.map((poster) => once(poster, 'exit')));
  const work = `S7 ${PROCESSES} processes, one wallet`;
  const none = { floor: '–', ratio: '–' };
  return [
    {
      work: `${work}: together, against one process`,
      wallet: formatRate(median(many)),
      floor: formatRate(median(one)),
      ratio: formatRatio(medianRatio(many, one)),
      goal: '≥ 0.7×',
    },
    {
      work: `${work}: slowest of the fastest`,
      wallet: '–',
      floor: '–',
      ratio: formatRatio(median(fairness)),
      goal: '≥ 0.5×',
    },
    { work: `${work}: p99 of a posting`, ...none, wallet: formatMs(median(waits)), goal: '≤ 150 ms' },
    { work: `${work}: failures`, ...none, wallet: String(failures), goal: 'none' },
  ];
}

/** Postings a second of all together, over the time that each of them was given. */
function totalRate(reports: readonly PosterReport[]): number {
  return reports.reduce((sum, { latencies, elapsedMs }) => sum + (latencies.length / elapsedMs) * 1000, 0);
}

/** Starts the processes, and waits until each of them has its ledger open and is warm. */
async function startTeam(workshop: Workshop, ledger: string): Promise<readonly ChildProcess[]> {
  const team = Array.from({ length: PROCESSES }, (_, i) =>
    fork(__filename, [POSTER, ledger, workshop.folder, `poster-${i}`, String(CONTENTION_MS)], {
      env: { PATH: process.env.PATH ?? '', HOME: workshop.folder },
    }),
  );
  await Promise.all(team.map(nextMessage));
  return team;
}

/** Lets those of the team post at once; the others do nothing meanwhile. */
async function postTogether(team: readonly ChildProcess[]): Promise<readonly PosterReport[]> {
  const reports = team.map(nextMessage);
  for (const poster of team) poster.send('go');
  // After the first message, that it is ready, a poster sends its reports.
  return (await Promise.all(reports)) as PosterReport[];
}

/** Listens no longer than it waits: one process is asked in every round. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const heard = new AbortController();
  const { signal } = heard;
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([status]) => {
        throw new Error(`a poster ended with ${status} before it was done`);
      }),
    ]);
    return message;
  } finally {
    heard.abort();
  }
}
