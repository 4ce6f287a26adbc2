import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROWS = readFileSync('docs/reliability.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!fault|---)/.test(line));

test.each(ROWS)('the test that this row names is there: %s', (row) => {
  const [, file = '', title = ''] = /`(test\/[^`]+)`: (.+) \|$/.exec(row) ?? [];

  expect(existsSync(file)).toBe(true);
  expect(title.length).toBeGreaterThan(10);
  expect(readFileSync(file, 'utf8')).toContain(title);
});
