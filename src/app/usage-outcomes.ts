import type { RowReject } from '../contract/calls';
import type { RowOutcome, UsageEvent, UsageRow } from '../contract/usage';
import { WalletError } from '../core/errors';
import { transactionId } from '../core/ids';
import type { Instant } from '../core/time';
import type { Session } from './session';

/** An event of a batch with the line it is known by. */
export type NumberedRow = UsageEvent & { readonly line: number };

/** Where the rows of a batch ended up, in as few numbers as it takes: it is kept with the batch's key for ever. */
export interface Placed {
  readonly tag: string;
  readonly recordedAt: Instant;
  /** Numbers of entries that follow one another: the first, and how many. The posted rows have them in their order. */
  readonly runs: (readonly [first: number, length: number])[];
  readonly duplicates: number[];
}

/** Gives rows without a line the number of their place. Throws `invalid_input` unless lines go up: each row has its own. */
export function numberRows(rows: readonly UsageRow[]): readonly NumberedRow[] {
  const numbered = rows.every((row) => row.line !== undefined)
    ? (rows as readonly NumberedRow[]) // every one has a line
    : rows.map((row, at) => ({ ...row, line: row.line ?? at + 1 }));
  let last = -1;
  for (const { line } of numbered) {
    if (line <= last) throw notInOrder(line, last);
    last = line;
  }
  return numbered;
}

/** Takes down where rows end up, while they are posted one after another. */
export class Placing {
  readonly placed: Placed;
  #run: [first: number, length: number] = [0, 0];

  /** `recordedAt` is when the log says that the rows were written: transaction ids are made of it. */
  constructor(session: Session, recordedAt: Instant) {
    this.placed = { tag: session.org.tag, recordedAt, runs: [], duplicates: [] };
  }

  posted(seq: number): void {
    if (this.#run[0] + this.#run[1] !== seq) {
      this.#run = [seq, 0];
      this.placed.runs.push(this.#run);
    }
    this.#run[1] += 1;
  }

  duplicate(line: number): void {
    this.placed.duplicates.push(line);
  }
}

/** What became of each row, in their order. */
export function outcomesOf(
  lines: Int32Array,
  rejects: readonly RowReject[],
  { tag, recordedAt, runs, duplicates }: Placed,
): readonly RowOutcome[] {
  const refused = new Map(rejects.map((reject) => [reject.line, reject]));
  const seen = new Set(duplicates);
  const numbers = runs.flatMap(([first, length]) => Array.from({ length }, (_, at) => first + at));
  let next = 0;
  return Array.from(lines, (line): RowOutcome => {
    const reject = refused.get(line);
    if (reject !== undefined) return { line, outcome: 'rejected', code: reject.code, message: reject.message };
    if (seen.has(line)) return { line, outcome: 'duplicate' };
    const transaction = transactionId(recordedAt, numbers[next] ?? 0, tag);
    next += 1;
    return { line, outcome: 'posted', transaction };
  });
}

function notInOrder(line: number, last: number): WalletError {
  return new WalletError('invalid_input', `line ${line} comes after line ${last}`, {
    why: 'each event of a batch is known by its line, and lines go up; nothing was changed',
    hint: 'leave line out: the first event is then 1',
    details: { line },
  });
}
