import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** What the script offers; it is JavaScript, as `npm test` runs it before anything is built. */
interface Reliability {
  fillResults(page: string, report: Report): string;
  differences(page: string, report: Report): { wrong: readonly string[]; untried: readonly string[] };
}

const { fillResults, differences }: Reliability = createRequire(import.meta.url)('../scripts/reliability.cjs');

const row = (title: string, result: string) => `| a fault | how it ends | \`test/a.test.ts\`: ${title} | ${result} |`;
const PAGE = ['# A page', row('holds', 'passed'), row('breaks', 'passed'), row('rests', 'passed'), 'The end.'].join(
  '\n',
);
const report = (statuses: Readonly<Record<string, string>>): Report => ({
  testResults: [
    {
      name: path.resolve('test/a.test.ts'),
      assertionResults: Object.entries(statuses).map(([fullName, status]) => ({ fullName, status })),
    },
  ],
});

test('a row says what its tests came to: one that failed is enough, and a test that is gone is no pass', () => {
  const run = report({ 'it holds': 'passed', 'it breaks once': 'passed', 'it breaks twice': 'failed' });

  expect(fillResults(PAGE, run).split('\n')).toEqual([
    '# A page',
    row('holds', 'passed'),
    row('breaks', 'FAILED'),
    row('rests', 'NO SUCH TEST'),
    'The end.',
  ]);
  expect(differences(PAGE, run).wrong).toEqual([row('breaks', 'FAILED'), row('rests', 'NO SUCH TEST')]);
});

test('what this machine cannot try contradicts nothing, and is told', () => {
  const run = report({ 'it holds': 'passed', 'it breaks': 'passed', 'it rests': 'skipped' });

  expect(differences(PAGE, run)).toEqual({ wrong: [], untried: [row('rests', 'not tried')] });
  expect(fillResults(PAGE, run)).toContain(row('rests', 'not tried'));
});

test('a page that still tells of a failure is wrong once the test passes', () => {
  const run = report({ 'it holds': 'passed', 'it breaks': 'passed', 'it rests': 'passed' });

  expect(differences(PAGE.replace('passed', 'FAILED'), run).wrong).toEqual([row('holds', 'passed')]);
  expect(fillResults(PAGE.replace('passed', 'FAILED'), run)).toBe(PAGE);
});

test('every row of the page names a file of tests, and all of them are there', () => {
  const rows = readFileSync('docs/reliability.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| (?!fault |input |---)/.test(line));

  const files = rows.map((line) => /`(test\/[\w/.-]+\.test\.ts)`: .{10,} \| passed \|$/.exec(line)?.[1]);
  expect(rows.filter((_, at) => !existsSync(files[at] ?? ''))).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
});
