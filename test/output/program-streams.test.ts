import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let built: string;
let folder: string;

/** The module as plain JavaScript, since a process of its own knows no TypeScript. */
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'sink-built-'));
  const outfile = join(built, 'streams.cjs');
  buildSync({ entryPoints: ['src/output/streams.ts'], bundle: true, platform: 'node', format: 'cjs', outfile });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(built, 'sink-'));
});

describe('a program', () => {
  it('gives a pipe everything, past 64 KiB too', async () => {
    const child = program('writeAll(lines(50000), createStreamSink(process.stdout));');
    const { stdout, stderr, status } = await ended(child);
    expect(stdout.split('\n')).toHaveLength(50_001);
    expect([stderr, status]).toEqual(['', 0]);
  });

  it('ends quietly with status 0 when its reader goes away', async () => {
    const child = program('writeAll(lines(Infinity), createStreamSink(process.stdout));');
    child.stdout.once('data', () => child.stdout.destroy());
    const { stderr, status } = await ended(child);
    expect([stderr, status]).toEqual(['', 0]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves no part of a file behind on %s, and still dies of it',
    async (signal) => {
      const path = JSON.stringify(join(folder, 'usage.csv'));
      const child = program(
        `openSink(${path}).then((sink) => writeAll(lines(Infinity, () => process.stdout.write('.')), sink));`,
      );
      await once(child.stdout, 'data');
      expect(readdirSync(folder)).toHaveLength(1);
      child.kill(signal);
      expect((await ended(child)).signal).toBe(signal);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('that handles SIGINT itself gets to, and the file is not finished', async () => {
    const path = JSON.stringify(join(folder, 'usage.csv'));
    const child = program(`
      let stop = false;
      process.on('SIGINT', () => { stop = true; });
      async function* some() { yield 'x'; process.stdout.write('.'); while (!stop) await new Promise(setImmediate); }
      openSink(${path}).then((sink) => writeAll(some(), sink)).catch((error) => { process.exitCode = 130; console.error(error.code); });`);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await ended(child)).toMatchObject({ status: 130, stderr: 'cancelled\n' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(existsSync('/dev/full'))('says that the disk is full', async () => {
    const child = spawn('sh', [
      '-c',
      `"${process.execPath}" "${script('writeAll(lines(5), createStreamSink(process.stdout)).catch((error) => console.error(error.why));')}" > /dev/full`,
    ]);
    expect((await ended(child)).stderr).toBe('the disk is full\n');
  });
});

function script(body: string): string {
  const path = join(built, `program-${Math.random()}.cjs`);
  const lines = `async function* lines(count, each = () => {}) {
    for (let line = 0; line < count; line += 1) { yield 'a line of some text ' + line + '\\n'; each(); }
  }`;
  writeFileSync(
    path,
    `const { createStreamSink, openSink, writeAll } = require('./streams.cjs');\n${lines}\n${body}\n`,
  );
  return path;
}

/** A program that writes through a sink, in a process of its own. */
function program(body: string) {
  return spawn(process.execPath, [script(body)], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcessByStdio<Writable | null, Readable, Readable>) {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [status, signal] = await once(child, 'close');
  return { stdout, stderr, status, signal };
}
