import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { interleave, median, medianRatio } from './measure';
import { type BenchRow, formatMs, formatRows } from './table';
import { say, type Workshop } from './workshop';

const HLEDGER_RULES = `skip 1
fields date, description, amount
date-format %Y-%m-%d
account1 expenses:usage
account2 assets:credits
`;

/** A program that keeps accounts in text files: how it takes the events in, and how it says what there is. */
interface Peer {
  readonly program: string;
  readonly imports: string;
  readonly goal: string;
  /** Makes the journal; answers how long that took. */
  readonly convert: () => number;
  readonly journal: string;
}

/** The import and the balance of hledger and ledger, on the same events. */
export async function benchPeers(workshop: Workshop): Promise<readonly BenchRow[]> {
  const file = writePeerEvents(workshop);
  const rows: BenchRow[] = [];
  for (const peer of [hledger(workshop, file), ledgerMarking(workshop, file), ledger(workshop, file)]) {
    if (workshop.programs.has(peer.program)) rows.push(...(await benchPeer(workshop, peer)));
    else say(`--peers: ${peer.program} is not installed (Debian: apt-get install ${peer.program})`);
  }
  return rows;
}

/** What both of them can read of an event: its day, what it was, how many units. */
function writePeerEvents(workshop: Workshop): string {
  const file = workshop.path('peer-events.csv');
  const [, ...lines] = readFileSync(workshop.events(workshop.options.rows), 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => {
    const [id = '', time = '', app = '', service = '', quantity = ''] = line.split(',');
    return `${time.slice(0, 10)},${app} ${service} ${id},${quantity}`;
  });
  writeFileSync(file, `date,payee,amount\n${events.join('\n')}\n`);
  return file;
}

function hledger(workshop: Workshop, file: string): Peer {
  const [journal, rules] = [workshop.path('hledger.journal'), workshop.path('hledger.rules')];
  writeFileSync(rules, HLEDGER_RULES);
  const convert = () => {
    rmSync(workshop.path('.latest.peer-events.csv'), { force: true }); // it would find nothing new the second time
    writeFileSync(journal, '');
    return workshop.programs.run('hledger', ['import', '-f', journal, '--rules-file', rules, file]);
  };
  return { program: 'hledger', imports: 'hledger import', goal: '≤ 0.04×', convert, journal };
}

/** With the mark on each row by which ledger knows it again: without it, what comes in twice counts twice. */
function ledgerMarking(workshop: Workshop, file: string): Peer {
  return { ...ledger(workshop, file, ['--rich-data']), imports: 'ledger convert --rich-data', goal: '≤ 0.4×' };
}

/** The least of ledger's work, which the wallet's can not be compared with: a file that is read twice counts twice. */
function ledger(workshop: Workshop, file: string, also: readonly string[] = []): Peer {
  const journal = workshop.path(`ledger${also.join('')}.journal`);
  const words = ['-f', '/dev/null', 'convert', file, '--input-date-format', '%Y-%m-%d', '--account', 'assets:credits'];
  const convert = () => workshop.programs.run('ledger', [...words, ...also], { stdoutFile: journal });
  return { program: 'ledger', imports: 'ledger convert', goal: '–', convert, journal };
}

async function benchPeer(workshop: Workshop, peer: Peer): Promise<readonly BenchRow[]> {
  const { programs, options } = workshop;
  const built = await workshop.ledger(options.rows);
  const times = await interleave(options.rounds, {
    imported: async () =>
      programs.wallet(await workshop.freshLedger('peer.db'), ['usage', 'import', workshop.events(options.rows)]),
    converted: peer.convert,
  });
  const balances = await interleave(options.rounds, {
    ours: () => programs.wallet(built, ['balance']),
    theirs: () => programs.run(peer.program, ['-f', peer.journal, 'balance']),
  });
  const rows = formatRows(options.rows);
  const row = (work: string, ours: readonly number[], theirs: readonly number[], goal: string): BenchRow => ({
    work,
    wallet: formatMs(median(ours)),
    floor: formatMs(median(theirs)),
    ratio: `${medianRatio(ours, theirs).toPrecision(2)}×`,
    goal,
  });
  return [
    row(`S8 usage import of ${rows}, against ${peer.imports}`, times.imported, times.converted, peer.goal),
    row(`S1 balance of ${rows}, against ${peer.program} after ${peer.imports}`, balances.ours, balances.theirs, '–'),
  ];
}
