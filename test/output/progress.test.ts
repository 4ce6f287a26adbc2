import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress, startSpinner } from '../../src/output/progress';

function terminal(columns = 120) {
  const written: string[] = [];
  const stream = { isTTY: true, columns, write: (text: string) => written.push(text) };
  let atMs = 0;
  return { written, stream, now: () => atMs, wait: (ms: number) => (atMs += ms) };
}

beforeEach(() => {
  vi.stubEnv('CI', '');
  vi.stubEnv('TERM', 'xterm');
});
afterEach(() => vi.unstubAllEnvs());

describe('a progress bar', () => {
  it('shows how far, how fast and how long, and clears itself', () => {
    const { written, stream, now, wait } = terminal();
    const progress = createProgress({ stream, label: 'importing', total: 1000, noun: 'rows', now });
    wait(2000);
    progress.update(250, 366_000);
    progress.stop();
    progress.stop();
    expect(written).toEqual([
      '\r\x1b[2Kimporting  █████░░░░░░░░░░░░░░░  25%  366,000 rows  183,000/s  0:06 left',
      '\r\x1b[2K',
    ]);
  });

  it('has no bar where nobody knows how much there is', () => {
    const { written, stream, now, wait } = terminal();
    const progress = createProgress({ stream, label: 'importing', total: null, noun: 'rows', now });
    wait(1000);
    progress.update(250, 5000);
    expect(written).toEqual(['\r\x1b[2Kimporting  5,000 rows  5,000/s']);
  });

  it('draws ten times a second at most', () => {
    const { written, stream, now, wait } = terminal();
    const progress = createProgress({ stream, label: 'x', total: 10_000, noun: 'rows', now });
    for (let done = 0; done < 1000; done += 1) {
      wait(1);
      progress.update(done, done);
    }
    expect(written).toHaveLength(10);
  });

  it('never fills the line', () => {
    const { written, stream, now, wait } = terminal(30);
    const progress = createProgress({ stream, label: 'importing', total: 10, noun: 'rows', now });
    wait(100);
    progress.update(5, 5);
    expect(written[0]).toHaveLength('\r\x1b[2K'.length + 29);
  });

  it.each([
    ['off a terminal', { isTTY: false }, {}],
    ['in CI', {}, { CI: 'true' }],
    ['on a dumb terminal', {}, { TERM: 'dumb' }],
  ])('is nothing %s', (_, facts, env: Record<string, string>) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { written, stream, now, wait } = terminal();
    const progress = createProgress({ stream: { ...stream, ...facts }, label: 'x', total: 1, noun: 'rows', now });
    wait(1000);
    progress.update(1, 1);
    progress.stop();
    expect(written).toEqual([]);
  });
});

describe('a spinner', () => {
  const streamOf = (isTTY: boolean) =>
    Object.assign(new PassThrough(), { isTTY, columns: 80 }) as never as NodeJS.WriteStream & PassThrough;

  it('is nothing off a terminal', async () => {
    const stream = streamOf(false);
    (await startSpinner('waiting', stream, true)).stop();
    expect(stream.read()).toBeNull();
  });

  it('is its text alone without colour', async () => {
    const stream = streamOf(true);
    (await startSpinner('waiting\x07', stream, false)).stop();
    expect(String(stream.read())).toBe('waiting\\x07\r\x1b[2K');
  });

  it('leaves signals to the program', async () => {
    const before = process.listenerCount('SIGINT');
    const stream = Object.assign(streamOf(true), { cursorTo() {}, clearLine() {}, moveCursor() {} });
    const spinner = await startSpinner('waiting', stream, true);
    expect(process.listenerCount('SIGINT')).toBe(before);
    spinner.stop();
    expect(String(stream.read())).toContain('waiting');
  });
});
