import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseEngine, openDatabase } from '../../../src/adapters/storage/sqlite-engine';

describe('the engine fits the running Node', () => {
  test.each([
    ['20.17.0', 'better-sqlite3-node20'],
    ['20.20.2', 'better-sqlite3-node20'],
    ['22.14.0', 'better-sqlite3'],
    ['24.21.0', 'better-sqlite3'],
    ['26.10.0', 'better-sqlite3'],
  ])('Node %s gets %s', (version, packageName) => {
    expect(chooseEngine(version).packageName).toBe(packageName);
  });

  test.each(['18.20.8', '20.16.0', '21.7.3', '22.0.0', '22.13.1'])('Node %s is refused in words', (version) => {
    expect(() => chooseEngine(version)).toThrow(
      expect.objectContaining({
        code: 'ledger_unavailable',
        message: `wallet cannot open a ledger on Node ${version}`,
      }),
    );
  });
});

describe('an opened database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wallet-engine-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('keeps what was written, for any number of connections', () => {
    const file = join(folder, 'ledger.db');
    const first = openDatabase(file, { timeoutMs: 1000 });
    first.exec('CREATE TABLE t (a); INSERT INTO t VALUES (7)');

    const second = openDatabase(file, { timeoutMs: 1000, readonly: true });

    expect(second.prepare('SELECT a FROM t').pluck().get()).toBe(7);
    expect(() => second.exec('DELETE FROM t')).toThrow(/readonly/);
    first.close();
    second.close();
  });

  test('waits no longer than it was told', () => {
    const file = join(folder, 'ledger.db');
    const holder = openDatabase(file, { timeoutMs: 0 });
    holder.exec('CREATE TABLE t (a); BEGIN IMMEDIATE');

    const waiting = openDatabase(file, { timeoutMs: 0 });

    expect(() => waiting.exec('BEGIN IMMEDIATE')).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
    holder.close();
    waiting.close();
  });
});
