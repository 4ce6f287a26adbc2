import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openInput } from '../../src/input/open-input';
import { all } from './sources';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a file is opened with its size', async () => {
  const path = join(folder, 'usage.csv');
  writeFileSync(path, 'x'.repeat(600_000));
  const { source, totalBytes } = await openInput(path);
  expect(totalBytes).toBe(600_000);
  expect(Buffer.concat((await all(source)) as Buffer[]).length).toBe(600_000);
});

it('a file that is not read to its end is closed all the same', async () => {
  const path = join(folder, 'usage.csv');
  writeFileSync(path, 'x'.repeat(600_000));
  const { source } = await openInput(path);
  for await (const chunk of source) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
});

it('- is standard input, of a size that nobody knows', async () => {
  const { source, totalBytes } = await openInput('-');
  expect([source === process.stdin, totalBytes]).toEqual([true, null]);
});

it.each([
  ['a missing file', 'none.csv', 'there is no such file'],
  ['a missing folder', 'none/usage.csv', 'there is no such file'],
  ['a file in place of a folder', 'file/usage.csv', 'there is no such file'],
  ['a folder', '.', 'it is a folder'],
])('%s is refused in plain words', async (_, name, why) => {
  writeFileSync(join(folder, 'file'), '');
  await expect(openInput(join(folder, name))).rejects.toMatchObject({ code: 'invalid_input', why });
});

it.runIf(process.getuid?.() !== 0)('a file that may not be read is refused', async () => {
  const path = join(folder, 'secret.csv');
  writeFileSync(path, 'x');
  chmodSync(path, 0);
  await expect(openInput(path)).rejects.toMatchObject({ code: 'invalid_input', why: 'permission denied' });
});
