import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type CallReport, callTogether } from './callers';
import { interleave, median, medianRatio, percentile, timed } from './measure';
import { furnish, serve } from './server';
import { type BenchRow, formatMs, formatRate, formatRatio, formatRows } from './table';
import { openService, singleEvent, type Workshop } from './workshop';

const CONNECTIONS = 64;
const CALL_MS = 3_000;
const POSTINGS = 500;
const BATCH = 1_000;
let crowds = 0;

/** S14: 64 connections that post to one wallet over HTTP, against postings through the service one after another. */
export async function benchServed(workshop: Workshop): Promise<readonly BenchRow[]> {
  const ledger = workshop.path('served.db');
  const tokenFile = workshop.path('served-token');
  writeFileSync(tokenFile, (await furnish(ledger, workshop.folder, 1)).join('\n'));
  const server = await serve(ledger, workshop.folder);
  const alone = await openService(await workshop.freshLedger('alone.db'), workshop.folder);
  const waits: number[] = [];
  let next = 0;
  let failures = 0;
  const postAlone = async () => {
    for (let i = 0; i < POSTINGS; i += 1) {
      await alone.usage.record(singleEvent(`alone-${next}`, next));
      next += 1;
    }
  };
  const served = async () => {
    const report = await crowd({ port: server.port, connections: CONNECTIONS, tokenFile });
    waits.push(percentile(report.latencies, 0.99));
    failures += report.failures;
    return rateOf(report);
  };
  await postAlone(); // both have been at it all day
  await served();
  waits.length = 0;
  const rates = await interleave(workshop.options.rounds, {
    served,
    alone: async () => (POSTINGS / (await timed(postAlone))) * 1000,
  });
  await alone.close();
  await server.stop();
  const work = `S14 POST /v1/usage, ${CONNECTIONS} connections, one wallet`;
  const none = { floor: '–', ratio: '–' };
  return [
    {
      work: `${work}, against single postings`,
      wallet: formatRate(median(rates.served)),
      floor: formatRate(median(rates.alone)),
      ratio: formatRatio(medianRatio(rates.served, rates.alone)),
      goal: '≥ 1.2×',
    },
    { work: `${work}: p99`, ...none, wallet: formatMs(median(waits)), goal: '≤ 100 ms' },
    { work: `${work}: failures`, ...none, wallet: String(failures), goal: 'none' },
  ];
}

/** S15: batches of a thousand over HTTP, against the import of a file of as many events. */
export async function benchBatches(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { options, programs } = workshop;
  const ledger = workshop.path('batches.db');
  const [token = ''] = await furnish(ledger, workshop.folder, 1);
  const server = await serve(ledger, workshop.folder);
  let next = 0;
  const rates = await interleave(options.rounds, {
    batches: async () => {
      const batches = Math.ceil(options.rows / BATCH);
      const send = async () => {
        for (let i = 0; i < batches; i += 1) {
          await postBatch(server.port, token, next);
          next += BATCH;
        }
      };
      return ((batches * BATCH) / (await timed(send))) * 1000;
    },
    imported: async () => {
      const fresh = await workshop.freshLedger('imported.db');
      return (options.rows / programs.wallet(fresh, ['usage', 'import', workshop.events(options.rows)])) * 1000;
    },
  });
  await server.stop();
  return [
    {
      work: `S15 POST /v1/usage/batch of ${formatRows(BATCH)}, rows, against usage import of ${formatRows(options.rows)}`,
      wallet: formatRate(median(rates.batches)),
      floor: formatRate(median(rates.imported)),
      ratio: formatRatio(medianRatio(rates.batches, rates.imported)),
      goal: '≥ 0.5×',
    },
  ];
}

/** Posts one batch whose events are all new. Throws where one of them was not posted. */
async function postBatch(port: number, token: string, first: number): Promise<void> {
  const rows = Array.from({ length: BATCH }, (_, i) => singleEvent(randomUUID(), first + i));
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': `batch-${first}`,
  };
  const body = JSON.stringify({ rows });
  const response = await fetch(`http://127.0.0.1:${port}/v1/usage/batch`, { method: 'POST', headers, body });
  const { posted } = (await response.json()) as { posted?: number };
  if (posted !== BATCH) throw new Error(`a batch was answered with ${response.status}, and ${posted} events posted`);
}

/** Lets a crowd of its own process call the server for a while. */
function crowd(plan: { port: number; connections: number; tokenFile: string }): Promise<CallReport> {
  crowds += 1;
  return callTogether({ ...plan, durationMs: CALL_MS, name: `crowd-${crowds}` });
}

/** Answers a second. */
function rateOf({ latencies, elapsedMs }: CallReport): number {
  return (latencies.length / elapsedMs) * 1000;
}
