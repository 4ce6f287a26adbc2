import { expect, test } from 'vitest';
import { setBased } from '../../src/adapters/storage/postgres-statements';

test('a column that never differed within a run is bound as one value, and as an array once it did', () => {
  const sql = 'INSERT INTO notes (org, seq, memo) VALUES (?, ?, ?)';
  const write = (...rows: (string | number | null)[][]) => setBased(sql, rows);
  const alike = write([1, 1, 'a'], [1, 2, 'a']);

  expect(alike.statement.text).toBe(
    'INSERT INTO notes (org, seq, memo) SELECT $1::bigint, u.c2, $3::text FROM (SELECT unnest($2::bigint[]) AS c2) AS u',
  );
  expect([alike.values[0], alike.values[2]]).toEqual([1, 'a']);
  expect(write([2, 1, 'b'], [2, 2, 'b']).statement).toBe(alike.statement);
  // Some have a memo now and some have none: that is no one value.
  const mixed = write([1, 3, 'a'], [1, 4, null]);
  expect(mixed.statement.text).toContain('SELECT $1::bigint, u.c2, u.c3 FROM');
  expect(mixed.values[0]).toBe(1);
  expect(write([1, 5, 'a'], [1, 6, 'a']).statement).toBe(mixed.statement);
});

test('rows that are alike in all columns are as many as they were', () => {
  const { statement, values } = setBased('INSERT INTO tallies (org, kind) VALUES (?, ?)', [
    [1, 'a'],
    [1, 'a'],
    [1, 'a'],
  ]);

  expect(statement.text).toContain('unnest($1::bigint[]) AS c1, unnest($2::text[]) AS c2');
  expect((values[0] as Buffer).readInt32BE(12)).toBe(3);
});
