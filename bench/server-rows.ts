import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { openServer, type PostgresServer } from '../test/helpers/postgres-server';
import { callTogether } from './callers';
import { interleave, median, medianRatio, timed } from './measure';
import { furnish, serve } from './server';
import { type BenchRow, formatMs, formatRate, formatRatio, formatRows } from './table';
import { furnishService, say, type Workshop } from './workshop';

const CALL_MS = 3_000;
const WALLETS = 1_000;
/** Postings until the server is compiled: before that its compiler takes a part of the processors beside the work itself. */
const WARM = 20_000;
let crowds = 0;
const FEW_ROWS = 10_000;
const PAGE = ['transactions', '--service', 'sms', '--period', '2025-06', '--limit', '50', '--json'];
const REPORT = ['report', 'usage', '--by', 'app,month', '--period', '2025', '--json'];

/** S16: postings that come in over HTTP, to one wallet or to many, against pgbench on the same server. */
export async function benchServedPostings(workshop: Workshop): Promise<readonly BenchRow[]> {
  return withServer(async (server, newDatabase) => {
    const hot = await openCrowd(workshop, await newDatabase(), 1);
    const wide = await openCrowd(workshop, await newDatabase(), WALLETS);
    const rates = await interleave(workshop.options.rounds, {
      floor: openPgbench(workshop, server),
      hot16: () => hot.rate(16),
      hot64: () => hot.rate(64),
      wide16: () => wide.rate(16),
      wide64: () => wide.rate(64),
    });
    await hot.stop();
    await wide.stop();
    const row = (name: 'hot16' | 'hot64' | 'wide16' | 'wide64', what: string, goal: string): BenchRow => ({
      work: `S16 POST /v1/usage over PostgreSQL, ${what}`,
      wallet: formatRate(median(rates[name])),
      floor: Number.isNaN(median(rates.floor)) ? 'not installed' : formatRate(median(rates.floor)),
      ratio: formatRatio(medianRatio(rates[name], rates.floor)),
      goal,
    });
    return [
      row('hot16', '16 connections, one wallet', '≥ 2.5×'),
      row('hot64', '64 connections, one wallet', '≥ 2.5×'),
      row('wide16', `16 connections, ${WALLETS} wallets`, '≥ 2.0×'),
      row('wide64', `64 connections, ${WALLETS} wallets`, '≥ 2.0×'),
    ];
  });
}

/** A server of the wallet's over a ledger of so many organisations, and a crowd that calls it. Throws where a call fails. */
async function openCrowd(workshop: Workshop, ledger: string, organisations: number) {
  const tokenFile = workshop.path(`tokens-${organisations}`);
  writeFileSync(tokenFile, (await furnish(ledger, workshop.folder, organisations)).join('\n'));
  const server = await serve(ledger, workshop.folder);
  let met = 0;
  const rate = async (connections: number) => {
    crowds += 1;
    const plan = { port: server.port, connections, tokenFile, durationMs: CALL_MS, name: `server-${crowds}` };
    const { latencies, failures, elapsedMs } = await callTogether(plan);
    if (failures > 0) throw new Error(`${failures} postings failed`);
    met += latencies.length;
    return (latencies.length / elapsedMs) * 1_000;
  };
  // A server that has been at it all day has met every wallet, and compiled what it does all day.
  do await rate(64);
  while (met < organisations + WARM);
  return { rate, stop: () => server.stop() };
}

/** S17: a file of events that are new, against `COPY` of the same rows under the same key. */
export async function benchServerImport(workshop: Workshop): Promise<readonly BenchRow[]> {
  return withServer(async (server, newDatabase) => {
    const file = workshop.events(workshop.options.rows);
    // The server reads its own copy: it runs as another user.
    const copy = path.join(path.dirname(server.data), 'events.csv');
    copyFileSync(file, copy);
    chmodSync(copy, 0o644);
    const events = `CREATE TABLE events (id TEXT, time TEXT, app TEXT, service TEXT, quantity INT, "user" TEXT, campaign TEXT,
      PRIMARY KEY (id)); COPY events FROM '${copy}' WITH (FORMAT csv, HEADER)`;
    const { wallet, floor } = await interleave(workshop.options.rounds, {
      wallet: async () =>
        workshop.programs.wallet(await furnished(workshop, await newDatabase()), ['usage', 'import', file]),
      floor: () => timed(() => ask(server.url('postgres'), `DROP TABLE IF EXISTS events; ${events}`)),
    });
    return [
      {
        work: `S17 usage import of ${formatRows(workshop.options.rows)} into PostgreSQL, against COPY`,
        wallet: formatMs(median(wallet)),
        floor: formatMs(median(floor)),
        ratio: formatRatio(medianRatio(wallet, floor)),
        goal: '≤ 2.5×',
      },
    ];
  });
}

/** The page of S4 and the report of S5 on PostgreSQL, against the same with little in it. */
export async function benchServerReports(workshop: Workshop): Promise<readonly BenchRow[]> {
  return withServer(async (_server, newDatabase) => {
    const filled = async (rows: number) => {
      const ledger = await furnished(workshop, await newDatabase());
      workshop.programs.wallet(ledger, ['usage', 'import', workshop.events(rows)]);
      return ledger;
    };
    const [few, many] = [await filled(FEW_ROWS), await filled(workshop.options.rows)];
    const rows: BenchRow[] = [];
    for (const [name, words, goal] of [
      ['P4 a page of 50', PAGE, '≤ 1.1×'],
      ['P5 usage by app and month of a year', REPORT, '≤ 1.5×'],
    ] as const) {
      const times = await interleave(workshop.options.rounds, {
        large: () => workshop.programs.wallet(many, words),
        small: () => workshop.programs.wallet(few, words),
      });
      rows.push({
        work: `${name} on PostgreSQL, ${formatRows(workshop.options.rows)} against ${formatRows(FEW_ROWS)}`,
        wallet: formatMs(median(times.large)),
        floor: formatMs(median(times.small)),
        ratio: formatRatio(medianRatio(times.large, times.small)),
        goal,
      });
    }
    return rows;
  });
}

async function furnished(workshop: Workshop, ledger: string): Promise<string> {
  const wallet = await workshop.openService(ledger);
  await furnishService(wallet);
  await wallet.close();
  return ledger;
}

/** A server on the disk that is measured, and databases on it. */
async function withServer<T>(
  work: (server: PostgresServer, newDatabase: () => Promise<string>) => Promise<T>,
): Promise<T> {
  const server = await openServer(['shared_buffers=256MB', 'max_wal_size=2GB'], { folder: path.resolve('build') });
  let databases = 0;
  const newDatabase = async () => {
    databases += 1;
    await ask(server.url('postgres'), `CREATE DATABASE ledger${databases}`);
    return server.url(`ledger${databases}`);
  };
  try {
    return await work(server, newDatabase);
  } finally {
    await server.remove();
  }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** TPC-B of pgbench with 16 clients: transactions a second by its own account, once all are connected. Not a number where it is not installed. */
function openPgbench(workshop: Workshop, server: PostgresServer): () => number {
  const { programs } = workshop;
  if (!programs.has('pgbench')) {
    say('S16: pgbench is not installed (Debian: apt-get install postgresql)');
    return () => Number.NaN;
  }
  const { password } = new URL(server.url('postgres'));
  const env = { PGPASSWORD: decodeURIComponent(password) };
  const place = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', 'postgres'];
  programs.run('pgbench', ['-i', '-q', '-s', '10', ...place], { env });
  const stdoutFile = workshop.path('pgbench');
  const words = ['-n', '-c', '16', '-j', '2', '-T', String(CALL_MS / 1_000), ...place];
  return () => {
    programs.run('pgbench', words, { env, stdoutFile });
    return Number(/tps = ([\d.]+)/.exec(readFileSync(stdoutFile, 'utf8'))?.[1]);
  };
}
