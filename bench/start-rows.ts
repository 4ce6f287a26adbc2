import { SqlStore } from '../src/adapters/storage/sql-store';
import { openSqlite } from '../src/adapters/storage/sqlite-driver';
import { digest } from '../src/adapters/system';
import { parseInstant } from '../src/core/time';
import { interleave, median, medianRatio, timed } from './measure';
import { type BenchRow, formatMs, formatRatio, formatRows } from './table';
import { singleEvent, type Workshop } from './workshop';

const SMALL_ROWS = 1_000;
const PAGE_ROWS = 10_000;
const PAGE = { service: 'sms', month: '2025-06' } as const;
const QUERIES = 200;

/** S1: what a balance costs, in a short history and in a long one. */
export async function benchBalance(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options } = workshop;
  const sizes = [SMALL_ROWS, workshop.manyRows] as const;
  const [small, large] = [await workshop.ledger(sizes[0]), await workshop.ledger(sizes[1])];
  const { few, many, floor } = await interleave(options.rounds * 3, {
    few: () => programs.wallet(small, ['balance']),
    many: () => programs.wallet(large, ['balance']),
    floor: () => programs.node(),
  });
  return [
    row(`S1 balance, ${formatRows(sizes[0])} rows, against node -e 0`, few, floor, '≤ 1.25×'),
    row(`S1 balance, ${formatRows(sizes[1])} rows, against node -e 0`, many, floor, '≤ 1.25×'),
    row(`S1 balance, ${formatRows(sizes[1])} rows, against ${formatRows(sizes[0])}`, many, few, 'the same'),
  ];
}

/** S2: what it costs to say what the program can do, and which one it is. */
export async function benchHelp({ programs, options }: Workshop): Promise<readonly BenchRow[]> {
  const { help, version, floor } = await interleave(options.rounds * 3, {
    help: () => programs.wallet('', ['--help']),
    version: () => programs.wallet('', ['--version']),
    floor: () => programs.node(),
  });
  return [
    row('S2 --help, against node -e 0', help, floor, '≤ 1.4×'),
    row('S2 --version, against node -e 0', version, floor, '≤ 1.1×'),
  ];
}

/** S3: one posting from the command line. */
export async function benchRecord(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options } = workshop;
  const ledger = workshop.copy(await workshop.ledger(PAGE_ROWS), 'record.db');
  let next = 0;
  const { record, floor } = await interleave(options.rounds * 3, {
    record: () => {
      const { app, service, quantity, id } = singleEvent(`single-${next}`, next);
      next += 1;
      const job = ['--app', app, '--service', service, '--quantity', quantity, '--id', id];
      return programs.wallet(ledger, ['usage', 'record', ...job]);
    },
    floor: () => programs.node(),
  });
  return [row('S3 usage record, against node -e 0', record, floor, '≤ 1.6×')];
}

/** S4: a page of one service and month, the whole process and the query alone, in a long history and a short one. */
export async function benchPage(workshop: Workshop): Promise<readonly BenchRow[]> {
  const { programs, options, manyRows } = workshop;
  const [small, large] = [await workshop.ledger(PAGE_ROWS), await workshop.ledger(manyRows)];
  const words = ['transactions', '--service', PAGE.service, '--period', PAGE.month, '--limit', '50'];
  const page = await interleave(options.rounds * 3, {
    many: () => programs.wallet(large, words),
    few: () => programs.wallet(small, words),
  });
  const query = await queryTimes(options.rounds, large, small);
  const sizes = `${formatRows(manyRows)} rows, against ${formatRows(PAGE_ROWS)}`;
  return [
    row(`S4 page of 50, ${sizes}`, page.many, page.few, '≤ 1.1×'),
    row(`S4 its query alone, ${sizes}`, query.many, query.few, 'under 1 ms'),
  ];
}

/** Milliseconds of one query, on connections that are open and warm. */
async function queryTimes(rounds: number, large: string, small: string) {
  const [ofMany, ofFew] = [await openPage(large), await openPage(small)];
  const perQuery = (page: OpenPage) => async () => (await timed(() => repeat(QUERIES, page.read))) / QUERIES;
  await ofMany.read();
  await ofFew.read();
  const found = await interleave(rounds, { many: perQuery(ofMany), few: perQuery(ofFew) });
  await ofMany.close();
  await ofFew.close();
  return found;
}

type OpenPage = Awaited<ReturnType<typeof openPage>>;

async function openPage(file: string) {
  const store = new SqlStore(await openSqlite({ file, create: false }), digest);
  const month = {
    from: parseInstant(`${PAGE.month}-01T00:00:00Z`),
    to: parseInstant('2025-07-01T00:00:00Z'),
  };
  const query = { services: [PAGE.service], ...month, order: 'desc', limit: 50 } as const;
  const read = async () => {
    const found = await store.read(1, (view) => view.page(query));
    if (found.length !== query.limit) throw new Error(`a page had ${found.length} rows`);
  };
  return { read, close: () => store.close() };
}

async function repeat(times: number, work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i += 1) await work();
}

function row(work: string, wallet: readonly number[], floor: readonly number[], goal: string): BenchRow {
  const ratio = formatRatio(medianRatio(wallet, floor));
  return { work, wallet: formatMs(median(wallet)), floor: formatMs(median(floor)), ratio, goal };
}
