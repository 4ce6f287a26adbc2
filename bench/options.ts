import { parseArgs } from 'node:util';

/** What one run of the benchmarks is asked for. */
export interface BenchOptions {
  /** Events in the file that is imported; the large ledger has ten times as many. */
  readonly rows: number;
  /** How often each side of a row is timed; the table shows medians. */
  readonly rounds: number;
  /** The rows of the table that are wanted (`S1`); all of them when empty. */
  readonly only: ReadonlySet<string>;
  /** Time hledger and ledger as well. */
  readonly peers: boolean;
}

export const USAGE = `npm run bench -- [--rows N] [--rounds N] [--only S1,S8] [--peers]

  --rows N     events that are imported (100000); the large ledger has ten times as many
  --rounds N   how often each side is timed (5)
  --only LIST  these rows alone
  --peers      hledger and ledger as well, where they are installed
`;

/** Reads the command line; undefined where it asks for help. Throws an `Error` that says what is wrong. */
export function parseOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rows: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const only = values.only.split(',').map((name) => name.trim().toUpperCase());
  return {
    rows: readCount('--rows', values.rows),
    rounds: readCount('--rounds', values.rounds),
    only: new Set(only.filter((name) => name !== '')),
    peers: values.peers,
  };
}

function readCount(flag: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${flag} takes a whole number above 0, not ${JSON.stringify(text)}`);
}
