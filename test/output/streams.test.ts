import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStreamSink, openSink, writeAll } from '../../src/output/streams';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* chunksOf(...texts: string[]) {
  yield* texts;
}

describe('a file', () => {
  it('appears whole at the end, readable by its owner alone', async () => {
    const path = join(folder, 'usage.csv');
    const sink = await openSink(path);
    await sink.write('id\n');
    await sink.write('é'.repeat(400_000));
    expect(existsSync(path)).toBe(false);
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe(`id\n${'é'.repeat(400_000)}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['usage.csv']);
  });

  it('that exists is refused before anything is produced', async () => {
    const path = join(folder, 'usage.csv');
    writeFileSync(path, 'old');
    await expect(openSink(path)).rejects.toMatchObject({
      code: 'already_exists',
      hint: expect.stringContaining('--force'),
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['usage.csv']);
  });

  it('that exists is replaced with force, and keeps its mode', async () => {
    const path = join(folder, 'usage.csv');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    const sink = await openSink(path, { force: true });
    await sink.write('new');
    expect(readFileSync(path, 'utf8')).toBe('old');
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('that appears meanwhile is not overwritten', async () => {
    const path = join(folder, 'usage.csv');
    const sink = await openSink(path);
    writeFileSync(path, 'theirs');
    await expect(writeAll(chunksOf('ours'), sink)).rejects.toMatchObject({ code: 'already_exists' });
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['usage.csv']);
  });

  it('is left as it was when the producer fails', async () => {
    const path = join(folder, 'usage.csv');
    async function* failing() {
      yield 'half';
      throw new Error('the ledger is gone');
    }
    await expect(writeAll(failing(), await openSink(path))).rejects.toThrow('the ledger is gone');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is left as it was when nothing was ever written to it and it is aborted twice', async () => {
    const sink = await openSink(join(folder, 'usage.csv'));
    await sink.abort();
    await sink.abort();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('through a link replaces what the link leads to', async () => {
    writeFileSync(join(folder, 'real.csv'), 'old');
    symlinkSync('real.csv', join(folder, 'link.csv'));
    await expect(openSink(join(folder, 'link.csv'))).rejects.toMatchObject({ code: 'already_exists' });
    await writeAll(chunksOf('new'), await openSink(join(folder, 'link.csv'), { force: true }));
    expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['link.csv', 'real.csv']);
  });

  it.each([
    ['a folder', () => folder, 'invalid_value', 'it is a folder'],
    ['a device', () => '/dev/null', 'invalid_value', 'it is not a regular file'],
    ['an empty name', () => '', 'invalid_value', 'it names no file'],
    ['a name that ends in a slash', () => join(folder, 'new/'), 'invalid_value', 'it names no file'],
    ['a missing folder', () => join(folder, 'none', 'a.csv'), 'output_failed', 'the folder does not exist'],
    [
      'a file in place of a folder',
      () => join(folder, 'file', 'a.csv'),
      'output_failed',
      'part of the path is not a folder',
    ],
    ['a link that leads nowhere', () => join(folder, 'dangling'), 'invalid_value', 'it is a link that leads nowhere'],
    ['a name that is too long', () => join(folder, 'a'.repeat(300)), 'output_failed', 'the name is too long'],
  ])('cannot be %s', async (_, path, code, why) => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('missing', join(folder, 'dangling'));
    await expect(openSink(path(), { force: true })).rejects.toMatchObject({ code, why });
  });
});

describe('a stream', () => {
  it('takes the next chunk only when the last one has left', async () => {
    const events: string[] = [];
    const slow = new Writable({
      write(chunk, _, done) {
        setImmediate(() => {
          events.push(`left ${chunk}`);
          done();
        });
      },
    });
    const sink = createStreamSink(slow);
    for (const text of ['a', 'b']) {
      await sink.write(text);
      events.push(`returned ${text}`);
    }
    expect(events).toEqual(['left a', 'returned a', 'left b', 'returned b']);
  });

  it('that nobody reads any more is closed, and the producer stops', async () => {
    let produced = 0;
    async function* endless() {
      for (;;) {
        produced += 1;
        yield 'x';
      }
    }
    const sink = createStreamSink(failingAfter(3, 'EPIPE'));
    await writeAll(endless(), sink);
    expect(sink.closed).toBe(true);
    expect(produced).toBe(4);
  });

  it('that fails in another way says so in plain words', async () => {
    const sink = createStreamSink(failingAfter(0, 'ENOSPC'));
    await expect(sink.write('x')).rejects.toMatchObject({ code: 'output_failed', why: 'the disk is full' });
    await expect(sink.end()).rejects.toMatchObject({ code: 'output_failed' });
  });
});

function failingAfter(chunks: number, code: string): Writable {
  let left = chunks;
  return new Writable({
    write(_chunk, _encoding, done) {
      left -= 1;
      done(left < 0 ? Object.assign(new Error(code), { code }) : undefined);
    },
  });
}
