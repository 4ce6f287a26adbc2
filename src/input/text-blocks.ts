import { isAscii, isUtf8 } from 'node:buffer';
import { WalletError } from '../core/errors';

const LF = 10;
const CR = 13;
/** The longest line, and the longest record of several lines, that is read: beyond it a file is not what it says. */
export const LONGEST_RECORD = 1024 * 1024;

/** Rows that are handed on together, unless the caller says otherwise. */
export const BATCH_ROWS = 20_000;

/** A run of whole lines of a text file, as one string with the line ends in it. */
export interface TextBlock {
  readonly text: string;
  /** Lines that cannot be taken as they are, counted from 0 in this block, with what is wrong with them. */
  readonly flaws: ReadonlyMap<number, string> | null;
  /** Bytes of the source read so far. */
  readonly bytes: number;
  /**
   * `more` follows; so it does after a `pause`, though not at once; `end` of the file; `cut`: the next line is longer than
   * `LONGEST_RECORD`, and reading stopped.
   */
  readonly follows: 'more' | 'pause' | 'end' | 'cut';
}

/**
 * Chunks are gathered to this size. Smaller strings would live among V8's young objects and be copied at every
 * collection: with chunks of 64 KiB, as pipes give them, the same file takes more than twice as long.
 */
const BLOCK_BYTES = 256 * 1024;

/**
 * Reads bytes as lines of UTF-8. A byte order mark is dropped; where a file has only CR line ends they become LF. Holds
 * one block and one unfinished line. Throws `invalid_input` when the beginning is not text.
 */
export async function* readTextBlocks(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<TextBlock> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  let bytes = 0;
  let newline: number | undefined;
  let first = true;
  for await (const chunk of source) {
    const fresh = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    gathered.push(fresh);
    size += fresh.length;
    bytes += fresh.length;
    const isPause = fresh.length === 0 && size > 0;
    if (size < BLOCK_BYTES && !isPause) continue;

    const block = Buffer.concat(gathered);
    // A line feed may still be on its way to the carriage return before it.
    if (isPause && newline === undefined && !block.includes(LF)) continue;
    newline ??= newlineOf(block);
    const end = block.lastIndexOf(newline) + 1;
    if (end > 0) yield toBlock(block.subarray(0, end), newline, { first, bytes, follows: isPause ? 'pause' : 'more' });
    if (end > 0) first = false;
    gathered = [block.subarray(end)];
    size -= end;
    if (size <= LONGEST_RECORD) continue;
    if (first) refuseBinary(block);
    yield { text: '', flaws: null, bytes, follows: 'cut' };
    return;
  }
  const rest = Buffer.concat(gathered);
  yield toBlock(rest, newline ?? newlineOf(rest), { first, bytes, follows: 'end' });
}

/** LF, unless there are only CRs. */
function newlineOf(beginning: Buffer): number {
  return !beginning.includes(LF) && beginning.includes(CR) ? CR : LF;
}

function toBlock(
  whole: Buffer,
  newline: number,
  place: { first: boolean; bytes: number; follows: TextBlock['follows'] },
): TextBlock {
  const { first, bytes, follows } = place;
  if (first) refuseBinary(whole);
  const content = first && whole.subarray(0, 3).equals(UTF8_MARK) ? whole.subarray(3) : whole;
  const text = isAscii(content) ? content.toString('latin1') : content.toString('utf8');
  const flaws = isUtf8(content) && !content.includes(0) ? null : flawsOf(content, newline);
  return { text: newline === CR ? text.replaceAll('\r', '\n') : text, flaws, bytes, follows };
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const FOREIGN = [
  { start: [0xff, 0xfe], is: 'UTF-16 text', hint: 'save it as UTF-8: in a spreadsheet, "CSV UTF-8"' },
  { start: [0xfe, 0xff], is: 'UTF-16 text', hint: 'save it as UTF-8: in a spreadsheet, "CSV UTF-8"' },
  { start: [0x1f, 0x8b], is: 'compressed with gzip', hint: 'unpack it on the way: zcat FILE | wallet usage import -' },
  { start: [0x50, 0x4b, 0x03, 0x04], is: 'a spreadsheet or an archive', hint: 'save the sheet as CSV' },
];

function refuseBinary(beginning: Buffer): void {
  const foreign = FOREIGN.find(({ start }) => beginning.subarray(0, start.length).equals(Buffer.from(start)));
  if (foreign === undefined && !beginning.includes(0)) return;
  throw new WalletError('invalid_input', 'the input is not a text file', {
    why: foreign === undefined ? 'it has zero bytes in it' : `it is ${foreign.is}`,
    hint: foreign?.hint ?? 'give a CSV or NDJSON file in UTF-8',
  });
}

function flawsOf(content: Buffer, newline: number): ReadonlyMap<number, string> {
  const flaws = new Map<number, string>();
  for (let start = 0, line = 0; start < content.length; line += 1) {
    const found = content.indexOf(newline, start);
    const end = found < 0 ? content.length : found;
    const bytes = content.subarray(start, end);
    if (!isUtf8(bytes)) flaws.set(line, 'is not valid UTF-8');
    else if (bytes.includes(0)) flaws.set(line, 'has a zero byte in it');
    start = end + 1;
  }
  return flaws;
}
