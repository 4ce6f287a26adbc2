import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../helpers/cli';

const EXECUTABLE = path.resolve('bin/wallet.js');
const ROWS = 8_000;

let home: Sandbox;

beforeAll(async () => {
  home = createSandbox();
  await home.ok('init --org acme');
  await home.ok('grant add 1000 --reason test');
  await home.ok('app add crm');
  await home.ok('usage import -', { input: usageRows(ROWS) });
});

afterAll(() => home.remove());

function usageRows(count: number): string {
  const rows = Array.from({ length: count }, (_, n) => `s-${n},2026-10-01,crm,email,1`);
  return `id,time,app,service,quantity\n${rows.join('\n')}\n`;
}

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr })));
}

/** A line for the shell, in which `wallet` is the program; its own status is printed on stderr by `status`. */
function shell(line: string): Promise<Ended> {
  const prelude = `wallet() { "${process.execPath}" "${EXECUTABLE}" "$@"; echo "status $?" >&2; }`;
  return ended(spawn('/bin/bash', ['-c', `${prelude}; ${line}`], { env: home.env(), cwd: home.home }));
}

function start(words: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [EXECUTABLE, ...words], { env: { ...home.env(), ...env }, stdio: 'pipe' });
}

describe('a reader that has seen enough ends the program quietly with 0', () => {
  test.each(['csv', 'json', 'ndjson', 'table', 'tsv', 'markdown'])('%s', async (format) => {
    const { stdout, stderr } = await shell(`wallet tx --all --format ${format} | head -1`);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('status 0\n');
  });

  test('a one-line answer', async () => {
    expect((await shell('wallet balance | true')).stderr).toBe('status 0\n');
  });
});

describe('piped output is never cut short', () => {
  test.each([
    ['csv', ROWS + 2],
    ['ndjson', ROWS + 1],
  ])('%s through a slow reader', async (format, lines) => {
    const { stdout } = await shell(`wallet tx --format ${format} | (sleep 0.5; wc -l)`);
    expect(Number(stdout)).toBe(lines);
  });

  test('one JSON document with every row', async () => {
    const document = (await home.ok('tx --json')).json() as { transactions: unknown[]; next: unknown };
    expect(document.transactions).toHaveLength(ROWS + 1);
    expect(document.next).toBeNull();
  });

  test('csv and the generic formats tell the same rows', async () => {
    const csv = (await home.ok('tx --format csv --limit 2500')).stdout;
    const tsv = (await home.ok('tx --format tsv --limit 2500')).stdout;
    expect(csv.replaceAll(',', '\t')).toBe(tsv);
  });
});

describe('paging', () => {
  test('pages meet without a gap or a repetition', async () => {
    const all = (await home.ok('tx --format ndjson --limit 30')).stdout.trim().split('\n');
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const more: string[] = cursor === null ? [] : ['--cursor', cursor];
      const page = (await home.ok(['tx', '--json', '--limit', '10', ...more])).json() as Page;
      pages.push(...page.transactions.map((row) => JSON.stringify(row)));
      cursor = page.next;
    } while (pages.length < 30);
    expect(pages).toEqual(all);
  });

  test('a limit beyond the page of the service is followed', async () => {
    expect((await home.ok('tx --format ndjson --limit 3456')).stdout.trim().split('\n')).toHaveLength(3456);
  });
});

interface Page {
  readonly transactions: readonly unknown[];
  readonly next: string | null;
}

describe('a full disk', () => {
  test.each(['balance', 'tx --format csv'])('%s ends with 9 and says so', async (line) => {
    const { stderr } = await shell(`wallet ${line} > /dev/full`);
    expect(stderr).toMatch(/^error: cannot write the output\nwhy: the disk is full\n/);
    expect(stderr).toContain('status 9');
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends an import after the batch in hand', async (signal, status) => {
    const child = start(['usage', 'import', '-', '--json']);
    const done = ended(child);
    const rows = Array.from({ length: 100_000 }, (_, n) => `${signal}-${n},2026-10-01,crm,email,1`);
    child.stdin?.on('error', () => undefined); // what it did not read when it ended
    child.stdin?.write(`id,time,app,service,quantity\n${rows.join('\n')}\n`); // and then the pipe stays open
    await posted(`${signal}-1`);
    child.kill(signal);
    const { status: ending, stdout } = await done;
    expect(ending).toBe(status);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ rejected: 0, interrupted: true });
    expect(result.posted).toBe(result.read);
    expect(result.posted % 50_000).toBe(0);
  });

  test('what a pipe brought is posted while the pipe is silent', async () => {
    const child = start(['usage', 'import', '-', '--json']);
    const done = ended(child);
    child.stdin?.write('id,time,app,service,quantity\np-1,2026-10-01,crm,email,1\np-2,2026-10-01,crm,em');
    await posted('p-1');
    child.stdin?.end('ail,1\n');
    expect(JSON.parse((await done).stdout)).toMatchObject({ read: 2, posted: 2, rejected: 0 });
  });

  test.each([
    ['SIGTERM', 'trap "echo caught; exit 7" TERM; ', 'caught\n', 'ended with 7', 7],
    ['SIGINT', '', '', 'stopped by SIGINT', 130],
  ] as const)('a program on held credits gets %s passed on, and the hold is released', async (...row) => {
    const [signal, trap, caught, ending, status] = row;
    const words = ['run', '--app', 'crm', '--service', 'sms', '--quantity', '10', '--', 'sh', '-c'];
    const child = start([...words, `${trap}echo ready; while :; do sleep 0.05; done`]);
    const done = ended(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill(signal);
    const outcome = await done;
    expect(outcome.stdout).toBe(`ready\n${caught}`);
    expect(outcome.stderr).toContain(`${ending}: 0.00 of 0.079 captured`);
    expect(outcome.status).toBe(status);
    const { holds } = (await home.ok('hold list --json')).json() as { holds: readonly { status: string }[] };
    expect(holds[0]).toMatchObject({ status: 'released' });
  });

  test('SIGTERM ends any other command with one line', async () => {
    const child = start(['tx', '--format', 'csv']);
    const done = ended(child);
    child.stdout?.pause(); // nobody reads: the command waits
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child.kill('SIGTERM');
    child.stdout?.resume();
    const { status, stderr } = await done;
    expect(stderr).toBe('terminated: nothing was changed\n');
    expect(status).toBe(143);
  });
});

async function posted(id: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { stdout } = await home.ok(['tx', '--search', id, '--format', 'ndjson', '--limit', '1']);
    if (stdout !== '') return;
  }
  throw new Error(`${id} was never posted`);
}

describe('a file that is written whole or not at all', () => {
  test('is private, and a failed export leaves none', async () => {
    await home.ok('tx -o whole.csv');
    expect(readFileSync(path.join(home.home, 'whole.csv'), 'utf8').trimEnd().split('\n').length).toBeGreaterThan(ROWS);
    const { status } = await home.wallet('tx --cursor forged -o broken.csv');
    expect(status).toBe(2);
    const left = readdirSync(home.home).filter((name) => name.includes('broken'));
    expect(left).toEqual([]);
  });

  test('is not replaced unasked', async () => {
    writeFileSync(path.join(home.home, 'mine.csv'), 'mine');
    expect((await home.wallet('tx -o mine.csv')).status).toBe(8);
    expect(readFileSync(path.join(home.home, 'mine.csv'), 'utf8')).toBe('mine');
    expect((await home.wallet('tx -o mine.csv --force --limit 1')).status).toBe(0);
  });
});
