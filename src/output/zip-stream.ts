import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';
import { WalletError } from '../core/errors';

/** 1980-01-01, the first day a ZIP file knows: the same content always gives the same bytes. */
const DOS_DATE = 0x21;
const UTF_8_AND_SIZES_BEHIND = 0x0808;
const DEFLATE = 8;
const LARGEST = 0xffff_ffff;
/** Quick compression: rows of a table are so alike that more effort gains little and costs twice the time. */
const LEVEL = 1;
const GATHER_BYTES = 64 * 1024;

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** A file inside the archive: its name and its text, made while it is written. */
export interface ZipPart {
  readonly name: string;
  readonly text: AsyncIterable<string> | Iterable<string>;
}

/** A ZIP archive as bytes, one chunk in memory at a time. Throws `limit_exceeded` past 4 GiB, where ZIP's plain form ends. */
export async function* zipStream(parts: AsyncIterable<ZipPart>): AsyncGenerator<Uint8Array> {
  const entries: Entry[] = [];
  let offset = 0;
  for await (const part of parts) {
    const name = Buffer.from(part.name);
    const head = localHeader(name);
    yield head;
    const sizes = { crc: 0, size: 0, packed: 0 };
    for await (const chunk of deflated(part.text, sizes)) yield chunk;
    yield descriptor(sizes);
    entries.push({ name, ...sizes, offset });
    offset += head.length + sizes.packed + 16;
    if (offset > LARGEST || sizes.size > LARGEST) throw tooLarge();
  }
  const directory = Buffer.concat(entries.map(directoryEntry));
  yield directory;
  yield endOfDirectory(entries.length, directory.length, offset);
}

async function* deflated(
  text: ZipPart['text'],
  sizes: { crc: number; size: number; packed: number },
): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw({ level: LEVEL });
  let failure: unknown;
  const feeding = feed(text, deflate, sizes).catch((error: unknown) => {
    failure = error;
    deflate.destroy();
  });
  try {
    for await (const chunk of deflate) {
      sizes.packed += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    throw failure ?? error;
  } finally {
    deflate.destroy();
  }
  await feeding;
  if (failure !== undefined) throw failure;
}

async function feed(
  text: ZipPart['text'],
  deflate: ReturnType<typeof createDeflateRaw>,
  sizes: { crc: number; size: number },
): Promise<void> {
  let gathered = '';
  const push = async () => {
    const bytes = Buffer.from(gathered);
    gathered = '';
    sizes.crc = crc32(bytes, sizes.crc);
    sizes.size += bytes.length;
    if (!deflate.write(bytes)) await Promise.race([once(deflate, 'drain'), once(deflate, 'close')]);
  };
  for await (const piece of text) {
    gathered += piece;
    if (gathered.length >= GATHER_BYTES) await push();
    if (deflate.destroyed) return;
  }
  if (gathered !== '') await push();
  deflate.end();
}

function localHeader(name: Buffer): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  writeCommon(head, 4);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
}

/** Version, flags, method and date: in the same order in both kinds of header. */
function writeCommon(head: Buffer, at: number): void {
  head.writeUInt16LE(20, at);
  head.writeUInt16LE(UTF_8_AND_SIZES_BEHIND, at + 2);
  head.writeUInt16LE(DEFLATE, at + 4);
  head.writeUInt16LE(DOS_DATE, at + 8);
}

function descriptor({ crc, packed, size }: Pick<Entry, 'crc' | 'packed' | 'size'>): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(Math.min(packed, LARGEST), 8);
  bytes.writeUInt32LE(Math.min(size, LARGEST), 12);
  return bytes;
}

function directoryEntry(entry: Entry): Buffer {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(20, 4);
  writeCommon(head, 6);
  head.writeUInt32LE(entry.crc, 16);
  head.writeUInt32LE(entry.packed, 20);
  head.writeUInt32LE(entry.size, 24);
  head.writeUInt16LE(entry.name.length, 28);
  head.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([head, entry.name]);
}

function endOfDirectory(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

function tooLarge(): WalletError {
  return new WalletError('limit_exceeded', 'the file would be larger than 4 GiB', {
    why: 'a spreadsheet file holds no more',
    hint: 'choose a shorter period, or --format csv',
  });
}
